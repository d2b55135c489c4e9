import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Commit } from '../../../functions/stores/commits.ts';
import { createLogStore } from '../../../functions/stores/log-store.ts';
import { createBus } from '../../support/bus.ts';
import { inserted, minute, putCommits, rawCommit, rawStream, streamEvent } from '../../support/commits.ts';
import { failing, type Tap, throttled } from '../../support/faults.ts';
import { inMemory } from '../../support/restores.ts';
import { testSequencer } from '../../support/sequencer.ts';

const RECORDED_AT = Date.parse('2026-02-03T04:05:06.789Z');
const tables = { events: 'events', log: 'log' };

/** A registry of its own, whose clock a test sets: seconds after its first commits were recorded. */
function registry() {
  const documents = inMemory();
  const bus = createBus();
  const log = createLogStore({ documents, table: tables.log });
  const clock = (seconds: number) => () => RECORDED_AT + seconds * 1000;
  const sequencer = (seconds: number, ...taps: Tap[]) =>
    testSequencer({ documents, tables, bus, taps, clock: clock(seconds) });
  const put = (commits: readonly Partial<Commit>[]) => putCommits(documents, tables.events, commits);
  return { documents, log, sequencer, put };
}

const at = (seconds: number) => new Date(RECORDED_AT + seconds * 1000).toISOString();
const unreadable = { ...rawCommit('bad', 1, 0), events: ['{}'], recordedAt: at(5) };
const deliveryOf = (commits: readonly object[]) => streamEvent(commits.map((commit) => inserted(commit as never)));

describe('what the schedule notes', () => {
  it('is when it ran, and no commit while all have a position', async () => {
    const { put, sequencer, log } = registry();
    expect(await log.sealingNote()).toBeUndefined();
    await put(rawStream('a', [1, 2]));
    await sequencer(3).run(minute);
    expect(await log.sealingNote()).toEqual({ checkedAt: at(3) });
    await sequencer(63).run(minute);
    expect(await log.sealingNote()).toEqual({ checkedAt: at(63) });
  });

  it('is the oldest commit that could not be sealed', async () => {
    const { put, sequencer, log } = registry();
    await put([
      { ...rawCommit('a', 1, 0), recordedAt: at(9) },
      { ...rawCommit('b', 1, 0), recordedAt: at(4) },
    ]);
    await sequencer(60, failing({ on: 'TransactWriteCommand', error: throttled, times: 100 })).run(minute);
    const oldest = { stream: 'b', version: 1, recordedAt: at(4) };
    expect(await log.sealingNote()).toEqual({ checkedAt: at(60), oldest });
    await sequencer(120).run(minute);
    expect(await log.sealingNote()).toEqual({ checkedAt: at(120) });
  });

  it('is a commit that nobody can read, from when it was first met if it has no time of its own', async () => {
    const { put, sequencer, log, documents } = registry();
    await put([unreadable, ...rawStream('a', [1])]);
    await sequencer(60).run(minute);
    expect((await log.sealingNote())?.oldest).toEqual({ stream: 'bad', version: 1, recordedAt: at(5) });
    const timeless = { ...rawCommit('worse', 1, 0), events: ['{}'], recordedAt: 'yesterday' };
    await documents.send(new DeleteCommand({ TableName: 'events', Key: { stream: 'bad', version: 1 } }));
    await put([timeless]);
    for (const seconds of [120, 180]) await sequencer(seconds).run(minute);
    const oldest = { stream: 'worse', version: 1, recordedAt: at(120) };
    expect(await log.sealingNote()).toEqual({ checkedAt: at(180), oldest });
  });

  it('stays what it is while the sweep reads other slices, until that commit is sealed', async () => {
    const { put, sequencer, log, documents } = registry();
    // More commits than one sweep reads.
    await put([unreadable, ...Array.from({ length: 2300 }, (_, index) => rawCommit(`stream-${index}`, 1, 0))]);
    await sequencer(60).run(minute);
    const { oldest } = (await log.sealingNote()) ?? {};
    expect(oldest).toMatchObject({ stream: 'bad' });
    await sequencer(120).run(minute);
    expect(await log.scanCursor()).toBeUndefined();
    expect(await log.sealingNote()).toEqual({ checkedAt: at(120), oldest });
    await documents.send(new PutCommand({ TableName: 'events', Item: { ...unreadable, ...rawCommit('bad', 1, 0) } }));
    for (const seconds of [180, 240]) await sequencer(seconds).run(minute);
    expect(await log.sealingNote()).toEqual({ checkedAt: at(240) });
  });

  it('is written although sealing is refused', async () => {
    const { put, sequencer, log } = registry();
    await put(rawStream('a', [1]));
    await log.halt('the checkpoint is ahead', tables);
    await expect(sequencer(60).run(minute)).rejects.toThrow('the checkpoint is ahead');
    expect(await log.sealingNote()).toEqual({ checkedAt: at(60) });
  });

  it('leaves out what could not have a position under any circumstances', async () => {
    const { put, sequencer, log } = registry();
    await put([{ ...rawCommit('bad', 1, 0), version: 1.5 }, rawCommit('sealing', 1, 0)]);
    const { run, named } = sequencer(60);
    await run(minute);
    expect(named('SealingAlarm')).toHaveLength(2);
    expect(await log.sealingNote()).toEqual({ checkedAt: at(60) });
  });
});

describe('what a delivery of the stream notes', () => {
  it('is what it could not seal, and not that the schedule ran', async () => {
    const { put, sequencer, log } = registry();
    await sequencer(1).run(minute);
    await put([unreadable]);
    await sequencer(30).run(deliveryOf([unreadable]));
    const oldest = { stream: 'bad', version: 1, recordedAt: at(5) };
    expect(await log.sealingNote()).toEqual({ checkedAt: at(1), oldest });
  });

  it('does not decide whether it succeeds', async () => {
    const { put, sequencer, log } = registry();
    await put([unreadable, ...rawStream('a', [1])]);
    const { run, alarms } = sequencer(30, failing({ on: 'PutCommand', error: throttled, times: 100 }));
    const commits = [unreadable, ...rawStream('a', [1])];
    expect(await run(deliveryOf(commits))).toEqual({ batchItemFailures: [] });
    expect((await log.readHead())?.size).toBe(1);
    expect(alarms).toMatchObject([{ stream: 'bad' }, { message: 'what waits for its position could not be noted' }]);
  });
});
