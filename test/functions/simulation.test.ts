import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Commit } from '../../functions/stores/commits.ts';
import { createBus } from '../support/bus.ts';
import { linesOf, scanAll } from '../support/check-log.ts';
import { inserted, minute, putCommits, rawStream, streamEvent } from '../support/commits.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { memoryEngine } from '../support/memory.ts';
import { testSequencer } from '../support/sequencer.ts';
import { keys, simulate } from '../support/simulation.ts';

/** `SIMULATIONS=5000 npm test -- test/functions/simulation` runs more; `SEED=17` repeats one run. */
const RUNS = Number(process.env.SIMULATIONS ?? 2000);
const [FIRST, COUNT] = process.env.SEED ? [Number(process.env.SEED), 1] : [1, RUNS];

describe('a simulated registry', () => {
  it(`seals, announces and publishes everything once and in order, in ${COUNT} runs full of faults`, async () => {
    let events = 0;
    let checkpoints = 0;
    let restores = 0;
    for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
      const result = await simulate(seed).catch((cause) => {
        throw new Error(`the run with SEED=${seed} went wrong: ${cause.message}`, { cause });
      });
      events += result.events;
      checkpoints += result.checkpoints;
      restores += result.restores;
    }
    expect(events).toBeGreaterThan(COUNT * 5);
    expect(checkpoints).toBeGreaterThan(COUNT * 1.5);
    expect(restores).toBeGreaterThan(COUNT / 4);
  });

  it('does the same under the same seed', async () => {
    expect(await simulate(42)).toEqual(await simulate(42));
  });
});

describe('the engine in memory', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine?.stop());

  it('leaves the same tables behind as the real one', async () => {
    const both = [
      { documents: engine.documents, tables: engine.tables },
      {
        documents: memoryEngine({ [engine.tables.events]: keys.events, [engine.tables.log]: keys.log }),
        tables: engine.tables,
      },
    ];
    const results = [];
    for (const { documents, tables: names } of both) {
      const bus = createBus();
      const commits = ['a', 'b'].flatMap((stream) => rawStream(stream, [1, 3, 2]));
      await putCommits(documents, names.events, commits);
      let now = Date.parse('2026-02-03T04:05:06.789Z');
      const clock = () => {
        now += 1;
        return now;
      };
      const sequencer = testSequencer({ documents, tables: names, bus, clock });
      await sequencer.run(streamEvent([inserted(commits[2] as Commit)]));
      bus.outage = true;
      await sequencer.run(streamEvent(commits.map((commit) => inserted(commit))));
      bus.outage = false;
      await sequencer.run(minute);
      results.push([linesOf(await scanAll(documents, names.log)), bus.accepted]);
    }
    expect(results[1]).toEqual(results[0]);
  });
});
