import { GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { Commit } from '../../functions/shared/commits.ts';
import { conflict, createBucket } from './bucket.ts';
import { createBus } from './bus.ts';
import { checkLog, scanAll } from './check-log.ts';
import { checkPublished } from './check-published.ts';
import { inserted, minute, rawCommit, streamEvent } from './commits.ts';
import { cancelledBy, crashing, type Tap, throttled, timedOut } from './faults.ts';
import { memoryEngine } from './memory.ts';
import { testPublisher } from './publisher.ts';
import { createScheduler, seeded } from './scheduler.ts';
import { testSequencer } from './sequencer.ts';

const tables = { events: 'events', log: 'log' };
export const keys = { events: ['stream', 'version'], log: ['pk', 'sk'] } as const;

interface Shard {
  readonly records: DynamoDBRecord[];
  /** Everything before is acknowledged. */
  at: number;
}

/**
 * One life of a registry, decided by the seed alone: exchanges append to a few streams; each record goes to some shard
 * of the table's stream; each shard is delivered in batches of any size, shuffled, sometimes twice, sometimes not at
 * all; the schedule's minute comes at any time; two publishers publish whenever they like; all of that at once, and each
 * invocation may be throttled, lose answers, or die at any of its commands, while the bus and the bucket come and go. In
 * the end everything is well again and a few minutes pass; then the log, the bus and the bucket must be what they
 * promise. Answers how many events were sealed, and how many checkpoints published.
 */
export async function live(seed: number): Promise<{ events: number; checkpoints: number }> {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const chance = (probability: number) => random() < probability;
  const documents = memoryEngine(keys);
  const bus = createBus();
  const { turn, run, tap: takeTurns } = createScheduler(random);
  const shards: Shard[] = Array.from({ length: 1 + below(3) }, () => ({ records: [], at: 0 }));
  const faults = { error: below(3) === 0 ? 0 : random() * 0.15, death: random() * 0.3, loss: chance(0.5) ? 0.05 : 0 };
  // Some lives are full enough for tiles of two levels.
  const manyEvents = chance(0.1) ? 1 : 0.1;
  const seen: { size: number; root: Uint8Array }[] = [];
  let now = Date.parse('2026-02-03T04:05:06.789Z');
  let healed = false;
  let writing = true;

  const clock = () => {
    now += chance(0.02) ? 3000 : below(15);
    // Lambda's hosts do not agree on the time.
    return now - below(500);
  };
  const bucket = createBucket(clock);

  const failSometimes: Tap = async (command, next) => {
    if (healed || !chance(faults.error)) return next();
    if (command.name === 'PutObjectCommand' && chance(0.5)) {
      if (chance(0.5)) throw conflict();
      // The answer was lost, and the client itself tries again.
      await next();
      return next();
    }
    const error =
      command.name === 'TransactWriteCommand' && chance(0.5) ? cancelledBy('TransactionConflict') : throttled();
    if (chance(0.5)) throw error;
    await next();
    throw timedOut();
  };

  /** What stands in the way of an invocation that may die at one of its first `commands`. */
  function tapsFor(commands: number): Tap[] {
    const dies = !healed && chance(faults.death);
    return [takeTurns, crashing(dies ? 1 + below(commands) : 0, chance(0.5) ? 'before' : 'after'), failSometimes];
  }

  function sequence(event: Parameters<ReturnType<typeof testSequencer>['run']>[0]) {
    const sequencer = testSequencer({ documents, tables, bus, taps: tapsFor(25), clock, random, sleep: turn });
    return sequencer.run(event).finally(async () => {
      const head = (await scanAll(documents, tables.log)).find(({ pk }) => pk === 'head');
      if (head) seen.push(head as never);
    });
  }

  async function publish(): Promise<void> {
    const publisher = testPublisher({ documents, tables, bucket, taps: tapsFor(40), clock, random, sleep: turn });
    await publisher.ring(!healed && chance(0.2) ? 5010 : 3_600_000);
    const halts = publisher.named('HaltAlarm');
    if (halts.length > 0) throw new Error(halts[0]?.message);
  }

  async function exchanges(): Promise<void> {
    const heads = new Map<string, Commit>();
    const next = (stream: string) => {
      const last = heads.get(stream);
      const version = last ? last.version + last.events.length : 1;
      const count = chance(manyEvents) ? 1 + below(chance(0.2) ? 100 : 30) : 1 + below(3);
      return rawCommit(stream, version, last?.version ?? 0, count);
    };
    for (let left = 3 + below(18); left > 0; left -= 1) {
      const streams = new Set(Array.from({ length: chance(0.2) ? 3 : 1 }, () => `stream-${below(5)}`));
      const commits = [...streams].map(next);
      const TransactItems = commits.map((Item) => ({ Put: { TableName: tables.events, Item } }));
      if (TransactItems.length > 1) await documents.send(new TransactWriteCommand({ TransactItems }));
      else await documents.send(new PutCommand({ TableName: tables.events, Item: commits[0] }));
      for (const commit of commits) {
        heads.set(commit.stream, commit);
        if (!chance(faults.loss)) shards[below(shards.length)]?.records.push(inserted(commit));
      }
      for (let pause = below(6); pause > 0; pause -= 1) await turn();
      if (chance(0.1)) bus.outage = !bus.outage;
      if (chance(bucket.outage ? 0.4 : 0.05)) bucket.outage = !bucket.outage;
      bus.refuse = chance(0.3) ? () => chance(0.2) : () => false;
    }
    writing = false;
  }

  /** Whatever is not handed back is sealed: the stream forgets it. */
  async function sealedAll(batch: readonly DynamoDBRecord[], { batchItemFailures }: DynamoDBBatchResponse) {
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { dynamodb } of batch) {
      if (failed.has(dynamodb?.SequenceNumber ?? '')) continue;
      const { stream, version } = unmarshall(dynamodb?.Keys as never);
      const marker = await documents.send(new GetCommand({ TableName: tables.log, Key: { pk: stream, sk: version } }));
      if (!marker.Item) throw new Error(`${stream}/${version} was acknowledged and is not sealed`);
    }
  }

  async function poll(shard: Shard): Promise<void> {
    while (writing || shard.at < shard.records.length) {
      await turn();
      const batch = shard.records.slice(shard.at, shard.at + 1 + below(12));
      if (batch.length === 0) continue;
      const order = chance(0.5)
        ? batch
        : batch
            .map((record) => [random(), record] as const)
            .sort(([a], [b]) => a - b)
            .map(([, record]) => record);
      const answer = await sequence(streamEvent(order)).catch(() => undefined);
      if (!answer || chance(0.1)) continue;
      await sealedAll(batch, answer);
      const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
      shard.at += first < 0 ? batch.length : first;
    }
  }

  async function nowAndThen(turns: number, work: () => Promise<unknown>): Promise<void> {
    while (writing) {
      for (let pause = below(turns); pause > 0; pause -= 1) await turn();
      await work();
    }
  }
  const minutes = () => nowAndThen(60, () => sequence(minute).catch(() => undefined));

  await run([exchanges(), minutes(), nowAndThen(12, publish), nowAndThen(12, publish), ...shards.map(poll)]);
  healed = true;
  bus.outage = false;
  bucket.outage = false;
  bus.refuse = () => false;
  for (let passed = 0; passed < 4; passed += 1) await run([sequence(minute)]);
  await run([publish(), publish()]);
  const sealed = await checkLog({ documents, tables, told: bus.told, seen });
  return { events: sealed.length, checkpoints: checkPublished({ bucket, sealed }).length };
}
