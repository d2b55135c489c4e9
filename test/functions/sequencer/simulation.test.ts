import { GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Commit } from '../../../functions/shared/commits.ts';
import { createBus } from '../../support/bus.ts';
import { checkLog, scanAll } from '../../support/check-log.ts';
import { inserted, minute, putCommits, rawCommit, rawStream, streamEvent } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { cancelledBy, crashing, type Tap, throttled, timedOut } from '../../support/faults.ts';
import { memoryEngine } from '../../support/memory.ts';
import { createScheduler, seeded } from '../../support/scheduler.ts';
import { testSequencer } from '../../support/sequencer.ts';

/** `SIMULATIONS=5000 npm test -- test/functions/sequencer/simulation` runs more; `SEED=17` repeats one run. */
const RUNS = Number(process.env.SIMULATIONS ?? 300);
const [FIRST, COUNT] = process.env.SEED ? [Number(process.env.SEED), 1] : [1, RUNS];

const tables = { events: 'events', log: 'log' };
const keys = { events: ['stream', 'version'], log: ['pk', 'sk'] } as const;

interface Shard {
  readonly records: DynamoDBRecord[];
  /** Everything before is acknowledged. */
  at: number;
}

/**
 * One life of a registry, decided by the seed alone: exchanges append to a few streams; each record goes to some shard
 * of the table's stream; each shard is delivered in batches of any size, shuffled, sometimes twice, sometimes not at
 * all; the schedule's minute comes at any time; all of that at once, and each invocation may be throttled, lose answers,
 * or die at any of its commands, while the bus comes and goes. In the end everything is well again and a few minutes
 * pass; then the log and the bus must be what they promise.
 */
async function simulate(seed: number): Promise<number> {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const chance = (probability: number) => random() < probability;
  const documents = memoryEngine(keys);
  const bus = createBus();
  const { turn, run, tap: takeTurns } = createScheduler(random);
  const shards: Shard[] = Array.from({ length: 1 + below(3) }, () => ({ records: [], at: 0 }));
  const faults = { error: below(3) === 0 ? 0 : random() * 0.15, death: random() * 0.3, loss: chance(0.5) ? 0.05 : 0 };
  const seen: { size: number; root: Uint8Array }[] = [];
  let now = Date.parse('2026-02-03T04:05:06.789Z');
  let healed = false;
  let writing = true;

  const clock = () => {
    now += chance(0.02) ? 3000 : below(15);
    // Lambda's hosts do not agree on the time.
    return now - below(500);
  };

  const failSometimes: Tap = async (command, next) => {
    if (healed || !chance(faults.error)) return next();
    const error =
      command.name === 'TransactWriteCommand' && chance(0.5) ? cancelledBy('TransactionConflict') : throttled();
    if (chance(0.5)) throw error;
    await next();
    throw timedOut();
  };

  function invoke(event: Parameters<ReturnType<typeof testSequencer>['run']>[0]) {
    const dies = !healed && chance(faults.death);
    const taps = [takeTurns, crashing(dies ? 1 + below(25) : 0, chance(0.5) ? 'before' : 'after'), failSometimes];
    const sequencer = testSequencer({ documents, tables, bus, taps, clock, random, sleep: turn });
    return sequencer.run(event).finally(async () => {
      const head = (await scanAll(documents, tables.log)).find(({ pk }) => pk === 'head');
      if (head) seen.push(head as never);
    });
  }

  async function exchanges(): Promise<void> {
    const heads = new Map<string, Commit>();
    const next = (stream: string) => {
      const last = heads.get(stream);
      const version = last ? last.version + last.events.length : 1;
      return rawCommit(stream, version, last?.version ?? 0, chance(0.1) ? 1 + below(30) : 1 + below(3));
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
      const answer = await invoke(streamEvent(order)).catch(() => undefined);
      if (!answer || chance(0.1)) continue;
      await sealedAll(batch, answer);
      const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
      shard.at += first < 0 ? batch.length : first;
    }
  }

  async function minutes(): Promise<void> {
    while (writing) {
      for (let pause = below(60); pause > 0; pause -= 1) await turn();
      await invoke(minute).catch(() => undefined);
    }
  }

  await run([exchanges(), minutes(), ...shards.map(poll)]);
  healed = true;
  bus.outage = false;
  bus.refuse = () => false;
  for (let passed = 0; passed < 4; passed += 1) await run([invoke(minute)]);
  const sealed = await checkLog({ documents, tables, told: bus.told, seen });
  return sealed.length;
}

describe('the simulated life of a sequencer', () => {
  it(`seals and tells everything once and in order, in ${COUNT} lives full of faults`, async () => {
    let events = 0;
    for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
      events += await simulate(seed).catch((cause) => {
        throw new Error(`the life with SEED=${seed} went wrong: ${cause.message}`, { cause });
      });
    }
    expect(events).toBeGreaterThan(COUNT * 5);
  }, 600_000);

  it('is the same life under the same seed', async () => {
    expect(await simulate(42)).toBe(await simulate(42));
  });
});

describe('the engine in memory', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine?.stop());

  it('leaves the same tables behind as the real one', async () => {
    const both = [
      { documents: engine.documents, tables: engine.tables },
      {
        documents: memoryEngine({ [engine.tables.events]: keys.events, [engine.tables.log]: keys.log }),
        tables: engine.tables,
      },
    ];
    const results = [];
    for (const { documents, tables: names } of both) {
      const bus = createBus();
      const commits = ['a', 'b'].flatMap((stream) => rawStream(stream, [1, 3, 2]));
      await putCommits(documents, names.events, commits);
      let now = Date.parse('2026-02-03T04:05:06.789Z');
      const clock = () => {
        now += 1;
        return now;
      };
      const sequencer = testSequencer({ documents, tables: names, bus, clock });
      await sequencer.run(streamEvent([inserted(commits[2] as Commit)]));
      bus.outage = true;
      await sequencer.run(streamEvent(commits.map((commit) => inserted(commit))));
      bus.outage = false;
      await sequencer.run(minute);
      const items = await scanAll(documents, names.log);
      const sorted = items.sort((a, b) => (`${a.pk}/${a.sk}` < `${b.pk}/${b.sk}` ? -1 : 1));
      results.push(JSON.stringify([sorted.map(plain), bus.told]));
    }
    expect(results[1]).toBe(results[0]);
  });
});

/** Bytes as hexadecimal and fields in one order, whichever engine the item comes from. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([key, inner]) => [key, plain(inner)]));
}
