import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { READ_MODELS, type ReadModelsStatement } from '../../domain/bookkeeping.ts';
import { toHex } from '../../domain/log/bytes.ts';
import { allRows, applyCommit, isRecordStream, type SealedRecord } from '../../domain/projections/projection.ts';
import { projections } from '../../domain/projections/projections.ts';
import { addTo, rowKey, type SummedRow } from '../../domain/projections/sums.ts';
import { standingAlone, treeOf } from '../../domain/row-tree/pack.ts';
import { changedTree, emptyTree, type TreeChange } from '../../domain/row-tree/tree.ts';
import { createDoctor } from '../../functions/doctor/doctor.ts';
import { fullJitter } from '../../functions/runtime/backoff.ts';
import { canonical } from '../../functions/runtime/canonical.ts';
import { sha256 } from '../../functions/runtime/sha256.ts';
import { type Commit, commitReader, keyText } from '../../functions/stores/commits.ts';
import { eventsOf } from '../../functions/stores/event-store.ts';
import { lastPositionOf, type PageCommit } from '../../functions/stores/log-items.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import { createPacks } from '../../functions/stores/packs.ts';
import { acceptedCommits } from './accepted-history.ts';
import { conflict, createBucket } from './bucket.ts';
import { createBus } from './bus.ts';
import { scanAll } from './check-log.ts';
import { inserted, minute, ORIGIN, streamEvent } from './commits.ts';
import { Crash, cancelledBy, crashing, type Tap, throttled, timedOut } from './faults.ts';
import { memoryEngine } from './memory.ts';
import { testProver } from './prover.ts';
import { testPublisher } from './publisher.ts';
import { createScheduler, seeded } from './scheduler.ts';
import { testSequencer } from './sequencer.ts';

const keys = { events: ['stream', 'version'], log: ['pk', 'sk'] } as const;
type Tables = { events: string; log: string };

/** What a replay of the log, which shares nothing with the prover but projections and tree, gives for each position. */
async function rootsAt(documents: DynamoDBDocumentClient, tables: Tables, positions: ReadonlySet<number>) {
  const pages = await Array.fromAsync(createLogStore({ documents, table: tables.log }).readPages(0));
  const sealed: PageCommit[] = pages.flatMap(({ commits }) => commits);
  const found = await commitReader({ documents, table: tables.events }).readCommits(sealed);
  const records = new Map<string, SealedRecord>();
  const roots = new Map<string, string>();
  const statements: { position: number; statement: ReadModelsStatement }[] = [];
  for (const commit of sealed) {
    const events = eventsOf(found.get(keyText(commit)) as Commit);
    if (isRecordStream(commit.stream)) {
      records.set(commit.stream, applyCommit(records.get(commit.stream), events, commit.position));
    }
    if (commit.stream === READ_MODELS) {
      statements.push({ position: commit.position, statement: events[0]?.data as unknown as ReadModelsStatement });
    }
    const position = lastPositionOf(commit);
    if (!positions.has(position)) continue;
    for (const projection of projections) {
      const tree = await treeFrom(changesOf(projection, [...records.values()]));
      roots.set(`${projection.name}/${position}`, `${tree.rows} ${toHex(tree.root)}`);
    }
  }
  return { roots, statements, size: sealed.length === 0 ? 0 : (pages.at(-1)?.size ?? 0) };
}

function changesOf(projection: (typeof projections)[number], records: readonly SealedRecord[]): TreeChange[] {
  const sums = new Map<string, SummedRow>();
  for (const record of records) addTo(sums, projection.sums?.(record) ?? []);
  const own = records.flatMap((record) => allRows(projection, record));
  const shared = [...sums.values()].map(({ partition, sort, add }) => ({ partition, sort, value: add }));
  expect(new Set([...own, ...shared].map(rowKey)).size).toBe(own.length + shared.length);
  return [...own, ...shared].map(({ partition, sort, value }) => ({ partition, sort, value: canonical(value) }));
}

const treeFrom = (changes: readonly TreeChange[]) =>
  changedTree(emptyTree(sha256), changes, { hash: sha256, readGroup: () => Promise.reject(new Error('none')) });

/**
 * A registry in which provers run beside each other while the log grows, decided by the seed alone: they are woken at any
 * time, run out of time, die at any command, are throttled, and lose answers; both buckets have outages; packs are lost; and
 * in some runs tables are restored to an earlier moment, which the doctor repairs. In the end faults cease. Then every
 * statement must be what a replay gives, with its pack; none may go back; and ten quiet minutes bring no other.
 */
export async function simulateProving(seed: number) {
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
  let now = Date.parse('2026-02-27T04:05:06.789Z');
  let isCalm = false;
  let isWriting = true;
  let isBroken = false;
  let restores = 0;
  let losses = 0;
  let tables: Tables = { events: 'events', log: 'log' };
  const clock = () => {
    now += chance(0.02) ? 30_000 : below(300);
    return now;
  };
  const [bucket, packs] = [createBucket(clock), createBucket(clock)];
  const history = acceptedCommits()
    .map(({ position: _, ...commit }): Commit => commit)
    .slice(0, 8 + below(24));
  const share = below(3) === 0 ? 0 : random() * 0.06;

  const failing: Tap = async (command, next) => {
    if (isCalm || !chance(share)) return next();
    if (command.name === 'PutObjectCommand' && chance(0.5)) {
      if (chance(0.5)) throw conflict();
      // The answer was lost, and the client itself tries again.
      await next();
      return next();
    }
    const isCut = command.name === 'TransactWriteCommand' && chance(0.5);
    if (chance(0.5)) throw isCut ? cancelledBy('TransactionConflict') : throttled();
    await next();
    throw timedOut();
  };
  const tapsFor = (commands: number): Tap[] => {
    const own = tables;
    const endWithTables: Tap = (_, next) => {
      if (own !== tables) throw new Crash('its tables are gone');
      return next();
    };
    const death = crashing(!isCalm && chance(0.3) ? 1 + below(commands) : 0, chance(0.5) ? 'before' : 'after');
    return [endWithTables, takeTurns, death, failing];
  };
  const common = { documents, clock, random, sleep: turn };
  const itemsOf = (table: string) => scanAll(documents, table) as unknown as Promise<Record<string, unknown>[]>;
  /** The schedule, or the table's stream, which delivers a few commits in any order. */
  const sequence = async () => {
    const commits = (await itemsOf(tables.events)) as unknown as Commit[];
    const few = commits.map((commit) => ({ commit, at: random() })).sort((one, other) => one.at - other.at);
    const records = few.slice(0, 1 + below(4)).map(({ commit }) => inserted(commit));
    const isStream = !isCalm && records.length > 0 && chance(0.8);
    const sequencer = testSequencer({ ...common, tables, bus, taps: tapsFor(25) });
    await sequencer.run(isStream ? streamEvent(records) : minute).catch(() => undefined);
  };
  const publish = () => testPublisher({ ...common, tables, bucket, taps: tapsFor(40) }).wake();
  const prover = (interval: number) =>
    testProver({
      ...common,
      tables: { ...tables, views: 'views' },
      packs,
      bucket,
      taps: tapsFor(80),
      sleep: turn,
      interval,
    });

  /** A commit of the history that the events table does not have, after those before it in its stream. */
  async function exchange(): Promise<boolean> {
    const there = new Set(((await itemsOf(tables.events)) as unknown as Commit[]).map(keyText));
    const missing = history.filter((commit) => !there.has(keyText(commit)));
    const can = missing.filter(({ stream, previous }) => previous === 0 || there.has(`${stream}/${previous}`));
    const next = can[below(Math.min(can.length, 6))];
    if (next) await documents.send(new PutCommand({ TableName: tables.events, Item: next }));
    return next !== undefined;
  }

  async function exchanges(): Promise<void> {
    for (;;) {
      while (isBroken) await turn();
      if (!(await exchange())) break;
      await turns(25);
      if (chance(bucket.outage ? 0.5 : 0.04)) bucket.outage = !bucket.outage;
      if (chance(packs.outage ? 0.5 : 0.06)) packs.outage = !packs.outage;
      if (chance(0.05)) {
        for (const key of packs.objects.keys()) if (chance(0.3)) packs.objects.delete(key);
        losses += 1;
      }
    }
    isWriting = false;
  }

  const roots: string[] = [];
  async function proving(): Promise<void> {
    while (isWriting) {
      const one = prover(chance(0.5) ? 0 : 60_000);
      for (let calls = 1 + below(4); calls > 0; calls -= 1) {
        await one.wake(chance(0.2) ? below(8_000) : 60_000);
        await turns(40);
      }
      roots.push(...one.named('TwoRootsAlarm').map(({ message }) => message));
    }
  }

  async function nowAndThen(most: number, work: () => Promise<unknown>): Promise<void> {
    while (isWriting) {
      await turns(most);
      await work();
    }
  }

  async function restore(table: keyof Tables, items: readonly Record<string, unknown>[], name: string) {
    for (const item of await itemsOf(name)) {
      const Key = Object.fromEntries(keys[table].map((key) => [key, item[key]]));
      await documents.send(new DeleteCommand({ TableName: name, Key }));
    }
    for (const Item of structuredClone(items)) await documents.send(new PutCommand({ TableName: name, Item }));
    tables = { ...tables, [table]: name };
  }

  async function restoreSometime(): Promise<void> {
    if (chance(0.5)) return;
    await turns(400);
    const backup = { events: await itemsOf(tables.events), log: await itemsOf(tables.log) };
    await turns(400);
    isBroken = true;
    restores += 1;
    const which = below(4);
    if (which === 0) await restore('log', backup.log, 'log');
    if (which === 1 || which === 3) await restore('log', backup.log, 'log-restored');
    if (which >= 2) await restore('events', backup.events, 'events-restored');
    await turns(200);
    await runDoctor();
  }

  async function runDoctor(): Promise<void> {
    for (let runs = 1; ; runs += 1) {
      const why = await doctored().catch((error: Error) => error.message);
      if (why === undefined) break;
      if (runs === 30) throw new Error(`the doctor could not repair it: ${why}`);
      bucket.outage = false;
      await turns(20);
    }
    isBroken = false;
  }

  async function doctored(): Promise<string | undefined> {
    const doctor = createDoctor({
      documents,
      place: { objects: bucket.client, bucket: 'published' },
      tables: { ...tables, views: 'views' },
      projections: [],
      origin: ORIGIN,
      clock,
      backoff: fullJitter({ random, sleep: turn }),
      progress: () => {},
      untilIdle: async () => {},
    });
    const diagnosis = await doctor.diagnose();
    if (diagnosis.state === 'healthy') return undefined;
    const { isRepaired, remains } = await doctor.repairAll(diagnosis);
    return isRepaired ? undefined : remains.join('; ');
  }

  const tasks = [exchanges(), nowAndThen(30, sequence), nowAndThen(25, publish), nowAndThen(25, publish)];
  await run([...tasks, proving(), proving(), restoreSometime()]);
  isCalm = true;
  bucket.outage = false;
  packs.outage = false;
  if (restores > 0) await run([runDoctor()]);
  const quiet = async () => {
    for (let passed = 0; passed < 3; passed += 1) {
      await run([sequence()]);
      await run([publish()]);
      await run([prover(0).wake()]);
    }
  };
  await quiet();
  const before = await statedIn(documents, tables);
  now += 600_000;
  // A group that nothing has touched since its pack was lost is missed by nobody. Without the newest pack, all is made anew.
  if (losses > 0) packs.objects.clear();
  await quiet();
  const { size } = await checkStatements({ documents, tables, packs: packs.client });
  expect(await statedIn(documents, tables)).toEqual(before);
  expect(roots).toEqual([]);
  return { events: size, statements: before.length, restores, losses };
}

const statedIn = async (documents: DynamoDBDocumentClient, tables: Tables) =>
  (await Array.fromAsync(commitReader({ documents, table: tables.events }).readForwards(READ_MODELS))).map(keyText);

/** Holds every statement to a replay, and the newest to its pack. */
async function checkStatements({
  documents,
  tables,
  packs: objects,
}: {
  readonly documents: DynamoDBDocumentClient;
  readonly tables: Tables;
  readonly packs: Parameters<typeof createPacks>[0]['objects'];
}) {
  const { statements } = await rootsAt(documents, tables, new Set());
  const positions = new Set(statements.flatMap(({ statement }) => statement.models.map((model) => model.position)));
  const { roots, size } = await rootsAt(documents, tables, positions);
  const reached = new Map<string, number>();
  for (const { position, statement } of statements) {
    expect(statement.models.map(({ name }) => name)).toEqual(projections.map(({ name }) => name).sort());
    for (const model of statement.models) {
      expect(`${model.rows} ${model.root}`, `${model.name} at ${model.position}`).toBe(
        roots.get(`${model.name}/${model.position}`),
      );
      expect(model.position).toBeLessThan(position);
      expect(model.position).toBeGreaterThanOrEqual(reached.get(model.name) ?? -1);
      reached.set(model.name, model.position);
    }
  }
  const newest = statements.at(-1)?.statement;
  const packs = createPacks({ objects, bucket: 'packs' });
  const footer = newest ? await packs.footer(newest.models[0]?.position ?? -1) : [];
  expect(footer?.map(({ root }) => root)).toEqual((newest?.models ?? []).map(({ root }) => root));
  for (const model of footer ?? []) {
    await standingAlone(treeOf(model), { hash: sha256, readGroup: packs.readGroup });
  }
  return { size };
}
