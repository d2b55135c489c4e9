import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogStore } from '../../../functions/stores/log-store.ts';
import { createBus } from '../../support/bus.ts';
import { checkLog } from '../../support/check-log.ts';
import {
  inserted,
  minute,
  modified,
  putCommits,
  rawCommit,
  rawStream,
  removed,
  streamEvent,
} from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { cancelledBy, failing, listening, type Tap, throttled, timedOut } from '../../support/faults.ts';
import { testSequencer } from '../../support/sequencer.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

/** Time stands still, so that no budget ends on a busy machine. */
const clock = () => Date.parse('2026-02-03T04:05:06.789Z');

/** A registry of its own: empty tables, a bus, sequencers over them. */
async function registry() {
  const { documents } = engine;
  const tables = await engine.freshTables();
  const bus = createBus();
  const sequencer = (...taps: Tap[]) => testSequencer({ documents, tables, bus, taps, clock });
  const put = (commits: Parameters<typeof putCommits>[2]) => putCommits(documents, tables.events, commits);
  const log = createLogStore({ documents, table: tables.log });
  const check = (waiting: string[] = []) =>
    checkLog({ documents, tables, accepted: bus.accepted, waiting: new Set(waiting) });
  return { documents, tables, bus, sequencer, put, log, check };
}

const numbersOf = (records: DynamoDBRecord[]) => records.map(({ dynamodb }) => dynamodb?.SequenceNumber);

describe('sealing', () => {
  it('gives the commits of a batch their positions, in the order of their arrival', async () => {
    const { put, sequencer, check } = await registry();
    const [a, b, c] = [rawStream('a', [2]), rawStream('b', [1]), rawStream('c', [3])];
    const batch = [...b, ...c, ...a];
    await put(batch);
    const { run, alarms, figures } = sequencer();
    expect(await run(streamEvent(batch.map((commit) => inserted(commit))))).toEqual({ batchItemFailures: [] });
    expect((await check()).map(({ id }) => id)).toEqual(['b/1', 'c/1', 'c/2', 'c/3', 'a/1', 'a/2']);
    expect([alarms, figures.SealedEvents]).toEqual([[], 6]);
  });

  it('seals a commit once, however often it is delivered', async () => {
    const { put, sequencer, check } = await registry();
    const commits = rawStream('a', [1, 2, 1]);
    await put(commits);
    const records = commits.map((commit) => inserted(commit));
    const { run, alarms } = sequencer();
    await run(streamEvent([...records, ...records]));
    await run(streamEvent(records.toReversed()));
    await sequencer().run(streamEvent(records));
    expect(await check()).toHaveLength(4);
    expect(alarms).toEqual([]);
  });

  it('puts the commits of a stream in order within a batch', async () => {
    const { put, sequencer, check } = await registry();
    const commits = rawStream('a', [1, 3, 2, 1]);
    await put(commits);
    await sequencer().run(streamEvent(commits.toReversed().map((commit) => inserted(commit))));
    expect(await check()).toHaveLength(7);
  });

  it('takes the predecessors first when a later commit is delivered before them in another batch', async () => {
    const { put, sequencer, check, log } = await registry();
    const commits = rawStream('a', [1, 3, 2, 1]);
    await put(commits);
    const { run, alarms } = sequencer();
    await run(streamEvent([inserted(commits[2] as never)]));
    expect((await log.readHead())?.size).toBe(6);
    await run(streamEvent([inserted(commits[0] as never)]));
    await run(streamEvent([inserted(commits[3] as never), inserted(commits[1] as never)]));
    expect(await check()).toHaveLength(7);
    expect(alarms).toEqual([]);
  });

  it('has one order when several sequencers get the same commits at once', async () => {
    const { put, sequencer, check } = await registry();
    const commits = ['a', 'b', 'c', 'd', 'e'].flatMap((stream) => rawStream(stream, [1, 2, 1]));
    await put(commits);
    const records = commits.map((commit) => inserted(commit));
    const orders = [records, records.toReversed(), records.slice(5), records.slice(0, 9)];
    const sequencers = orders.map(() => sequencer());
    const answers = await Promise.all(orders.map((order, index) => sequencers[index]?.run(streamEvent(order))));
    for (const answer of answers) expect(answer).toEqual({ batchItemFailures: [] });
    await sequencer().run(minute);
    expect(await check()).toHaveLength(20);
    expect(sequencers.flatMap(({ alarms }) => alarms)).toEqual([]);
  });

  it('makes as few steps as the transaction limit allows', async () => {
    const { put, sequencer, check, log } = await registry();
    const commits = Array.from({ length: 250 }, (_, index) => rawCommit(`stream-${index}`, 1, 0));
    await put(commits);
    const requests = listening();
    await sequencer(requests).run(streamEvent(commits.map((commit) => inserted(commit))));
    const steps = requests.sent.filter(({ name }) => name === 'TransactWriteCommand');
    expect(steps.map(({ input }) => input.TransactItems.length)).toEqual([100, 100, 59]);
    expect((await Array.fromAsync(log.readPages(0))).map(({ commits: rows }) => rows.length)).toEqual([97, 97, 56]);
    await sequencer().run(minute);
    expect(await check()).toHaveLength(250);
  });

  it('keeps every page within an item, however many events a commit has', async () => {
    const { put, sequencer, check, log } = await registry();
    // Past the event store's caps, as an operator's import might write them; events of about 400 bytes.
    const commits = Array.from({ length: 16 }, (_, index) => rawCommit(`stream-${index}`, 1, 0, 850));
    for (const commit of commits) await put([commit]);
    await sequencer().run(streamEvent(commits.map((commit) => inserted(commit))));
    const pages = await Array.fromAsync(log.readPages(0));
    expect(pages.length).toBeGreaterThan(1);
    for (const { leaves } of pages) expect(leaves.length * 32).toBeLessThan(350_000);
    while ((await log.announced()) < 16 * 850) await sequencer().run(minute);
    expect(await check()).toHaveLength(16 * 850);
  });

  it('seals a chain that is longer than what it reads at a time', async () => {
    const { put, sequencer, check } = await registry();
    const commits = rawStream(
      'a',
      Array.from({ length: 450 }, () => 1),
    );
    await put(commits);
    const { run, alarms } = sequencer();
    expect(await run(streamEvent([inserted(commits.at(-1) as never)]))).toEqual({ batchItemFailures: [] });
    await run(minute);
    expect(await check()).toHaveLength(450);
    expect(alarms).toEqual([]);
  });

  it('never lets the time of sealing go back when a clock does', async () => {
    const { put, documents, tables, bus, check } = await registry();
    const at = (time: string) => testSequencer({ documents, tables, bus, clock: () => Date.parse(time) });
    const [first, second] = rawStream('a', [1, 1]);
    await put([first as never, second as never]);
    await at('2026-02-03T04:05:06.789Z').run(streamEvent([inserted(first as never)]));
    await at('2026-02-03T04:05:06.000Z').run(streamEvent([inserted(second as never)]));
    await at('2026-02-03T04:06:00.000Z').run(minute);
    expect(await check()).toHaveLength(2);
  });

  describe.each([
    ['throttling', throttled],
    ['a transaction that meets another', () => cancelledBy('TransactionConflict')],
    ['a transaction that is throttled', () => cancelledBy('ThrottlingError')],
    ['a time-out', timedOut],
  ])('under %s', (_, error) => {
    it.each(['before', 'after'] as const)('starts over when a step fails %s its effect', async (landing) => {
      const { put, sequencer, check } = await registry();
      const commits = ['a', 'b'].flatMap((stream) => rawStream(stream, [1, 2]));
      await put(commits);
      const fault = failing({ on: 'TransactWriteCommand', error, landing, times: 3 });
      const { run, alarms } = sequencer(fault);
      expect(await run(streamEvent(commits.map((commit) => inserted(commit))))).toEqual({ batchItemFailures: [] });
      expect(fault.hits).toBe(landing === 'after' ? 1 : 3);
      expect(await check()).toHaveLength(6);
      expect(alarms).toEqual([]);
    });
  });

  it('starts over when reading fails', async () => {
    const { put, sequencer, check } = await registry();
    const commits = rawStream('a', [1, 2, 1]);
    await put(commits);
    const taps = ['GetCommand', 'BatchGetCommand', 'QueryCommand'].map((on) => failing({ on, error: throttled }));
    const { run, alarms } = sequencer(...taps);
    expect(await run(streamEvent([inserted(commits[2] as never)]))).toEqual({ batchItemFailures: [] });
    expect(taps.map(({ hits }) => hits)).toEqual([1, 1, 1]);
    await run(minute);
    expect(await check()).toHaveLength(4);
    expect(alarms.filter(({ alarm }) => alarm !== 'AnnouncingAlarm')).toEqual([]);
  });

  it('hands back what it could not seal, lowest sequence number first, and what it sealed it does not', async () => {
    const { put, sequencer, check } = await registry();
    const commits = Array.from({ length: 120 }, (_, index) => rawCommit(`stream-${index}`, 1, 0));
    await put(commits);
    const records = commits.map((commit) => inserted(commit));
    const fault = failing({ on: 'TransactWriteCommand', error: throttled, nth: 2, times: 100 });
    const { run, named } = sequencer(fault);
    const { batchItemFailures } = await run(streamEvent(records));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(numbersOf(records.slice(97)));
    expect(named('SealingAlarm')).toHaveLength(1);
    await sequencer().run(streamEvent(records.slice(97)));
    expect(await check()).toHaveLength(120);
  });

  it('orders the sequence numbers that it hands back as numbers', async () => {
    const { put, sequencer } = await registry();
    const commits = ['a', 'b', 'c'].map((stream) => rawCommit(stream, 1, 0));
    await put(commits);
    const numbers = ['900000000000000000001', '1000000000000000000000', '99'];
    const records = commits.map((commit, index) => inserted(commit, numbers[index]));
    const { run } = sequencer(failing({ on: 'TransactWriteCommand', error: throttled, times: 100 }));
    const { batchItemFailures } = await run(streamEvent(records));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([numbers[2], numbers[0], numbers[1]]);
  });
});

describe('what must not be sealed', () => {
  it('is a commit that a sealed one was replaced by: an alarm, never a duplicate', async () => {
    const { put, documents, tables, sequencer, log } = await registry();
    const [commit] = rawStream('a', [2]) as [ReturnType<typeof rawCommit>];
    await put([commit]);
    await sequencer().run(streamEvent([inserted(commit)]));
    const forged = rawCommit('a', 1, 0, 2, 'forged');
    await documents.send(new PutCommand({ TableName: tables.events, Item: forged }));
    const { run, named } = sequencer();
    expect(await run(streamEvent([inserted(forged)]))).toEqual({ batchItemFailures: [] });
    expect(named('TamperAlarm')).toMatchObject([{ stream: 'a', version: 1, position: 0 }]);
    expect((await log.readHead())?.size).toBe(2);
  });

  it('is anything but an INSERT: an alarm that holds what stood there', async () => {
    const { put, sequencer, check } = await registry();
    const [commit] = rawStream('a', [1]) as [ReturnType<typeof rawCommit>];
    await put([commit]);
    const { run, named } = sequencer();
    const forged = { ...commit, requestHash: 'forged' };
    const answer = await run(streamEvent([inserted(commit), modified(commit, forged), removed(commit)]));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(named('TamperAlarm')).toMatchObject([
      { message: 'MODIFY of a commit', stoodThere: { requestHash: { S: commit.requestHash } } },
      { message: 'REMOVE of a commit', stoodThere: { stream: { S: 'a' }, version: { N: '1' } } },
    ]);
    expect(await check()).toHaveLength(1);
  });

  const good = rawCommit('bad', 1, 0);
  const event = JSON.parse(good.events[0] as string);
  it.each([
    ['has no events', { ...good, events: [] }],
    ['has events that are no list', { ...good, events: 'events' }],
    ['has an event that is no text', { ...good, events: [event] }],
    ['has an event that is no JSON', { ...good, events: ['{"id":'] }],
    ['has an event that is not canonical', { ...good, events: [JSON.stringify(event, null, 1)] }],
    ['has an event with a field twice', { ...good, events: [good.events[0]?.replace('{', '{"actor":"x",')] }],
    ['has an event of another stream', { ...good, events: rawCommit('other', 1, 0).events }],
    ['has an event of another version', { ...good, events: rawCommit('bad', 2, 1).events }],
    ['has an event too large for a tile', rawCommit('bad', 1, 0, 1, 'x'.repeat(66_000))],
    ['has no request hash', { ...good, requestHash: undefined }],
    ['says it follows a commit that does not exist', rawCommit('bad', 3, 2)],
    ['leaves a gap', rawCommit('bad', 2, 0)],
    ['has a version that is no whole number', { ...good, version: 1.5 }],
    ['has a version below one', { ...good, version: -1 }],
    ['has a version that no number holds', { ...good, version: 2n ** 80n }],
  ])('is a commit that %s: an alarm, and only its stream waits', async (_, bad) => {
    const { put, sequencer, check, log } = await registry();
    const others = rawStream('good', [1, 1]);
    await put([bad as never, ...others]);
    const { run, named, alarms } = sequencer();
    const batch = [bad, ...others].map((item) => inserted(item as never));
    expect(await run(streamEvent(batch))).toEqual({ batchItemFailures: [] });
    expect(named('SealingAlarm')).toMatchObject([{ stream: 'bad' }]);
    expect(alarms).toHaveLength(1);
    expect((await log.readHead())?.size).toBe(2);
    await run(minute);
    expect(named('SealingAlarm').length, 'the schedule goes on reminding').toBeGreaterThan(1);
    expect(await check(['bad'])).toHaveLength(2);
  });

  it('is a commit whose stream has a name that the log needs for itself', async () => {
    const { put, sequencer, check, log } = await registry();
    const bad = ['head', 'page', 'announced', 'scan', 'sealing', 'sealed/2026-02-03'].map((stream) =>
      rawCommit(stream, 1, 0),
    );
    const others = rawStream('good', [1]);
    await put([...bad, ...others]);
    const { run, named } = sequencer();
    await run(streamEvent([...bad, ...others].map((commit) => inserted(commit))));
    expect(named('SealingAlarm')).toHaveLength(6);
    expect((await log.readHead())?.size).toBe(1);
    expect(await check(bad.map(({ stream }) => stream))).toHaveLength(1);
  });

  it('is what follows an unreadable commit, until that one is repaired', async () => {
    const { put, documents, tables, sequencer, check, log } = await registry();
    const commits = rawStream('a', [1, 1, 1]);
    const broken = { ...commits[1], events: ['{}'] };
    await put([commits[0] as never, broken as never, commits[2] as never]);
    const { run, named } = sequencer();
    await run(streamEvent([inserted(commits[2] as never)]));
    expect(named('SealingAlarm')).toMatchObject([{ stream: 'a', version: 2 }]);
    expect((await log.readHead())?.size).toBe(1);
    await documents.send(new PutCommand({ TableName: tables.events, Item: commits[1] }));
    await run(minute);
    expect(await check()).toHaveLength(3);
  });

  it('is a commit that is not in the table any more', async () => {
    const { put, documents, tables, sequencer, log } = await registry();
    const commits = rawStream('a', [1, 1, 1]);
    await put(commits);
    await documents.send(new DeleteCommand({ TableName: tables.events, Key: { stream: 'a', version: 3 } }));
    const { run, named } = sequencer();
    await run(streamEvent([inserted(commits[2] as never)]));
    expect(named('SealingAlarm')).toMatchObject([{ stream: 'a', version: 3 }]);
    expect((await log.readHead())?.size).toBe(2);
  });

  it('is a commit that was slipped in among sealed ones', async () => {
    const { put, sequencer, check } = await registry();
    const commits = rawStream('a', [3, 1]);
    await put(commits);
    await sequencer().run(streamEvent(commits.map((commit) => inserted(commit))));
    const slipped = rawCommit('a', 2, 1);
    await put([slipped]);
    const { run, named } = sequencer();
    await run(streamEvent([inserted(slipped)]));
    expect(named('SealingAlarm')).toMatchObject([{ stream: 'a', version: 2 }]);
    expect(await check(['a'])).toHaveLength(4);
  });

  it('is anything at all over tables with other names', async () => {
    const { put, tables, documents, bus, sequencer, log } = await registry();
    const commits = rawStream('a', [1, 1]);
    await put(commits);
    await sequencer().run(streamEvent([inserted(commits[0] as never)]));
    const before = bus.accepted.length;
    const other = await engine.freshTables();
    await putCommits(documents, other.events, commits);
    const restored = testSequencer({ documents, bus, tables: { events: other.events, log: tables.log } });
    await expect(restored.run(streamEvent([inserted(commits[1] as never)]))).rejects.toThrow(other.events);
    await expect(restored.run(minute)).rejects.toThrow(other.events);
    expect(restored.named('SealingAlarm').length).toBeGreaterThan(0);
    expect((await log.readHead())?.size).toBe(1);
    expect(bus.accepted.length).toBe(before);
  });

  it('is anything at all while the log is halted', async () => {
    const { put, tables, documents, sequencer, log, check } = await registry();
    const commits = rawStream('a', [1, 1]);
    await put(commits);
    await sequencer().run(streamEvent([inserted(commits[0] as never)]));
    const halted = (UpdateExpression: string, values?: Record<string, string>) =>
      documents.send(
        new UpdateCommand({
          TableName: tables.log,
          Key: { pk: 'head', sk: 0 },
          UpdateExpression,
          ExpressionAttributeValues: values,
        }),
      );
    await halted('SET halted = :why', { ':why': 'the checkpoint is ahead' });
    const { run, named } = sequencer();
    await expect(run(streamEvent([inserted(commits[1] as never)]))).rejects.toThrow('the checkpoint is ahead');
    expect(named('SealingAlarm')).toHaveLength(1);
    expect((await log.readHead())?.size).toBe(1);
    await halted('REMOVE halted');
    await run(minute);
    expect(await check()).toHaveLength(2);
  });
});

describe('the sweep of the schedule', () => {
  it('seals what the stream never delivered', async () => {
    const { put, sequencer, check } = await registry();
    const commits = ['a', 'b', 'c'].flatMap((stream) => rawStream(stream, [1, 2, 1]));
    await put(commits);
    await sequencer().run(streamEvent([inserted(commits[1] as never)]));
    const { run, alarms } = sequencer();
    expect(await run(minute)).toEqual({ batchItemFailures: [] });
    expect(await check()).toHaveLength(12);
    expect(alarms).toEqual([]);
  });

  it('goes on where the one before stopped, and begins again after the end', async () => {
    const { put, sequencer, check } = await registry();
    const commits = Array.from({ length: 520 }, (_, index) => rawCommit(`stream-${index}`, 1, 0));
    await put(commits);
    // The second slice cannot be read: its cursor stays before it.
    await expect(sequencer(failing({ on: 'ScanCommand', error: throttled, nth: 2 })).run(minute)).rejects.toThrow();
    const requests = listening();
    await sequencer(requests).run(minute);
    const scans = requests.sent.filter(({ name }) => name === 'ScanCommand');
    expect(scans).toHaveLength(2);
    expect(scans[0]?.input.ExclusiveStartKey).toBeDefined();
    await put(rawStream('late', [1]));
    await sequencer().run(minute);
    expect(await check()).toHaveLength(521);
  });

  it('does not pass a slice that could not be sealed', async () => {
    const { put, sequencer, check, log } = await registry();
    await put(Array.from({ length: 300 }, (_, index) => rawCommit(`stream-${index}`, 1, 0)));
    const noStep = failing({ on: 'TransactWriteCommand', error: throttled, times: 100 });
    const noSecondSlice = failing({ on: 'ScanCommand', error: throttled, nth: 2 });
    await sequencer(noStep, noSecondSlice)
      .run(minute)
      .catch(() => {});
    expect(await log.readHead()).toBeUndefined();
    expect(await log.scanCursor()).toBeUndefined();
    await sequencer().run(minute);
    expect(await check()).toHaveLength(300);
  });
});
