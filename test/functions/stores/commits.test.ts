import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { list, readEnv, string } from '../../../functions/runtime/env.ts';
import { commitReader, withPosition } from '../../../functions/stores/commits.ts';
import { putCommits, rawEvent, rawStream } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { listening, type Tap, tapped } from '../../support/faults.ts';

let engine: TestEngine;
const commits = rawStream(
  'a',
  Array.from({ length: 250 }, () => 1),
);
beforeAll(async () => {
  engine = await startEngine();
  await putCommits(engine.documents, engine.tables.events, commits);
});
afterAll(() => engine?.stop());

const readerWith = (...taps: Tap[]) =>
  commitReader({
    documents: tapped(engine.documents, ...taps),
    table: engine.tables.events,
    backoff: async () => {},
  });

/** Answers `kept` of the keys that were asked for, and calls the rest unprocessed. */
const stingy =
  (kept: () => number): Tap =>
  async (command, next) => {
    if (command.name !== 'BatchGetCommand') return next();
    const [[table, request]] = Object.entries(command.input.RequestItems) as [[string, { Keys: object[] }]];
    const all = request.Keys;
    const count = kept();
    const left = all.slice(count);
    request.Keys = all.slice(0, count);
    const answer = (request.Keys.length > 0 ? await next() : { Responses: {} }) as object;
    return { ...answer, ...(left.length > 0 && { UnprocessedKeys: { [table]: { Keys: left } } }) };
  };

describe('reading commits', () => {
  it('reads any number of keys, a hundred at a time, and leaves out what does not exist', async () => {
    const requests = listening();
    const reader = readerWith(requests);
    const found = await reader.readCommits([...commits, ...commits, { stream: 'b', version: 1 }]);
    expect(found.size).toBe(250);
    expect(requests.sent).toHaveLength(3);
    expect(found.get('a/250')).toEqual(commits[249]);
  });

  it('asks again for what was left unprocessed, and never takes it for absent', async () => {
    let calls = 0;
    const sometimesNone = () => {
      calls += 1;
      return calls % 3 === 0 ? 0 : 17;
    };
    const reader = readerWith(stingy(sometimesNone));
    expect((await reader.readCommits(commits)).size).toBe(250);
  });

  it('gives up on a table that processes nothing at all', async () => {
    await expect(readerWith(stingy(() => 0)).readCommits(commits.slice(0, 5))).rejects.toThrow('5 keys');
  });

  it('reads a stream forwards and backwards, between any two versions', async () => {
    const reader = readerWith();
    const versions = async (read: AsyncIterable<{ version: number }>) =>
      (await Array.fromAsync(read)).map(({ version }) => version);
    expect(await versions(reader.readForwards('a', 247))).toEqual([248, 249, 250]);
    expect(await versions(reader.readForwards('a', 10, 12))).toEqual([11, 12]);
    expect(await versions(reader.readForwards('a', 12, 12))).toEqual([]);
    expect(await versions(reader.readBackwards('a', 4))).toEqual([3, 2, 1]);
    expect(await versions(reader.readBackwards('a', 1))).toEqual([]);
    for await (const { version } of reader.readBackwards('a', undefined, 1)) {
      expect(version).toBe(250);
      break;
    }
  });

  it('scans the table in slices that together are the whole', async () => {
    const reader = readerWith();
    const seen = new Set<number>();
    let cursor: { stream: string; version: number } | undefined;
    do {
      const slice = await reader.scanCommits(cursor, 60);
      for (const { version } of slice.commits) seen.add(version);
      cursor = slice.cursor;
    } while (cursor);
    expect(seen.size).toBe(250);
  });

  it('adds the position to an event without touching its bytes', () => {
    const event = rawEvent('a', 1, 'ü "quoted"');
    const carried = withPosition(event, 41);
    expect(JSON.parse(carried)).toEqual({ ...JSON.parse(event), position: 41 });
    expect(carried.startsWith(event.slice(0, -1))).toBe(true);
  });
});

describe('what functions share', () => {
  it('names every environment variable that is missing', () => {
    expect(readEnv({ A: string, B: list }, { A: 'x', B: 'y, z,' })).toEqual({ A: 'x', B: ['y', 'z'] });
    expect(() => readEnv({ A: string, B: string, C: string }, { B: 'x', C: '' })).toThrow('A, C');
  });
});
