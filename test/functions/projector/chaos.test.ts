import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projections } from '../../../domain/projections/projections.ts';
import { records } from '../../../domain/projections/records.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { memoryEngine } from '../../support/memory.ts';
import { type SealedHistory, sealAccepted, simulateProjection } from '../../support/projection-simulation.ts';
import { seeded } from '../../support/scheduler.ts';

/** `SEEDS=2000 npm test -- test/functions/projector/chaos` runs more; `SEED=17` repeats one run. */
const RUNS = Number(process.env.SEEDS ?? (process.env.DYNAMODB_ENDPOINT ? 5 : Math.max(8, 32 / projections.length)));
const ON_ENGINE = 1;
const seedsOf = (count: number) =>
  process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: count }, (_, index) => index + 1);

async function simulateAll(
  seeds: readonly number[],
  historyOf: (seed: number) => SealedHistory,
  conditions: Parameters<typeof simulateProjection>[2],
) {
  const sum = { setAside: 0, takenUp: 0, rebuilt: 0 };
  for (const seed of seeds) {
    const result = await simulateProjection(seed, historyOf(seed), conditions).catch((cause) => {
      throw new Error(`the run with SEED=${seed} went wrong: ${cause.message}`, { cause });
    });
    sum.setAside += result.setAside;
    sum.takenUp += result.takenUp;
    sum.rebuilt += result.rebuilt;
  }
  return sum;
}

/** A history in memory, with a table for each read model. */
async function inMemory(random?: () => number): Promise<SealedHistory> {
  const names = Array.from({ length: 5 * RUNS }, (_, index) => `views-${index}`);
  const keys = ['pk', 'sk'] as const;
  const documents = memoryEngine({
    events: ['stream', 'version'],
    log: keys,
    ...Object.fromEntries(names.map((name) => [name, keys])),
  });
  const freshViews = async () => names.pop() ?? '';
  return sealAccepted({ documents, tables: { events: 'events', log: 'log' }, freshViews }, random);
}

describe('a history with records that a build cannot take', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine?.stop());

  it.each(projections)(
    'ends in the same rows, digest and list of $name, whatever is delivered twice, too late, crashes, or is rebuilt',
    async (projection) => {
      const seeds = seedsOf(RUNS);
      const [asItWas, otherwise] = [await inMemory(), await inMemory(seeded(RUNS))];
      const historyOf = (seed: number) => (seed % 2 === 0 ? asItWas : otherwise);
      const sum = await simulateAll(seeds, historyOf, { projection, isConcurrent: true });
      expect(sum.setAside).toBeGreaterThan(seeds.length);
      expect(sum.takenUp).toBeGreaterThan(seeds.length);
      expect(sum.rebuilt).toBeGreaterThan(0);
      console.log(
        `${projection.name}: ${sum.setAside} records were set aside, and taken up ${sum.takenUp} times; rebuilt ${sum.rebuilt} times`,
      );
    },
  );

  it('does so on a real engine', async () => {
    const { documents, tables } = engine;
    const freshViews = async () => (await engine.freshTables()).views;
    const history = await sealAccepted({ documents, tables, freshViews });
    const sum = await simulateAll(seedsOf(ON_ENGINE), () => history, { projection: records, isConcurrent: false });
    expect(sum.takenUp).toBeGreaterThan(0);
  });
});
