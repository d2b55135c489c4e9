import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBus } from '../../support/bus.ts';
import { checkLog } from '../../support/check-log.ts';
import { inserted, minute, putCommits, rawStream, streamEvent } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { crashing, dieAtEach, type Landing } from '../../support/faults.ts';
import { testSequencer } from '../../support/sequencer.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

/**
 * A sequencer dies at its n-th command. Answers whether it did, after another one has taken over and the log and the
 * bus have been held to everything they promise.
 */
async function dies(step: number, landing: Landing, trigger: 'stream' | 'schedule'): Promise<boolean> {
  const { documents } = engine;
  const tables = await engine.freshTables();
  const bus = createBus();
  const commits = [...rawStream('a', [1, 2, 1]), ...rawStream('b', [12])];
  await putCommits(documents, tables.events, commits);
  // The first of them are sealed and announced already; one predecessor is missing from what the stream delivers.
  await testSequencer({ documents, tables, bus }).run(streamEvent([inserted(commits[0] as never)]));
  const event = streamEvent([commits[2], commits[3]].map((commit) => inserted(commit as never)));

  const death = crashing(step, landing);
  const dying = testSequencer({ documents, tables, bus, taps: [death] });
  const answer = await dying.run(trigger === 'stream' ? event : minute).catch(() => 'died');
  if (death.dead) {
    const sealed = await checkLog({ documents, tables, waiting: new Set(['a', 'b']) });
    const acknowledged = typeof answer === 'object' && answer.batchItemFailures.length === 0 && trigger === 'stream';
    if (acknowledged) expect(sealed, 'what is acknowledged is sealed').toHaveLength(16);
  }

  // Whoever runs next: the stream delivers again, or only the schedule's minute comes.
  const next = testSequencer({ documents, tables, bus });
  if (step % 2 === 0) await next.run(event);
  await next.run(minute);
  expect(next.alarms).toEqual([]);
  expect(await checkLog({ documents, tables, accepted: bus.accepted })).toHaveLength(16);
  return death.dead;
}

describe.each(['stream', 'schedule'] as const)('a sequencer that dies at work for the %s', (trigger) => {
  it.each(['before', 'after'] as const)(
    'at any of its commands, %s its effect, leaves nothing that the next one cannot finish',
    async (landing) => {
      expect(await dieAtEach((step) => dies(step, landing, trigger))).toBeGreaterThanOrEqual(8);
    },
  );
});
