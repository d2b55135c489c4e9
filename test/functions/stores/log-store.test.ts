import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Commit } from '../../../functions/stores/commits.ts';
import { foreignTables, isReservedName, whyNotContinued } from '../../../functions/stores/log-items.ts';
import { stepOf } from '../../../functions/stores/log-step.ts';
import { createLogStore } from '../../../functions/stores/log-store.ts';
import { readCommit, type Sealable } from '../../../functions/stores/sealable.ts';
import { checkLog, scanAll } from '../../support/check-log.ts';
import { putCommits, rawStream } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

const NOON = Date.parse('2026-02-03T12:00:00.000Z');
const DAY = 24 * 60 * 60 * 1000;

/** A log of its own, with a way to take one step. */
async function freshLog() {
  const tables = await engine.freshTables();
  const log = createLogStore({ documents: engine.documents, table: tables.log });
  const step = async (commits: Commit[], time = NOON) => {
    await putCommits(engine.documents, tables.events, commits);
    const next = stepOf(
      await log.readHead(),
      commits.map((commit) => readCommit(commit) as Sealable),
      time,
      tables,
    );
    await log.seal(next);
    return next;
  };
  return { tables, log, step, documents: engine.documents };
}

/** Bytes as hexadecimal, whichever class they come in. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

describe('the log store', () => {
  it('has neither HEAD nor pages before the first step', async () => {
    const { log } = await freshLog();
    expect(await log.readHead()).toBeUndefined();
    expect(await log.pageAt(0)).toBeUndefined();
    expect(await Array.fromAsync(log.readPages(0))).toEqual([]);
    expect(await log.announced()).toBe(0);
    expect(await log.positionAt(new Date(NOON))).toBeUndefined();
  });

  it('reads back what a step wrote', async () => {
    const { log, step, documents, tables } = await freshLog();
    const first = await step(rawStream('a', [2, 1]));
    const second = await step(rawStream('b', [3]), NOON + 1);
    expect(plain(await log.readHead())).toEqual(plain(second.head));
    expect(plain(await Array.fromAsync(log.readPages(0)))).toEqual(plain([first.page, second.page]));
    expect(plain(await log.lastMarker('a'))).toEqual(plain(first.markers[1]));
    expect(plain(await log.marker({ stream: 'b', version: 1 }))).toEqual(plain(second.markers[0]));
    expect(await log.marker({ stream: 'b', version: 2 })).toBeUndefined();
    await checkLog({ documents, tables });
  });

  it('finds the page of every position, and the pages between two', async () => {
    const { log, step } = await freshLog();
    for (const stream of ['a', 'b', 'c']) await step(rawStream(stream, [2, 1]));
    for (let position = 0; position < 9; position += 1) {
      expect((await log.pageAt(position))?.first).toBe(position - (position % 3));
    }
    expect(await log.pageAt(9)).toBeUndefined();
    const firsts = async (from: number, to?: number) =>
      (await Array.fromAsync(log.readPages(from, to))).map(({ first }) => first);
    expect(await firsts(0)).toEqual([0, 3, 6]);
    expect(await firsts(2, 3)).toEqual([0]);
    expect(await firsts(2, 4)).toEqual([0, 3]);
    expect(await firsts(5, 9)).toEqual([3, 6]);
    expect(await firsts(4, 4)).toEqual([]);
    expect(await firsts(9)).toEqual([]);
  });

  it('takes a step only from the HEAD that was read', async () => {
    const { log, step, tables, documents } = await freshLog();
    await step(rawStream('a', [1]));
    const stale = await log.readHead();
    await step(rawStream('b', [1]));
    const items = await scanAll(documents, tables.log);
    const late = rawStream('c', [1]).map((commit) => readCommit(commit) as Sealable);
    await expect(log.seal(stepOf(stale, late, NOON, tables))).rejects.toThrow();
    await expect(log.seal(stepOf(undefined, late, NOON, tables))).rejects.toThrow();
    expect(await scanAll(documents, tables.log)).toEqual(items);
  });

  it('never seals a commit twice', async () => {
    const { log, step, tables } = await freshLog();
    await step(rawStream('a', [1]));
    const again = rawStream('a', [1]).map((commit) => readCommit(commit) as Sealable);
    await expect(log.seal(stepOf(await log.readHead(), again, NOON, tables))).rejects.toThrow();
    expect((await log.readHead())?.size).toBe(1);
  });

  it('takes no step once it is halted, even for one who read HEAD before', async () => {
    const { log, step, tables, documents } = await freshLog();
    await step(rawStream('a', [1]));
    const head = await log.readHead();
    await documents.send(
      new UpdateCommand({
        TableName: tables.log,
        Key: { pk: 'head', sk: 0 },
        UpdateExpression: 'SET halted = :why',
        ExpressionAttributeValues: { ':why': 'the checkpoint is ahead' },
      }),
    );
    const late = rawStream('b', [1]).map((commit) => readCommit(commit) as Sealable);
    await expect(log.seal(stepOf(head, late, NOON, tables))).rejects.toThrow();
    expect(await log.readHead()).toMatchObject({ size: 1, halted: 'the checkpoint is ahead' });
  });

  it('is halted for the first reason, and stands where it was', async () => {
    const { log, step, tables } = await freshLog();
    const { head } = await step(rawStream('a', [1]));
    await log.halt('the first', tables);
    await log.halt('the second', { ...tables, events: 'others' });
    expect(plain(await log.readHead())).toEqual(plain({ ...head, halted: 'the first' }));
  });

  it('takes no first step either once it is halted', async () => {
    const { log, step, tables } = await freshLog();
    await log.halt('something is published', tables);
    await log.halt('the second', tables);
    expect(await log.readHead()).toMatchObject({ size: 0, frontier: [], tables, halted: 'something is published' });
    await expect(step(rawStream('a', [1]))).rejects.toThrow();
    const late = rawStream('b', [1]).map((commit) => readCommit(commit) as Sealable);
    await expect(log.seal(stepOf(undefined, late, NOON, tables))).rejects.toThrow();
    expect(await log.positionAt(new Date(NOON))).toBeUndefined();
  });

  it('distinguishes foreign tables from a halted log', () => {
    const tables = { events: 'events', log: 'log' };
    const head = { size: 1, root: new Uint8Array(), frontier: [], sealedAt: '', tables };
    expect(foreignTables(undefined, tables)).toBeUndefined();
    expect(whyNotContinued(undefined, tables)).toBeUndefined();
    expect(whyNotContinued(head, tables)).toBeUndefined();
    expect(foreignTables({ ...head, halted: 'why' }, tables)).toBeUndefined();
    expect(whyNotContinued({ ...head, halted: 'why' }, tables)).toContain('why');
    for (const other of [
      { ...tables, events: 'restored' },
      { ...tables, log: 'restored' },
    ]) {
      expect(foreignTables(head, other)).toContain('restored');
      expect(whyNotContinued(head, other)).toContain('restored');
    }
  });

  it('reads the markers of a stream in the order of its versions', async () => {
    const { log, step } = await freshLog();
    const commits = rawStream('a', [1, 2, 9, 1, 1]);
    await step(commits.slice(0, 2));
    await step(commits.slice(2));
    const versions = (await log.streamMarkers('a', Number.MAX_SAFE_INTEGER)).map(({ version }) => version);
    expect(versions).toEqual([1, 2, 4, 13, 14]);
    expect((await log.streamMarkers('a', 12)).map(({ position }) => position)).toEqual([0, 1, 3]);
    expect(await log.streamMarkers('b', 12)).toEqual([]);
    const found = await log.markers([
      { stream: 'a', version: 2 },
      { stream: 'a', version: 2 },
      { stream: 'x', version: 1 },
    ]);
    expect([...found.keys()]).toEqual(['a/2']);
  });

  it('moves the cursor of the announced only from where it is', async () => {
    const { log } = await freshLog();
    expect(await log.advanceAnnounced(0, 5)).toBe(true);
    expect(await log.advanceAnnounced(0, 9)).toBe(false);
    expect(await log.advanceAnnounced(5, 7)).toBe(true);
    expect(await log.advanceAnnounced(5, 6)).toBe(false);
    expect(await log.announced()).toBe(7);
  });

  it('finds the last position sealed by an instant, over quiet weeks and within one millisecond', async () => {
    const { log, step } = await freshLog();
    const at = (offset: number) => log.positionAt(new Date(NOON + offset));
    await step(rawStream('a', [1]));
    await step(rawStream('b', [2]));
    await step(rawStream('c', [1]), NOON + 1);
    await step(rawStream('d', [1]), NOON + 100 * DAY);
    expect(await at(-1)).toBeUndefined();
    expect(await at(-DAY)).toBeUndefined();
    expect(await at(0)).toBe(2);
    expect(await at(1)).toBe(3);
    for (const quiet of [2, DAY, 31 * DAY, 33 * DAY, 65 * DAY, 100 * DAY - 1]) expect(await at(quiet)).toBe(3);
    expect(await at(100 * DAY)).toBe(4);
    expect(await at(1000 * DAY)).toBe(4);
  });

  it('never lets the time of sealing go back, whatever the clocks say', async () => {
    const { log, step } = await freshLog();
    await step(rawStream('a', [1]), NOON);
    await step(rawStream('b', [1]), NOON - DAY);
    expect((await log.readHead())?.sealedAt).toBe(new Date(NOON).toISOString());
    expect(await log.positionAt(new Date(NOON))).toBe(1);
  });

  it('keeps the names of its own items from streams', () => {
    for (const name of ['head', 'page', 'announced', 'scan', 'sealing', 'sealed/2026-02-03'])
      expect(isReservedName(name)).toBe(true);
    for (const name of ['header', 'agreement-a', 'sealed', 'lei-1']) expect(isReservedName(name)).toBe(false);
  });
});
