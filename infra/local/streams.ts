import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchOutcome, invokeWithBatch } from './batch.ts';
import type { CallDynamoDb } from './dynamodb.ts';
import type { LoadedFunction } from './functions.ts';
import type { MappingSpec } from './specs.ts';
import { isDiskFull } from './start-errors.ts';
import { printError } from './terminal.ts';

const LOOK_EVERY = 100;
const LOOK_EVERY_WHILE_WRITING = 10;
const LONGEST_PAUSE = 10_000;

/** A stream record, in the form that DynamoDB and Lambda share. */
export interface StreamRecord {
  readonly dynamodb: { readonly SequenceNumber: string };
}

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
}

export interface StreamFollower {
  /** Polls at short intervals until `end` is called: a client writes, and may wait until it can read the result. */
  writing(): { end(): void };
  stop(): Promise<void>;
}

export interface Following {
  readonly mapping: MappingSpec;
  readonly table: string;
  readonly target: LoadedFunction;
  readonly call: CallDynamoDb;
  readonly state: DatabaseSync;
}

/**
 * Delivers a table's stream records to a function in order, from where the last run stopped. The checkpoint moves only
 * after a batch has succeeded, so after a kill some records are delivered again and none is skipped.
 */
export function followStream(following: Following): StreamFollower {
  const { mapping, table, target, call } = following;
  const checkpoints = openCheckpoints(following.state, target.spec.arn);
  const stopping = new AbortController();
  let wake = () => {};
  let isNudged = false;
  let writers = 0;

  async function follow(): Promise<void> {
    const { Table } = await call<{ Table: { LatestStreamArn: string } }>('DescribeTable', { TableName: table });
    const reader = createReader(Table.LatestStreamArn, call, checkpoints.get);
    while (!stopping.signal.aborted) {
      const batch = await reader.read(mapping.batchSize);
      if (batch) await handle(batch.records, (number) => checkpoints.set(reader.stream, batch.shard, number));
      else if (!isNudged) await nudgeOrTime();
      isNudged = false;
    }
  }

  async function handle(records: readonly StreamRecord[], done: (sequenceNumber: string) => void): Promise<void> {
    let rest = records;
    for (let attempt = 0; rest.length > 0 && !stopping.signal.aborted; attempt++) {
      const numbers = rest.map(({ dynamodb }) => dynamodb.SequenceNumber);
      const outcome = await invokeWithBatch(target, mapping, rest.map(withSource(mapping.source)), new Set(numbers));
      const succeeded = succeededOf(outcome, numbers);
      if (succeeded > 0) {
        done(numbers[succeeded - 1] as string);
        rest = rest.slice(succeeded);
        attempt = 0;
      }
      if (rest.length === 0) return;
      if (mapping.retries >= 0 && attempt >= mapping.retries) {
        printError(`error: ${target.spec.name} has failed too often; ${rest.length} stream records are left out`);
        return done(numbers.at(-1) as string);
      }
      await sleep(Math.min(LONGEST_PAUSE, 100 * 2 ** attempt), undefined, { signal: stopping.signal }).catch(() => {});
      if (outcome === 'failed' && mapping.bisects && rest.length > 1) {
        const half = Math.ceil(rest.length / 2);
        await handle(rest.slice(0, half), done);
        rest = rest.slice(half);
      }
    }
  }

  function nudgeOrTime(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, writers > 0 ? LOOK_EVERY_WHILE_WRITING : LOOK_EVERY);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function followForever(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await follow();
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (isDiskFull(error)) throw error;
        printError(`error: the stream of ${table}: ${(error as Error).message}`);
        await sleep(1000, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  function nudge(): void {
    isNudged = true;
    wake();
  }

  const running = followForever();
  return {
    writing() {
      writers += 1;
      nudge();
      return {
        end() {
          writers -= 1;
          nudge();
        },
      };
    },
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };
}

/** How many records of a batch have succeeded: those before the first failure. */
function succeededOf(outcome: BatchOutcome, numbers: readonly string[]): number {
  if (outcome === 'done') return numbers.length;
  return outcome === 'failed' ? 0 : numbers.findIndex((number) => outcome.has(number));
}

/** Adds the stream of a record, as Lambda does. */
const withSource = (eventSourceARN: string) => (record: StreamRecord) => ({ ...record, eventSourceARN });

/** Up to where one function has read each shard of a stream. */
function openCheckpoints(state: DatabaseSync, reader: string) {
  state.exec(`CREATE TABLE IF NOT EXISTS stream_checkpoints (
    stream TEXT, shard TEXT, reader TEXT, sequence_number TEXT NOT NULL, PRIMARY KEY (stream, shard, reader)
  ) WITHOUT ROWID`);
  const read = state.prepare(
    'SELECT sequence_number AS number FROM stream_checkpoints WHERE stream = ? AND shard = ? AND reader = ?',
  );
  const write = state.prepare('INSERT OR REPLACE INTO stream_checkpoints VALUES (?, ?, ?, ?)');
  return {
    get: (stream: string, shard: string) => read.get(stream, shard, reader)?.number as string | undefined,
    set: (stream: string, shard: string, number: string) => void write.run(stream, shard, reader, number),
  };
}

interface Page {
  readonly Records: StreamRecord[];
  readonly NextShardIterator?: string;
}

const isTrimmed = ({ name }: Error): boolean => name === 'TrimmedDataAccessException';

type ReadUpTo = (stream: string, shard: string) => string | undefined;

/** Reads the shards of a stream, each parent to its end before its children. */
function createReader(stream: string, call: CallDynamoDb, checkpoint: ReadUpTo) {
  const iterators = new Map<string, string>();
  const ended = new Set<string>();
  let shards: readonly Shard[] = [];

  async function open(): Promise<void> {
    const answer = await call<{ StreamDescription: { Shards: Shard[] } }>('DescribeStream', { StreamArn: stream });
    shards = answer.StreamDescription.Shards;
    const present = new Set(shards.map(({ ShardId }) => ShardId));
    for (const { ShardId, ParentShardId = '' } of shards) {
      if (iterators.has(ShardId) || ended.has(ShardId)) continue;
      if (present.has(ParentShardId) && !ended.has(ParentShardId)) continue;
      iterators.set(ShardId, await iteratorOf(ShardId));
    }
  }

  async function iteratorOf(shard: string): Promise<string> {
    const from = checkpoint(stream, shard);
    const get = (position: object) =>
      call<{ ShardIterator: string }>('GetShardIterator', { StreamArn: stream, ShardId: shard, ...position });
    const fromStart = { ShardIteratorType: 'TRIM_HORIZON' };
    if (from === undefined) return (await get(fromStart)).ShardIterator;
    const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: from };
    const answer = await get(after).catch((error: Error) => {
      // The checkpoint is older than the records that the stream keeps.
      if (!isTrimmed(error)) throw error;
      return get(fromStart);
    });
    return answer.ShardIterator;
  }

  async function read(limit: number): Promise<{ shard: string; records: StreamRecord[] } | undefined> {
    if (iterators.size === 0) await open();
    for (const [shard, iterator] of iterators) {
      const input = { ShardIterator: iterator, Limit: Math.min(limit, 1000) };
      const answer = await call<Page>('GetRecords', input).catch((error: Error) => {
        if (!isTrimmed(error)) throw error;
      });
      // DynamoDB Local says so of an iterator that it gave while the shard was empty.
      if (!answer) iterators.set(shard, await iteratorOf(shard));
      if (!answer) continue;
      if (answer.NextShardIterator) {
        iterators.set(shard, answer.NextShardIterator);
      } else {
        iterators.delete(shard);
        ended.add(shard);
        await open();
      }
      if (answer.Records.length > 0) return { shard, records: answer.Records };
    }
    return undefined;
  }

  return { stream, read };
}
