import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { memoryEngine } from '../../support/memory.ts';
import { type SealedHistory, sealAccepted, simulateProjection } from '../../support/projection-simulation.ts';

/** `SEEDS=2000 npm test -- test/functions/projector/aside-simulation` runs more; `SEED=17` repeats one run. */
const RUNS = Number(process.env.SEEDS ?? (process.env.DYNAMODB_ENDPOINT ? 5 : 40));
const ON_ENGINE = 1;
const seedsOf = (count: number) =>
  process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: count }, (_, index) => index + 1);

async function simulateAll(seeds: readonly number[], history: SealedHistory, isConcurrent: boolean) {
  const sum = { setAside: 0, takenUp: 0 };
  for (const seed of seeds) {
    const result = await simulateProjection(seed, history, isConcurrent).catch((cause) => {
      throw new Error(`the run with SEED=${seed} went wrong: ${cause.message}`, { cause });
    });
    sum.setAside += result.setAside;
    sum.takenUp += result.takenUp;
  }
  return sum;
}

/** A history in memory, with a table for each read model. */
async function inMemory(): Promise<SealedHistory> {
  const names = Array.from({ length: 5 * RUNS }, (_, index) => `views-${index}`);
  const keys = ['pk', 'sk'] as const;
  const documents = memoryEngine({
    events: ['stream', 'version'],
    log: keys,
    ...Object.fromEntries(names.map((name) => [name, keys])),
  });
  const freshViews = async () => names.pop() ?? '';
  return sealAccepted({ documents, tables: { events: 'events', log: 'log' }, freshViews });
}

describe('a history with records that a build cannot take', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine?.stop());

  it('ends in the same rows, digest and list, whatever is delivered twice, too late, or crashes', async () => {
    const sum = await simulateAll(seedsOf(RUNS), await inMemory(), true);
    expect(sum.setAside).toBeGreaterThan(seedsOf(RUNS).length);
    expect(sum.takenUp).toBeGreaterThan(seedsOf(RUNS).length);
    console.log(`${sum.setAside} records were set aside, and taken up ${sum.takenUp} times`);
  });

  it('does so on a real engine', async () => {
    const { documents, tables } = engine;
    const freshViews = async () => (await engine.freshTables()).views;
    const sum = await simulateAll(seedsOf(ON_ENGINE), await sealAccepted({ documents, tables, freshViews }), false);
    expect(sum.takenUp).toBeGreaterThan(0);
  });
});
