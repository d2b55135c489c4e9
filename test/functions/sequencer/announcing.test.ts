import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Commit } from '../../../functions/stores/commits.ts';
import { createLogStore } from '../../../functions/stores/log-store.ts';
import { createBus } from '../../support/bus.ts';
import { checkLog } from '../../support/check-log.ts';
import { inserted, minute, ORIGIN, putCommits, rawCommit, rawStream, streamEvent } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { failing, type Tap, timedOut } from '../../support/faults.ts';
import { testSequencer } from '../../support/sequencer.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

async function registry() {
  const { documents } = engine;
  const tables = await engine.freshTables();
  const bus = createBus();
  const log = createLogStore({ documents, table: tables.log });
  const sequencer = (clock?: () => number, ...taps: Tap[]) =>
    testSequencer({ documents, tables, bus, taps, ...(clock && { clock }) });
  /** Puts commits and delivers them to a sequencer. */
  async function deliver(commits: Commit[], to = sequencer()) {
    await putCommits(documents, tables.events, commits);
    const answer = await to.run(streamEvent(commits.map((commit) => inserted(commit))));
    expect(answer).toEqual({ batchItemFailures: [] });
    return to;
  }
  const check = () => checkLog({ documents, tables, accepted: bus.accepted });
  return { documents, tables, bus, log, sequencer, deliver, check };
}

const positions = (entries: { detail: { position: number } }[]) => entries.map(({ detail }) => detail.position);
const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, index) => from + index);

describe('announcing', () => {
  it('announces every event in order, ten to a call, and then sends log.sealed once', async () => {
    const { bus, deliver, check } = await registry();
    const { alarms } = await deliver(rawStream('a', [20, 3, 2]));
    expect(positions(bus.events())).toEqual(upTo(25));
    expect(bus.calls).toEqual([10, 10, 5, 1]);
    expect(bus.accepted.at(-1)).toEqual({ source: ORIGIN, type: 'log.sealed', detail: { from: 0, to: 25 } });
    await check();
    expect(alarms).toEqual([]);
  });

  it('announces an event as it was sealed, with its position, under its own type', async () => {
    const { bus, deliver } = await registry();
    const [commit] = rawStream('a', [1]) as [Commit];
    await deliver([commit]);
    const [announced] = bus.events();
    expect(announced).toEqual({
      source: ORIGIN,
      type: 'agreement.signed',
      detail: { ...JSON.parse(commit.events[0] as string), position: 0 },
    });
  });

  it('announces nothing twice while nothing fails', async () => {
    const { bus, deliver, sequencer } = await registry();
    const { run } = await deliver(rawStream('a', [2]));
    await deliver(rawStream('b', [3]));
    await run(minute);
    await sequencer().run(minute);
    expect(positions(bus.events())).toEqual(upTo(5));
    expect(bus.sealedMessages().map(({ detail }) => detail)).toEqual([
      { from: 0, to: 2 },
      { from: 2, to: 5 },
    ]);
  });

  it('keeps every call within 256 KB', async () => {
    const { bus, deliver, check } = await registry();
    // The bus refuses calls that are larger.
    const commits = Array.from({ length: 12 }, (_, index) => rawCommit(`stream-${index}`, 1, 0, 1, 'ü'.repeat(30_000)));
    const { alarms } = await deliver(commits);
    expect(Math.max(...bus.calls)).toBe(4);
    await check();
    expect(alarms).toEqual([]);
  });

  it('goes on sealing during an outage of the bus, and catches up after it', async () => {
    const { bus, deliver, check, log, sequencer } = await registry();
    bus.outage = true;
    const { named } = await deliver(rawStream('a', [5, 1]));
    await deliver(rawStream('b', [30]));
    expect((await log.readHead())?.size).toBe(36);
    expect(named('AnnouncingAlarm')).toHaveLength(1);
    expect([await log.announced(), bus.accepted]).toEqual([0, []]);
    bus.outage = false;
    await sequencer().run(minute);
    expect(positions(bus.events())).toEqual(upTo(36));
    await check();
  });

  it('sends single refused entries again, and passes none of them', async () => {
    const { bus, deliver, check } = await registry();
    const refused = new Map<string, number>();
    bus.refuse = ({ Detail = '' }) => {
      const times = (refused.get(Detail) ?? 0) + 1;
      refused.set(Detail, times);
      return Number(JSON.parse(Detail).position ?? JSON.parse(Detail).from) % 3 === 0 && times <= 2;
    };
    const { alarms } = await deliver(rawStream('a', [25]));
    expect(positions(bus.events()).sort((a, b) => a - b)).toEqual(upTo(25));
    expect(alarms).toEqual([]);
    await check();
  });

  it('stops before an entry that the bus goes on refusing, and sends log.sealed for those before it', async () => {
    const { bus, deliver, log, sequencer, check } = await registry();
    bus.refuse = ({ Detail = '' }) => JSON.parse(Detail).position === 13;
    const { named } = await deliver(rawStream('a', [25]));
    expect(named('AnnouncingAlarm')).toHaveLength(1);
    expect(await log.announced()).toBe(13);
    expect(bus.sealedMessages().map(({ detail }) => detail)).toEqual([{ from: 0, to: 13 }]);
    bus.refuse = () => false;
    await sequencer().run(minute);
    await check();
  });

  it('does not move its cursor when log.sealed is refused', async () => {
    const { bus, deliver, log, sequencer, check } = await registry();
    bus.refuse = ({ DetailType }) => DetailType === 'log.sealed';
    const { named } = await deliver(rawStream('a', [3]));
    expect(named('AnnouncingAlarm')).toHaveLength(1);
    expect(await log.announced()).toBe(0);
    bus.refuse = () => false;
    await sequencer().run(minute);
    expect(positions(bus.events())).toEqual([...upTo(3), ...upTo(3)]);
    await check();
  });

  it('announces again when the answer of the cursor was lost', async () => {
    const { deliver, sequencer, check } = await registry();
    await deliver(rawStream('a', [3]), sequencer(undefined, failing({ on: 'UpdateCommand', error: timedOut })));
    await sequencer().run(minute);
    await check();
  });

  it('stops when its time is over, and the next one goes on from there', async () => {
    const { deliver, log, sequencer, check, bus } = await registry();
    let now = Date.parse('2026-02-03T04:05:06.789Z');
    const slow = () => {
      now += 300;
      return now;
    };
    const { alarms } = await deliver(rawStream('a', [100]), sequencer(slow));
    const announced = await log.announced();
    expect(announced).toBeGreaterThan(0);
    expect(announced).toBeLessThan(100);
    expect(alarms).toEqual([]);
    await sequencer().run(minute);
    expect(bus.events()).toHaveLength(100);
    await check();
  });

  it('raises the alarm over a sealed event that is gone or changed, and goes on with the others', async () => {
    const { bus, deliver, documents, tables, log, sequencer } = await registry();
    bus.outage = true;
    await deliver([...rawStream('a', [2]), ...rawStream('b', [2]), ...rawStream('c', [2])]);
    const changed = rawCommit('a', 1, 0, 2);
    changed.events[1] = rawCommit('a', 2, 1, 1, 'forged').events[0] as string;
    await documents.send(new PutCommand({ TableName: tables.events, Item: changed }));
    await documents.send(new DeleteCommand({ TableName: tables.events, Key: { stream: 'b', version: 1 } }));
    bus.outage = false;
    const { run, named } = sequencer();
    await run(minute);
    expect(positions(bus.events())).toEqual([0, 4, 5]);
    expect(named('TamperAlarm').filter(({ position }) => position !== undefined)).toMatchObject([
      { position: 1 },
      { position: 2 },
      { position: 3 },
      { position: 0, stream: 'a' },
    ]);
    expect(await log.announced()).toBe(6);
  });

  it('passes no position whose page is lost', async () => {
    const { bus, deliver, documents, tables, log, sequencer } = await registry();
    bus.outage = true;
    for (const stream of ['a', 'b', 'c']) await deliver(rawStream(stream, [2]));
    await documents.send(new DeleteCommand({ TableName: tables.log, Key: { pk: 'page', sk: 2 } }));
    bus.outage = false;
    const { run, named } = sequencer();
    await run(minute);
    expect(positions(bus.events())).toEqual([0, 1]);
    expect(named('TamperAlarm')[0]).toMatchObject({ position: 2 });
    expect(await log.announced()).toBe(2);
  });
});
