import { DeleteCommand, GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { createDoctor } from '../../functions/doctor/doctor.ts';
import { fullJitter } from '../../functions/runtime/backoff.ts';
import type { Commit } from '../../functions/stores/commits.ts';
import { conflict, createBucket } from './bucket.ts';
import { createBus } from './bus.ts';
import { checkLog, scanAll } from './check-log.ts';
import { checkPublished, readCheckpoint } from './check-published.ts';
import { inserted, minute, ORIGIN, rawCommit, streamEvent } from './commits.ts';
import { Crash, cancelledBy, crashing, type Tap, tapped, throttled, timedOut } from './faults.ts';
import { memoryEngine } from './memory.ts';
import { testPublisher } from './publisher.ts';
import { createScheduler, seeded } from './scheduler.ts';
import { testSequencer } from './sequencer.ts';

export const keys = { events: ['stream', 'version'], log: ['pk', 'sk'] } as const;
type Table = keyof typeof keys;

interface Shard {
  records: DynamoDBRecord[];
  /** Everything before is acknowledged. */
  at: number;
}

/** The doctor's first runs may meet errors or die; the later ones are undisturbed. */
const DISTURBED_DOCTOR_RUNS = 6;
const DOCTOR_RUNS = 30;

/**
 * One run of a registry, decided by the seed alone. All of this happens concurrently:
 *
 * - Exchanges append to a few streams, and each record goes to some shard of the table's stream.
 * - Each shard is delivered in batches of any size, shuffled, sometimes twice, sometimes not at all.
 * - The schedule fires at any time, and two publishers publish at any time.
 * - In some runs tables are restored to an earlier moment, in place or under a new name; later the doctor runs.
 * - Each invocation may be throttled, lose answers, or die at any of its commands; bus and bucket have outages.
 *
 * In the end faults cease and a few minutes pass; then log, bus and bucket must hold what they promise. Returns how many
 * events were sealed, checkpoints published, and restores repaired.
 */
export async function simulate(seed: number) {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const chance = (probability: number) => random() < probability;
  const documents = memoryEngine({
    events: keys.events,
    'events-restored': keys.events,
    log: keys.log,
    'log-restored': keys.log,
    views: keys.log,
  });
  const bus = createBus();
  const { turn, run, tap: takeTurns } = createScheduler(random);
  const turns = async (most: number) => {
    for (let left = below(most); left > 0; left -= 1) await turn();
  };
  const shards: Shard[] = Array.from({ length: 1 + below(3) }, () => ({ records: [], at: 0 }));
  const faults = { error: below(3) === 0 ? 0 : random() * 0.15, death: random() * 0.3, loss: chance(0.5) ? 0.05 : 0 };
  // Some runs have enough events for tiles of two levels.
  const manyEvents = chance(0.1) ? 1 : 0.1;
  let seen: { size: number; root: Uint8Array }[] = [];
  let heads = new Map<string, Commit>();
  let tables = { events: 'events', log: 'log' };
  let now = Date.parse('2026-02-03T04:05:06.789Z');
  /** No more faults. */
  let isCalm = false;
  let writing = true;
  /** Tables were restored, and not repaired yet. */
  let isBroken = false;
  let restores = 0;
  /** Invocations last for a minute at most; the doctor waits for that. */
  let minutesWaited = 0;
  /** How many messages the bus had accepted before the doctor's repair. */
  let acceptedBefore = 0;

  const clock = () => {
    now += chance(0.02) ? 3000 : below(15);
    // Lambda's hosts do not agree on the time.
    return now - below(500);
  };
  const bucket = createBucket(clock);

  const failing =
    (share: number): Tap =>
    async (command, next) => {
      if (isCalm || !chance(faults.error * share)) return next();
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

  /** May die at one of its first `commands`, and meets a share of the errors. */
  function disturbed(commands: number, share = 1): Tap[] {
    const dies = !isCalm && chance(faults.death);
    return [takeTurns, crashing(dies ? 1 + below(commands) : 0, chance(0.5) ? 'before' : 'after'), failing(share)];
  }

  /** The taps of one invocation. */
  function tapsFor(commands: number): Tap[] {
    const began = minutesWaited;
    const endAfterAMinute: Tap = (_, next) => {
      if (minutesWaited > began) throw new Crash('its time was over');
      return next();
    };
    return [endAfterAMinute, ...disturbed(commands)];
  }

  /** Keeps the tables that it began with, whatever is restored meanwhile. */
  function sequence(event: Parameters<ReturnType<typeof testSequencer>['run']>[0]) {
    const own = tables;
    const sequencer = testSequencer({ documents, tables: own, bus, taps: tapsFor(25), clock, random, sleep: turn });
    return sequencer.run(event).finally(async () => {
      const head = (await scanAll(documents, own.log)).find(({ pk }) => pk === 'head');
      if (head && own === tables && !isBroken) seen.push(head as never);
    });
  }

  async function publish(): Promise<void> {
    const publisher = testPublisher({ documents, tables, bucket, taps: tapsFor(40), clock, random, sleep: turn });
    await publisher.wake(!isCalm && chance(0.2) ? 5010 : 3_600_000);
    const halts = publisher.named('HaltAlarm');
    if (halts.length > 0 && restores === 0) throw new Error(halts[0]?.message);
  }

  async function exchanges(): Promise<void> {
    const next = (stream: string) => {
      const last = heads.get(stream);
      const version = last ? last.version + last.events.length : 1;
      const count = chance(manyEvents) ? 1 + below(chance(0.2) ? 100 : 30) : 1 + below(3);
      return rawCommit(stream, version, last?.version ?? 0, count);
    };
    for (let left = 3 + below(18); left > 0; left -= 1) {
      // Nothing is appended under other tables than HEAD names.
      while (isBroken && tables.events !== 'events') await turn();
      const streams = new Set(Array.from({ length: chance(0.2) ? 3 : 1 }, () => `stream-${below(5)}`));
      const commits = [...streams].map(next);
      const TransactItems = commits.map((Item) => ({ Put: { TableName: tables.events, Item } }));
      if (TransactItems.length > 1) await documents.send(new TransactWriteCommand({ TransactItems }));
      else await documents.send(new PutCommand({ TableName: tables.events, Item: commits[0] }));
      for (const commit of commits) {
        heads.set(commit.stream, commit);
        if (!chance(faults.loss)) shards[below(shards.length)]?.records.push(inserted(commit));
      }
      await turns(6);
      if (chance(0.1)) bus.outage = !bus.outage;
      if (chance(bucket.outage ? 0.4 : 0.05)) bucket.outage = !bucket.outage;
      bus.refuse = chance(0.3) ? () => chance(0.2) : () => false;
    }
    writing = false;
  }

  /** What the sequencer does not hand back must be sealed: the stream forgets it. */
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
      const { records, at } = shard;
      const batch = records.slice(at, at + 1 + below(12));
      if (batch.length === 0) continue;
      const order = chance(0.5)
        ? batch
        : batch
            .map((record) => [random(), record] as const)
            .sort(([a], [b]) => a - b)
            .map(([, record]) => record);
      const own = tables;
      const answer = await sequence(streamEvent(order)).catch(() => undefined);
      if (!answer || chance(0.1) || own !== tables || records !== shard.records) continue;
      if (restores === 0) await sealedAll(batch, answer);
      const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
      shard.at += first < 0 ? batch.length : first;
    }
  }

  async function nowAndThen(most: number, work: () => Promise<unknown>): Promise<void> {
    while (writing) {
      await turns(most);
      await work();
    }
  }

  const itemsOf = (table: string) => scanAll(documents, table) as unknown as Promise<Record<string, unknown>[]>;

  /** The table as it was, in its place or under a new name. */
  async function restore(table: Table, items: readonly Record<string, unknown>[], name: string): Promise<void> {
    for (const item of await itemsOf(name)) {
      const Key = Object.fromEntries(keys[table].map((key) => [key, item[key]]));
      await documents.send(new DeleteCommand({ TableName: name, Key }));
    }
    for (const Item of structuredClone(items)) await documents.send(new PutCommand({ TableName: name, Item }));
    tables = { ...tables, [table]: name };
  }

  /** Restores one table, or both, to an earlier moment; later the doctor runs. */
  async function restoreSometime(): Promise<void> {
    if (chance(0.5)) return;
    await turns(150);
    const backup = { events: await itemsOf(tables.events), log: await itemsOf(tables.log) };
    await turns(150);
    isBroken = true;
    restores += 1;
    forgetUnpublished();
    const which = below(4);
    // AWS restores to a new name; a log taken back in place is what somebody may do to it by hand.
    if (which === 0) await restore('log', backup.log, 'log');
    if (which === 1 || which === 3) await restore('log', chance(0.2) ? [] : backup.log, 'log-restored');
    if (which >= 2) {
      await restore('events', backup.events, 'events-restored');
      for (const shard of shards) Object.assign(shard, { records: [], at: 0 });
    }
    await turns(100);
    await runDoctor();
  }

  /** Nobody was promised a root that was never published; a restore may bring another in its place. */
  function forgetUnpublished(): void {
    const note = bucket.text('checkpoint');
    const published = note === undefined ? 0 : readCheckpoint(note).size;
    seen = seen.filter(({ size }) => size <= published);
  }

  /** `log.sealed` messages about positions that have changed since do not count: they have to be announced again. */
  async function discountEarlierMessages(): Promise<void> {
    const announced = (await itemsOf(tables.log)).find(({ pk }) => pk === 'announced');
    const next = Number(announced?.next ?? 0);
    for (const { type, detail } of bus.accepted.slice(0, acceptedBefore))
      if (type === 'log.sealed') detail.to = Math.min(detail.to, next);
  }

  /** Why the log is not repaired; undefined when it is. */
  async function runDoctorOnce(taps: Tap[]): Promise<string | undefined> {
    const doctor = createDoctor({
      documents: tapped(documents, ...taps),
      place: { objects: tapped(bucket.client, ...taps), bucket: 'published' },
      tables: { ...tables, views: 'views' },
      projections: [],
      origin: ORIGIN,
      clock,
      backoff: fullJitter({ random, sleep: turn }),
      progress: () => {},
      untilIdle: async () => {
        minutesWaited += 1;
        acceptedBefore = bus.accepted.length;
      },
    });
    const diagnosis = await doctor.diagnose();
    if (diagnosis.state === 'healthy') return undefined;
    const { isRepaired, remains } = await doctor.repairAll(diagnosis);
    return isRepaired ? undefined : remains.join('; ');
  }

  async function runDoctor(): Promise<void> {
    for (let runs = 1; ; runs += 1) {
      const taps = runs > DISTURBED_DOCTOR_RUNS ? [takeTurns] : disturbed(200, 0.03);
      const why = await runDoctorOnce(taps).catch((error: Error) => error.message);
      if (why === undefined) break;
      if (runs === DOCTOR_RUNS) throw new Error(`the doctor could not repair it in ${DOCTOR_RUNS} runs: ${why}`);
      if (chance(0.5)) bucket.outage = false;
      await turns(20);
    }
    await discountEarlierMessages();
    const last = (await itemsOf(tables.events)) as unknown as Commit[];
    last.sort((a, b) => a.version - b.version);
    heads = new Map(last.map((commit) => [commit.stream, commit]));
    isBroken = false;
  }

  await run([
    exchanges(),
    nowAndThen(60, () => sequence(minute).catch(() => undefined)),
    nowAndThen(12, publish),
    nowAndThen(12, publish),
    restoreSometime(),
    ...shards.map(poll),
  ]);
  isCalm = true;
  bus.outage = false;
  bucket.outage = false;
  bus.refuse = () => false;
  if (restores > 0) await run([runDoctor()]);
  for (let passed = 0; passed < 4; passed += 1) await run([sequence(minute)]);
  await run([publish(), publish()]);
  const sealed = await checkLog({ documents, tables, seen });
  const positions = new Map(sealed.map(({ id, position }) => [id, position]));
  // Before a restore, events may have been announced at positions that nobody had signed.
  const accepted =
    restores === 0
      ? bus.accepted
      : bus.accepted.filter(({ detail }) => !detail.id || positions.get(detail.id) === detail.position);
  await checkLog({ documents, tables, accepted, seen });
  return { events: sealed.length, checkpoints: checkPublished({ bucket, sealed }).length, restores };
}
