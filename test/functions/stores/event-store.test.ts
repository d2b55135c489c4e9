import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import { canonical } from '../../../functions/runtime/canonical.ts';
import { type Append, createEventStore, eventsOf, type StreamHead } from '../../../functions/stores/event-store.ts';
import { scanAll } from '../../support/check-log.ts';
import { rawEvent } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import {
  cancelledBy,
  failing,
  heldByTransaction,
  listening,
  type Tap,
  tapped,
  throttled,
  timedOut,
} from '../../support/faults.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

let streams = 0;
/** A stream that no other test uses. */
const freshStream = () => {
  streams += 1;
  return `agreement-${streams}`;
};

const storeWith = (...taps: Tap[]) =>
  createEventStore({ documents: tapped(engine.documents, ...taps), table: engine.tables.events });

const eventsFor = ({ stream, version }: StreamHead, count = 1, fill = ''): RegistryEvent[] =>
  Array.from({ length: count }, (_, index) => JSON.parse(rawEvent(stream, version + 1 + index, fill)));

const appendOf = (head: StreamHead, count = 1, commandId = 'first', fill = ''): Append => ({
  head,
  events: eventsFor(head, count, fill),
  commandId,
  requestHash: `hash of ${commandId}`,
  recordedAt: '2026-02-03T04:05:06.789Z',
});

describe('the event store', () => {
  it('appends commits one after the other, without a gap', async () => {
    const store = storeWith();
    const stream = freshStream();
    for (const count of [1, 5, 100, 2]) {
      const { head } = await store.load(stream);
      expect((await store.append([appendOf(head, count)])).outcome).toBe('appended');
    }
    const { head, commits } = await store.load(stream);
    expect(commits.map(({ version, previous, events }) => [version, previous, events.length])).toEqual([
      [1, 0, 1],
      [2, 1, 5],
      [7, 2, 100],
      [107, 7, 2],
    ]);
    expect([head.version, head.lastCommit]).toEqual([108, 107]);
    const versions = commits.flatMap(eventsOf).map(({ streamversion }) => streamversion);
    expect(versions).toEqual(Array.from({ length: 108 }, (_, index) => index + 1));
  });

  it('finds nothing where nothing was appended', async () => {
    const { head, commits } = await storeWith().load(freshStream());
    expect(commits).toEqual([]);
    expect([head.version, head.lastCommit, head.recordedAt]).toEqual([0, 0, '']);
  });

  it('tells the end of a stream from its last commit alone', async () => {
    const requests = listening();
    const store = storeWith(requests);
    const stream = freshStream();
    expect((await store.end(stream)).last).toBeUndefined();
    for (const count of [2, 3]) await store.append([appendOf((await store.end(stream)).head, count)]);
    const loaded = await store.load(stream);
    requests.sent.length = 0;
    expect(await store.end(stream)).toEqual({ head: loaded.head, last: loaded.commits[1] });
    expect(requests.sent.map(({ name, input }) => [name, input.Limit])).toEqual([['QueryCommand', 1]]);
  });

  it('stores the canonical bytes of each event', async () => {
    const store = storeWith();
    const { head } = await store.load(freshStream());
    const [event] = eventsFor(head) as [RegistryEvent];
    const shuffled = Object.fromEntries(Object.entries(event).reverse()) as unknown as RegistryEvent;
    await store.append([{ ...appendOf(head), events: [shuffled] }]);
    const { commits } = await store.load(head.stream);
    expect(commits[0]?.events).toEqual([canonical(event)]);
  });

  it('takes one write request for the events of one decision', async () => {
    const requests = listening();
    const store = storeWith(requests);
    const { head } = await store.load(freshStream());
    await store.append([appendOf(head, 5)]);
    expect(requests.sent.map(({ name }) => name)).toEqual(['QueryCommand', 'PutCommand']);
  });

  it('refuses a head that another commit has passed, be it at its end or inside that commit', async () => {
    const store = storeWith();
    const stale = (await store.load(freshStream())).head;
    await store.append([appendOf(stale, 5)]);
    expect((await store.append([appendOf(stale, 1, 'late')])).outcome).toBe('conflict');
    const { head } = await store.load(stale.stream);
    await store.append([appendOf(head, 3)]);
    expect((await store.append([appendOf(head, 1, 'late')])).outcome).toBe('conflict');
    const { commits } = await store.load(stale.stream);
    expect(commits.map(({ version }) => version)).toEqual([1, 6]);
  });

  it('lets exactly one of many concurrent appends to a stream win, and shows the others who did', async () => {
    const store = storeWith();
    const { head } = await store.load(freshStream());
    const names = Array.from({ length: 16 }, (_, index) => `writer ${index}`);
    const results = await Promise.all(names.map((name) => store.append([appendOf(head, 1, name)])));
    const { commits } = await store.load(head.stream);
    expect(commits).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
    for (const result of results) if (result.outcome === 'conflict') expect(result.winners).toEqual(commits);
    const winner = results.findIndex(({ outcome }) => outcome === 'appended');
    expect(commits[0]?.commandId).toBe(names[winner]);
  });

  it('loses nothing when writers that lose read again', async () => {
    const store = storeWith();
    const stream = freshStream();
    const write = async (name: string) => {
      for (;;) {
        const { head } = await store.load(stream);
        if ((await store.append([appendOf(head, 2, name)])).outcome === 'appended') return;
      }
    };
    const names = Array.from({ length: 12 }, (_, index) => `writer ${index}`);
    await Promise.all(names.map(write));
    const { commits } = await store.load(stream);
    expect(commits.map(({ commandId }) => commandId).sort()).toEqual(names.sort());
    expect(commits.map(({ version }) => version)).toEqual(names.map((_, index) => 1 + 2 * index));
  });

  it('lands commits to several streams together, or none of them', async () => {
    const store = storeWith();
    const [a, b, c] = await Promise.all([1, 2, 3].map(async () => (await store.load(freshStream())).head));
    const heads = [a, b, c] as StreamHead[];
    expect((await store.append(heads.map((head) => appendOf(head)))).outcome).toBe('appended');
    const after = await Promise.all(heads.map(async ({ stream }) => (await store.load(stream)).head));
    await store.append([appendOf(after[1] as StreamHead, 1, 'between')]);

    const result = await store.append(after.map((head) => appendOf(head, 1, 'late')));
    expect(result.outcome).toBe('conflict');
    expect(result.outcome === 'conflict' && result.winners.map(({ commandId }) => commandId)).toEqual(['between']);
    const counts = await Promise.all(heads.map(async ({ stream }) => (await store.load(stream)).commits.length));
    expect(counts).toEqual([1, 2, 1]);
  });

  it('lands only while nothing has come after a guard, and shows no winner where something has', async () => {
    const store = storeWith();
    const [written, read, other] = [freshStream(), freshStream(), freshStream()];
    await store.append([appendOf((await store.load(read)).head, 3)]);
    const heads = await Promise.all([read, other].map(async (stream) => (await store.load(stream)).head));
    const { head } = await store.load(written);
    for (const { stream } of heads) {
      await store.append([appendOf((await store.load(stream)).head, 2, 'between')]);
      expect(await store.append([appendOf(head)], [], heads)).toEqual({ outcome: 'conflict', winners: [] });
    }
    expect((await store.load(written)).commits).toEqual([]);
    const now = await Promise.all([read, other].map(async (stream) => (await store.load(stream)).head));
    expect((await store.append([appendOf(head)], [], now)).outcome).toBe('appended');
    expect((await Promise.all([read, other].map((stream) => store.load(stream)))).map((one) => one.head)).toEqual(now);
  });

  it('counts guards among the actions of a transaction, in a rehearsal too', async () => {
    const store = storeWith();
    const { head } = await store.load(freshStream());
    const guards = await Promise.all(Array.from({ length: 100 }, async () => (await store.load(freshStream())).head));
    const over = {
      outcome: 'cap',
      rule: 'cap-actions',
      detail: expect.stringContaining('100 more streams are guarded'),
    };
    expect(store.rehearse([appendOf(head)], [], guards)).toEqual(over);
    expect(await store.append([appendOf(head)], [], guards)).toEqual(over);
    expect((await store.append([appendOf(head)], [], guards.slice(1))).outcome).toBe('appended');
  });

  it('names the cap that an append exceeds, and writes nothing', async () => {
    const requests = listening();
    const store = storeWith(requests);
    const head = async () => (await store.load(freshStream())).head;
    const capOf = async (appends: Append[]) => {
      const result = await store.append(appends);
      return result.outcome === 'cap' ? result.rule : result.outcome;
    };
    const many = async (count: number) => Promise.all(Array.from({ length: count }, head));
    const size = Buffer.byteLength(rawEvent((await head()).stream, 1));
    const filled = 'x'.repeat(16 * 1024 - size - 20);

    expect(await capOf([appendOf(await head(), 101)])).toBe('cap-commit-events');
    expect(await capOf([appendOf(await head(), 1, 'x', 'x'.repeat(16 * 1024))])).toBe('cap-event-bytes');
    expect(await capOf([appendOf(await head(), 1, 'x', 'ü'.repeat(8 * 1024))])).toBe('cap-event-bytes');
    expect(await capOf([appendOf(await head(), 20, 'x', filled)])).toBe('cap-commit-bytes');
    expect(await capOf((await many(101)).map((each) => appendOf(each)))).toBe('cap-actions');
    expect(await capOf((await many(13)).map((each) => appendOf(each, 18, 'x', filled)))).toBe('cap-submission-bytes');
    expect(requests.sent.filter(({ name }) => name !== 'QueryCommand')).toEqual([]);

    expect(await capOf([appendOf(await head(), 18, 'x', filled)])).toBe('appended');
    expect(await capOf((await many(100)).map((each) => appendOf(each)))).toBe('appended');
    expect(await capOf((await many(12)).map((each) => appendOf(each, 17, 'x', filled)))).toBe('appended');
  });

  it('calls an append without events a mistake', async () => {
    const store = storeWith();
    const { head } = await store.load(freshStream());
    await expect(store.append([])).rejects.toThrow('nothing to append');
    await expect(store.append([appendOf(head, 0)])).rejects.toThrow('has events');
  });

  it('says conflict when a transaction holds the stream, and lands afterwards', async () => {
    const put = storeWith(failing({ on: 'PutCommand', error: heldByTransaction }));
    const { head } = await put.load(freshStream());
    expect(await put.append([appendOf(head)])).toEqual({ outcome: 'conflict', winners: [] });
    expect((await put.append([appendOf(head)])).outcome).toBe('appended');

    const held = failing({ on: 'TransactWriteCommand', error: () => cancelledBy('TransactionConflict') });
    const transact = storeWith(held);
    const heads = [(await transact.load(freshStream())).head, (await transact.load(freshStream())).head];
    const appends = heads.map((each) => appendOf(each));
    expect(await transact.append(appends)).toEqual({ outcome: 'conflict', winners: [] });
    expect((await transact.append(appends)).outcome).toBe('appended');
  });

  it('says throttled when the table takes no more, and goes on afterwards', async () => {
    const put = storeWith(failing({ on: 'PutCommand', error: throttled }));
    const { head } = await put.load(freshStream());
    expect((await put.append([appendOf(head)])).outcome).toBe('throttled');
    expect((await put.append([appendOf(head)])).outcome).toBe('appended');

    const together = failing({
      on: 'TransactWriteCommand',
      error: () => cancelledBy('ProvisionedThroughputExceeded'),
    });
    const transact = storeWith(together);
    const heads = [(await transact.load(freshStream())).head, (await transact.load(freshStream())).head];
    expect((await transact.append(heads.map((each) => appendOf(each)))).outcome).toBe('throttled');
    expect((await transact.append(heads.map((each) => appendOf(each)))).outcome).toBe('appended');
  });

  it('throws when the answer is lost, and shows the landed commit to whoever tries again', async () => {
    const store = storeWith(failing({ on: 'PutCommand', error: timedOut, landing: 'after' }));
    const { head } = await store.load(freshStream());
    await expect(store.append([appendOf(head, 2, 'lost')])).rejects.toThrow('socket hang up');
    const again = await store.append([appendOf(head, 2, 'lost')]);
    expect(again.outcome === 'conflict' && again.winners[0]).toMatchObject({ commandId: 'lost', version: 1 });
    expect((await store.load(head.stream)).commits).toHaveLength(1);
  });

  it('never updates or deletes', async () => {
    const requests = listening();
    const store = storeWith(requests);
    const { head } = await store.load(freshStream());
    await store.append([appendOf(head)]);
    await store.append([appendOf(head, 1, 'other')]);
    const before = await scanAll(engine.documents, engine.tables.events);
    await store.append([appendOf(head, 1, 'again')]);
    expect(await scanAll(engine.documents, engine.tables.events)).toEqual(before);
    const puts = requests.sent.filter(({ name }) => name === 'PutCommand');
    for (const { input } of puts) expect(input.ConditionExpression).toBe('attribute_not_exists(#stream)');
  });
});
