import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import type { CallDynamoDb } from '../../../infra/local/dynamodb.ts';
import type { MappingSpec } from '../../../infra/local/specs.ts';
import { followStream, type StreamFollower, type StreamRecord } from '../../../infra/local/streams.ts';
import { printError } from '../../../infra/local/terminal.ts';
import { eventually } from '../../support/eventually.ts';
import { functionOf, mappingOf } from './doubles.ts';

vi.mock('../../../infra/local/terminal.ts', () => ({ printError: vi.fn(), printFailure: vi.fn() }));

/** A stream of shards, each with its records; a shard with children has ended. */
function streamOf(shards: Record<string, { parent?: string; records: number[] }>): CallDynamoDb {
  const hasChildren = (id: string) => Object.values(shards).some(({ parent }) => parent === id);
  const answers: Record<string, (input: Record<string, string>) => object> = {
    DescribeTable: () => ({ Table: { LatestStreamArn: 'arn:stream' } }),
    DescribeStream: () => ({
      StreamDescription: {
        Shards: Object.entries(shards).map(([ShardId, { parent }]) => ({ ShardId, ParentShardId: parent })),
      },
    }),
    GetShardIterator: ({ ShardId, SequenceNumber = '-1' }) => ({ ShardIterator: `${ShardId}:${SequenceNumber}` }),
    GetRecords: ({ ShardIterator = '', Limit }) => {
      const [id = '', after] = ShardIterator.split(':');
      const left = shards[id]?.records.filter((number) => number > Number(after)) ?? [];
      const records = left.slice(0, Number(Limit));
      const isAtEnd = records.length === left.length && hasChildren(id);
      return {
        Records: records.map((number) => ({ dynamodb: { SequenceNumber: String(number) } })),
        NextShardIterator: isAtEnd ? undefined : `${id}:${records.at(-1) ?? after}`,
      };
    },
  };
  return (async (operation: string, input: Record<string, string>) => answers[operation]?.(input)) as CallDynamoDb;
}

const open: StreamFollower[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((follower) => follower.stop()));
});

/** Follows a stream with `handler`, which gets the sequence numbers of each batch. */
function follow(
  call: CallDynamoDb,
  handler: (numbers: string[]) => unknown,
  mapping: Partial<MappingSpec> = {},
  state = new DatabaseSync(':memory:'),
) {
  const batches: string[][] = [];
  const target = functionOf(async (event) => {
    const numbers = (event as { Records: StreamRecord[] }).Records.map(({ dynamodb }) => dynamodb.SequenceNumber);
    batches.push(numbers);
    return handler(numbers);
  });
  const follower = followStream({ mapping: mappingOf(mapping), table: 'table', target, call, state });
  open.push(follower);
  return { batches, follower, state };
}

const failing = (...numbers: string[]) => ({
  batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier })),
});

test('hands over records in order, in batches, from the start of the stream', async () => {
  const { batches } = follow(streamOf({ a: { records: [1, 2, 3, 4, 5] } }), () => undefined, { batchSize: 2 });
  await eventually(() => expect(batches).toEqual([['1', '2'], ['3', '4'], ['5']]));
});

test('reads a shard to its end before its children', async () => {
  const shards = { child: { parent: 'a', records: [3, 4] }, a: { parent: 'gone', records: [1, 2] } };
  const { batches } = follow(streamOf(shards), () => undefined);
  await eventually(() =>
    expect(batches).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]),
  );
});

test('goes on after a restart where the last batch had succeeded', async () => {
  const shards = { a: { records: [1, 2] } };
  const first = follow(streamOf(shards), () => undefined);
  await eventually(() => expect(first.batches).toHaveLength(1));
  await first.follower.stop();
  shards.a.records.push(3);
  const second = follow(streamOf(shards), () => undefined, {}, first.state);
  await eventually(() => expect(second.batches).toEqual([['3']]));
});

test('takes an iterator that was given for an empty shard for one that has to be asked for again', async () => {
  const shards = { a: { records: [] as number[] } };
  const stream = streamOf(shards);
  const error = Object.assign(new Error('past the oldest record'), { name: 'TrimmedDataAccessException' });
  let isStale = false;
  const asDynamoDbLocal = (async (operation: string, input: object) => {
    if (operation === 'GetShardIterator') isStale = shards.a.records.length === 0;
    if (operation === 'GetRecords' && isStale && shards.a.records.length > 0) throw error;
    return stream(operation, input);
  }) as CallDynamoDb;
  vi.mocked(printError).mockClear();
  const { batches } = follow(asDynamoDbLocal, () => undefined);
  await turn();
  shards.a.records.push(1);
  await eventually(() => expect(batches).toEqual([['1']]));
  expect(printError).not.toHaveBeenCalled();
});

test('delivers again from the first record that the function names as failed', async () => {
  let times = 0;
  const { batches } = follow(streamOf({ a: { records: [1, 2, 3, 4] } }), () =>
    times++ === 0 ? failing('4', '3') : undefined,
  );
  await eventually(() =>
    expect(batches).toEqual([
      ['1', '2', '3', '4'],
      ['3', '4'],
    ]),
  );
});

test('halves a batch that throws until the failing record is alone, and goes on when it succeeds', async () => {
  let isBroken = true;
  const { batches } = follow(
    streamOf({ a: { records: [1, 2, 3, 4] } }),
    (numbers) => {
      if (isBroken && numbers.includes('3')) throw new Error('three');
    },
    { bisects: true },
  );
  await eventually(() => expect(batches).toContainEqual(['3']));
  expect(batches).toContainEqual(['1', '2']);
  expect(batches.flat()).not.toContain('5');
  isBroken = false;
  await eventually(() => expect(batches.at(-1)).toEqual(['4']));
});

test('leaves out what failed as often as the mapping allows', async () => {
  const { batches } = follow(
    streamOf({ a: { records: [1, 2] } }),
    (numbers) => {
      if (numbers.includes('1')) throw new Error('one');
    },
    { retries: 1, batchSize: 1 },
  );
  await eventually(() => expect(batches).toEqual([['1'], ['1'], ['2']]));
});

test('looks at once when somebody begins to write', async () => {
  // No time passes: what is read is read because of the writer.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const shards = { a: { records: [] as number[] } };
  const { batches, follower } = follow(streamOf(shards), () => undefined);
  while (vi.getTimerCount() === 0) await turn();
  const writer = follower.writing();
  shards.a.records.push(1);
  while (batches.length === 0) await turn();
  expect(batches).toEqual([['1']]);
  writer.end();
});
