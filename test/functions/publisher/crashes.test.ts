import { describe, expect, it } from 'vitest';
import { createBucket } from '../../support/bucket.ts';
import { createBus } from '../../support/bus.ts';
import { checkLog } from '../../support/check-log.ts';
import { checkPublished } from '../../support/check-published.ts';
import { minute, putCommits, rawStream } from '../../support/commits.ts';
import { crashing, dieAtEach, type Landing } from '../../support/faults.ts';
import { memoryEngine } from '../../support/memory.ts';
import { testPublisher } from '../../support/publisher.ts';
import { testSequencer } from '../../support/sequencer.ts';

const tables = { events: 'events', log: 'log' };

/** A publisher dies at its n-th command; answers whether it did, after the log has grown and another has taken over. */
async function dies(step: number, landing: Landing, already: number): Promise<boolean> {
  const documents = memoryEngine({ events: ['stream', 'version'], log: ['pk', 'sk'] });
  const bucket = createBucket();
  const seal = async (stream: string, counts: readonly number[]) => {
    await putCommits(documents, tables.events, rawStream(stream, counts));
    await testSequencer({ documents, tables, bus: createBus() }).run(minute);
  };
  if (already > 0) {
    await seal('a', [already]);
    await testPublisher({ documents, tables, bucket }).wake();
  }
  await seal('b', [100, 100, 60]);
  await seal('c', [3]);

  const death = crashing(step, landing);
  await testPublisher({ documents, tables, bucket, taps: [death] }).wake();
  const sealed = await checkLog({ documents, tables });
  checkPublished({ bucket, sealed, complete: false });

  // Whoever comes next may find more to publish than the one that died.
  if (step % 2 === 0) await seal('d', [7]);
  const next = testPublisher({ documents, tables, bucket });
  expect(await next.wake()).toBe(true);
  expect(next.alarms).toEqual([]);
  checkPublished({ bucket, sealed: await checkLog({ documents, tables }) });
  return death.dead;
}

describe.each([0, 5])('a publisher that dies with %i events published before', (already) => {
  it.each(['before', 'after'] as const)(
    'at any of its commands, %s its effect, leaves nothing that the next one cannot finish',
    async (landing) => {
      expect(await dieAtEach((step) => dies(step, landing, already))).toBeGreaterThanOrEqual(15);
    },
  );
});

/** The same of the first publisher of a log that is empty still, and may have events when the next one comes. */
async function diesOverNothing(step: number, landing: Landing): Promise<boolean> {
  const documents = memoryEngine({ events: ['stream', 'version'], log: ['pk', 'sk'] });
  const bucket = createBucket();
  const death = crashing(step, landing);
  await testPublisher({ documents, tables, bucket, taps: [death] }).wake();
  checkPublished({ bucket, sealed: [] });
  if (step % 2 === 0) {
    await putCommits(documents, tables.events, rawStream('a', [3]));
    await testSequencer({ documents, tables, bus: createBus() }).run(minute);
  }
  const next = testPublisher({ documents, tables, bucket });
  expect(await next.wake()).toBe(true);
  expect(next.alarms).toEqual([]);
  expect(bucket.objects.has('checkpoint')).toBe(true);
  checkPublished({ bucket, sealed: await checkLog({ documents, tables }) });
  return death.dead;
}

describe('a publisher that dies over an empty log', () => {
  it.each(['before', 'after'] as const)(
    'at any of its commands, %s its effect, leaves nothing behind',
    async (landing) => {
      expect(await dieAtEach((step) => diesOverNothing(step, landing))).toBeGreaterThanOrEqual(6);
    },
  );
});
