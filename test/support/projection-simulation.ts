import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import {
  allRows,
  applyCommit,
  isRecordStream,
  type Projection,
  type SealedRecord,
} from '../../domain/projections/projection.ts';
import { records } from '../../domain/projections/records.ts';
import { addTo, type SummedRow } from '../../domain/projections/sums.ts';
import { rebuildReadModel } from '../../functions/rebuild/rebuild.ts';
import { canonical } from '../../functions/runtime/canonical.ts';
import { buildName } from '../../functions/stores/builds.ts';
import { type Commit, commitReader, keyText } from '../../functions/stores/commits.ts';
import { eventsOf } from '../../functions/stores/event-store.ts';
import type { PageCommit } from '../../functions/stores/log-items.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import type { Aside } from '../../functions/stores/view-items.ts';
import { createViews } from '../../functions/stores/views.ts';
import { acceptedCommits } from './accepted-history.ts';
import { createBus } from './bus.ts';
import { scanAll } from './check-log.ts';
import { minute, putCommits } from './commits.ts';
import { Crash, cancelledBy, crashing, type Tap, tapped, throttled, timedOut } from './faults.ts';
import { type Poison, type Poisons, poisoned, takes, unread, widened } from './poison.ts';
import { testProjector } from './registry.ts';
import { createScheduler, seeded } from './scheduler.ts';
import { testSequencer } from './sequencer.ts';

/** A sealed history, and tables for the read models that are made of it. */
export interface SealedHistory {
  readonly documents: DynamoDBDocumentClient;
  readonly tables: { readonly events: string; readonly log: string };
  /** An empty table for read models. */
  readonly freshViews: () => Promise<string>;
  /** Its commits, in the order of the log. */
  readonly sealed: readonly PageCommit[];
  readonly commits: ReadonlyMap<string, Commit>;
}

const COMMITS_PER_SEAL = 2;

/** The commits in another order, in which those of each stream follow each other as they did. */
function shuffled(commits: readonly Commit[], random: () => number): Commit[] {
  const streams = [...Map.groupBy(commits, ({ stream }) => stream).values()];
  const order = commits.map(({ stream }) => ({ stream, at: random() })).sort((a, b) => a.at - b.at);
  const left = new Map(streams.map((own) => [(own[0] as Commit).stream, own.values()]));
  return order.map(({ stream }) => left.get(stream)?.next().value as Commit);
}

/** Seals the accepted history, a few commits at a time; with `random`, in another order and split in another way. */
export async function sealAccepted(
  { documents, tables, freshViews }: Pick<SealedHistory, 'documents' | 'tables' | 'freshViews'>,
  random?: () => number,
): Promise<SealedHistory> {
  const inOrder: Commit[] = acceptedCommits().map(({ position: _, ...commit }) => commit);
  const accepted = random ? shuffled(inOrder, random) : inOrder;
  const sequencer = testSequencer({ documents, tables, bus: createBus() });
  for (let at = 0; at < accepted.length; ) {
    const count = random ? 1 + Math.floor(random() * 7) : COMMITS_PER_SEAL;
    await putCommits(documents, tables.events, accepted.slice(at, at + count));
    await sequencer.run(minute);
    at += count;
  }
  const pages = await Array.fromAsync(createLogStore({ documents, table: tables.log }).readPages(0));
  const sealed = pages.flatMap(({ commits }) => commits);
  expect(sealed).toHaveLength(accepted.length);
  return { documents, tables, freshViews, sealed, commits: new Map(accepted.map((one) => [keyText(one), one])) };
}

const endOf = ({ position, count }: PageCommit) => position + count - 1;

/** What a read model has to hold: the rows of each record as of the last version that can be taken, and who is set aside. */
function expectedOf({ sealed, commits }: SealedHistory, projection: Projection, poisons: Poisons) {
  const rows: string[] = [];
  const sums = new Map<string, SummedRow>();
  const asides = new Map<string, Aside>();
  const streams = Map.groupBy(
    sealed.filter(({ stream }) => isRecordStream(stream)),
    ({ stream }) => stream,
  );
  for (const [id, own] of streams) {
    let record: SealedRecord | undefined;
    let applied: SealedRecord | undefined;
    let first: PageCommit | undefined;
    for (const commit of own) {
      record = applyCommit(record, eventsOf(commits.get(keyText(commit)) as Commit), commit.position);
      const isTaken = takes(poisons.get(id), { version: commit.version, end: record.record.version });
      if (isTaken) applied = record;
      first = isTaken ? undefined : (first ?? commit);
    }
    if (applied) {
      rows.push(
        ...allRows(projection, applied).map(({ partition, sort, value }) => canonical([partition, sort, value])),
      );
      addTo(sums, projection.sums?.(applied) ?? []);
    }
    if (first) asides.set(id, { version: applied?.record.version ?? 0, position: endOf(first), reason: '' });
  }
  rows.push(...[...sums.values()].map(({ partition, sort, add }) => canonical([partition, sort, add])));
  return { rows: rows.sort(), asides };
}

/** The rows in a views table, and the records set aside, without the reasons. */
export async function contentsOf(documents: DynamoDBDocumentClient, table: string, projection: Projection = records) {
  const views = createViews({ documents, table });
  const prefix = `${buildName(projection.name, await views.served(projection))}/`;
  const items = (await scanAll(documents, table)) as unknown as { pk: string; sk: string; value: string }[];
  const rows = items
    .filter(({ pk }) => pk.startsWith(prefix) && !['checkpoint', 'aside'].includes(pk.slice(prefix.length)))
    .map(({ pk, sk, value }) => canonical([pk.slice(prefix.length), sk, JSON.parse(value)]));
  return { rows: rows.sort(), asides: await views.asides(projection), checkpoint: await views.checkpoint(projection) };
}

const withoutReasons = (asides: ReadonlyMap<string, Aside>) =>
  [...asides].map(([id, aside]) => ({ id, ...aside, reason: '' })).sort((a, b) => (a.id < b.id ? -1 : 1));

interface Build {
  readonly projection: Projection;
  readonly poisons: Poisons;
}

interface Conditions {
  readonly projection: Projection;
  readonly isConcurrent: boolean;
}

/**
 * Projects a history in which a build cannot take some records, decided by the seed alone: projectors of one build, or of
 * two, run beside each other while the log grows, are woken once or twice or too late, run out of time, meet errors and
 * die, and operators have the read model rebuilt meanwhile and give up. In the end faults cease, and one more projector
 * runs. Then rows, digest and records set aside must be those of a projection that nothing disturbed; and once a build
 * that can take them has run, those of one that has no poison.
 */
export async function simulateProjection(
  seed: number,
  history: SealedHistory,
  { projection: base, isConcurrent }: Conditions,
) {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const chance = (probability: number) => random() < probability;
  const { documents, tables, sealed } = history;
  const size = sealed.reduce((sum, { count }) => sum + count, 0);
  const streams = [...new Set(sealed.map(({ stream }) => stream).filter(isRecordStream))];

  const anyOf = <Item>(items: readonly Item[]) => items[below(items.length)] as Item;
  const poisons = new Map<string, Poison>();
  for (let left = 3 + below(5); left > 0; left -= 1) {
    const id = anyOf(streams);
    const commit = anyOf(sealed.filter(({ stream }) => stream === id));
    const kind = anyOf(['from', 'once', 'large', 'unread'] as const);
    poisons.set(id, { kind, version: kind === 'unread' ? commit.version : commit.version + commit.count - 1 });
  }
  const wide = new Set([anyOf([...poisons.keys()]), anyOf(streams)]);
  const sound: Build = { projection: widened(base, wide), poisons: new Map() };
  const broken: Build = { projection: poisoned(sound.projection, poisons), poisons };

  let takenUp = 0;
  let rebuilt = 0;
  let now = 0;
  const clock = () => {
    now += 1;
    return now;
  };
  const instance = ({ projection, poisons: own }: Build, table: string, to: () => number, taps: Tap[] = []) => {
    const client = tapped(documents, ...taps);
    const log = createLogStore({ documents: client, table: tables.log });
    const readHead = async () => {
      const head = await log.readHead();
      return head && { ...head, size: to() };
    };
    return testProjector({
      projection,
      log: { ...log, readHead },
      commits: unread(commitReader({ documents: client, table: tables.events }), own),
      views: createViews({ documents: client, table }),
      tables,
      clock,
      backoff: turn,
    });
  };
  const { turn: nextTurn, run, tap: takeTurns } = createScheduler(random);
  const turn = isConcurrent ? nextTurn : async () => {};

  const failing: Tap = async (_, next) => {
    if (!chance(0.03)) return next();
    if (chance(0.5)) throw chance(0.5) ? throttled() : cancelledBy('TransactionConflict');
    await next();
    throw timedOut();
  };

  /** Projectors of these builds on one table, until the log has its full length and each has run a few times. */
  async function disturbed(table: string, builds: readonly Build[]): Promise<void> {
    let at = 0;
    const to = () => endOf(sealed[at] as PageCommit) + 1;
    const sealing = async () => {
      while (at < sealed.length - 1) {
        for (let left = below(30); left > 0; left -= 1) await turn();
        at = Math.min(sealed.length - 1, at + 1 + below(12));
      }
    };
    const projecting = async () => {
      for (let left = 4 + below(4); left > 0; left -= 1) {
        const death = crashing(chance(0.5) ? 1 + below(25) : 0, chance(0.5) ? 'before' : 'after');
        const projector = instance(anyOf(builds), table, to, [...(isConcurrent ? [takeTurns] : []), death, failing]);
        for (let calls = 1 + below(3); calls > 0 && !death.dead; calls -= 1) {
          const messages = Array.from({ length: 1 + below(3) }, () => JSON.stringify({ 'detail-type': 'log.sealed' }));
          await projector.deliver(messages, 5000 + (chance(0.3) ? below(60) : 100_000));
        }
        takenUp += projector.told.filter(({ message }) => message === 'a record was taken up').length;
        await turn();
      }
    };
    const rebuilding = async () => {
      for (let left = 1 + below(3); left > 0; left -= 1) {
        let patience = below(500);
        const client = tapped(documents, ...(isConcurrent ? [takeTurns] : []), failing);
        const sleep = async () => {
          patience -= 1;
          if (patience < 0) throw new Crash('the operator has no patience');
          await turn();
        };
        const done = await rebuildReadModel({
          projection: anyOf(builds).projection,
          log: createLogStore({ documents: client, table: tables.log }),
          commits: commitReader({ documents: client, table: tables.events }),
          views: createViews({ documents: client, table }),
          clock,
          sleep,
          tell: () => {},
        }).catch((error: Error) => error);
        if (!(done instanceof Error)) rebuilt += 1;
      }
    };
    const tasks = [sealing(), projecting(), projecting(), projecting(), rebuilding()];
    await (isConcurrent ? run(tasks) : Promise.all(tasks));
  }

  /** What stands when the build has run once more, without disturbance. */
  async function settled(table: string, build: Build) {
    const last = instance(build, table, () => size);
    const calm = last.deliver(undefined, 1e9);
    await (isConcurrent ? run([calm]) : calm);
    expect(last.stopped).toEqual([]);
    takenUp += last.told.filter(({ message }) => message === 'a record was taken up').length;
    return contentsOf(documents, table, base);
  }

  const clean = await settled(await history.freshViews(), broken);
  const expected = expectedOf(history, sound.projection, poisons);
  expect(clean.rows).toEqual(expected.rows);
  expect(withoutReasons(clean.asides)).toEqual(withoutReasons(expected.asides));
  expect(clean.checkpoint).toMatchObject({ position: size - 1, part: 0, complete: true });
  const whole = await settled(await history.freshViews(), sound);
  expect(whole).toMatchObject({ rows: expectedOf(history, sound.projection, new Map()).rows, asides: new Map() });

  const table = await history.freshViews();
  await disturbed(table, [broken]);
  expect(await settled(table, broken)).toEqual(clean);
  // The build that can take everything comes while the other one still runs.
  await disturbed(table, [broken, sound]);
  expect(await settled(table, sound)).toEqual(whole);
  // And once more with both from the beginning, so that one leaves commits in parts to the other.
  const mixed = await history.freshViews();
  await disturbed(mixed, [broken, sound]);
  expect(await settled(mixed, sound)).toEqual(whole);
  return { setAside: clean.asides.size, takenUp, rebuilt };
}
