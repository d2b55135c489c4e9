import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { Row } from '../../domain/projections/projection.ts';
import { createDoctor, type Diagnosis, type RepairOutcome } from '../../functions/doctor/doctor.ts';
import type { Commit } from '../../functions/stores/commits.ts';
import type { PageCommit } from '../../functions/stores/log-items.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import { createViews } from '../../functions/stores/views.ts';
import { createBucket } from './bucket.ts';
import { firstBuildOf } from './builds.ts';
import { createBus } from './bus.ts';
import { checkLog, scanAll } from './check-log.ts';
import { checkPublished, readCheckpoint } from './check-published.ts';
import { minute, ORIGIN, putCommits, rawCommit, rawStream } from './commits.ts';
import { type Tap, tapped } from './faults.ts';
import { memoryEngine } from './memory.ts';
import { testPublisher } from './publisher.ts';
import { testSequencer } from './sequencer.ts';

const keys = { events: ['stream', 'version'], log: ['pk', 'sk'], views: ['pk', 'sk'] } as const;
type Kind = keyof typeof keys;
type Item = Record<string, unknown>;
export type Names = Readonly<Record<Kind, string>>;

/** What a backup holds of one moment. */
export type Backup = Readonly<Record<Kind, readonly Item[]>>;

export type World = Awaited<ReturnType<typeof createWorld>>;

export const projection = firstBuildOf({ name: 'all', revision: 1, rows: (): readonly Row[] => [] });

/** What `projection` keeps: which commit stands at which position, so that any other order shows. */
const rowOf = ({ stream, version, count, position }: PageCommit) => ({
  partition: 'p',
  sort: String(position),
  value: { ids: Array.from({ length: count }, (_, at) => `${stream}/${version + at}`) },
});

const NAMES: Names = { events: 'events', log: 'log', views: 'views' };

/** The engine in memory, with tables of these names. */
export const inMemory = ({ events, log, views } = NAMES) =>
  memoryEngine({
    [events]: keys.events,
    [log]: keys.log,
    [views]: keys.views,
    'events-restored': keys.events,
    'log-restored': keys.log,
  });

/**
 * A registry of its own, whose functions run when a test wants it; its tables may be replaced. Between two looks at the
 * clock pass `tick` milliseconds.
 */
export async function createWorld(documents = inMemory(), names: Names = NAMES, tick = 7) {
  const bucket = createBucket();
  const bus = createBus();
  const world = { names, documents, bucket, bus };
  let now = Date.parse('2026-02-03T04:05:06.789Z');
  const clock = () => {
    now += tick;
    return now;
  };

  const pass = (milliseconds: number) => {
    now += milliseconds;
  };

  const put = (commits: readonly Commit[]) => putCommits(documents, world.names.events, commits);
  const sequencer = (taps: Tap[] = []) => testSequencer({ documents, tables: world.names, bus, taps, clock });
  const publisher = (taps: Tap[] = []) => testPublisher({ documents, tables: world.names, bucket, taps });
  const views = () => createViews({ documents, table: world.names.views });
  const log = () => createLogStore({ documents, table: world.names.log });

  /** As a projector does it, one page at a time. */
  async function project(): Promise<void> {
    for await (const page of log().readPages((await views().checkpoint(projection)).position + 1)) {
      const from = await views().checkpoint(projection);
      expect(from.closed).toBeUndefined();
      const rows = page.commits.filter(({ position }) => position > from.position).map(rowOf);
      const to = { position: page.size - 1, part: 0, digest: String(page.size) };
      expect(await views().write(projection, rows, from, to)).toBe(true);
    }
  }

  async function seal(commits: readonly Commit[] = []): Promise<void> {
    await put(commits);
    await sequencer().run(minute);
  }

  async function backup(): Promise<Backup> {
    const items = (kind: Kind) => scanAll(documents, world.names[kind]);
    return structuredClone({ events: await items('events'), log: await items('log'), views: await items('views') });
  }

  /** The table as it was, in place of what it is, or under another name. */
  async function restore(kind: Kind, items: readonly Item[], name = world.names[kind]): Promise<void> {
    const keyOf = (item: Item) => Object.fromEntries(keys[kind].map((key) => [key, item[key]]));
    for (const item of await scanAll(documents, name)) {
      await documents.send(new DeleteCommand({ TableName: name, Key: keyOf(item as unknown as Item) }));
    }
    for (const Item of structuredClone(items)) await documents.send(new PutCommand({ TableName: name, Item }));
    world.names = { ...world.names, [kind]: name };
  }

  const doctor = (taps: Tap[] = [], vkey?: string) =>
    createDoctor({
      documents: tapped(documents, ...taps),
      place: { objects: tapped(bucket.client, ...taps), bucket: 'published' },
      tables: world.names,
      projections: [projection],
      origin: ORIGIN,
      ...(vkey !== undefined && { vkey }),
      clock,
      backoff: async () => {},
      progress: () => {},
      untilIdle: async () => {},
    });

  /** Diagnoses and repairs. */
  async function repair(taps: Tap[] = []): Promise<Diagnosis & RepairOutcome> {
    const { diagnose, repairAll } = doctor(taps);
    const diagnosis = await diagnose();
    return { ...diagnosis, ...(await repairAll(diagnosis)) };
  }

  return Object.assign(world, {
    pass,
    put,
    seal,
    sequencer,
    publisher,
    project,
    backup,
    restore,
    doctor,
    repair,
    views,
    log,
  });
}

/**
 * Three parts, each sealed in several pages: in a backup, published since, not published. Read models know all of it.
 * `many` fills a tile.
 */
export async function worldWithHistory(many = [100, 100, 60], world?: World) {
  return withHistory(world ?? (await createWorld()), many);
}

async function withHistory(world: World, many: readonly number[]) {
  await world.seal([...rawStream('a', [1, 2]), ...rawStream('b', [3])]);
  await world.seal(rawStream('c', many));
  await world.publisher().wake();
  await world.project();
  const backup = await world.backup();
  await world.seal([rawCommit('a', 4, 2), ...rawStream('d', [2])]);
  await world.seal([rawCommit('b', 4, 1, 2)]);
  await world.publisher().wake();
  const published = await world.backup();
  await world.seal(rawStream('e', [1, 1]));
  await world.seal([rawCommit('a', 5, 4), ...rawStream('f', [2])]);
  await world.project();
  const last = await world.backup();
  return Object.assign(world, { backups: { old: backup, published, last } });
}

/** Holds a world to everything that it promises, now and when it goes on. */
export async function checkWorld(world: World): Promise<void> {
  const { documents, bucket } = world;
  const note = readCheckpoint(bucket.text('checkpoint') ?? '');
  const seen = [{ size: note.size, root: Buffer.from(note.root, 'base64') }];
  await checkLog({ documents, tables: world.names, seen });
  for (const [key, { bytes }] of bucket.objects) {
    if (!key.startsWith('pages/')) continue;
    const { first, size, root, sealedAt } = JSON.parse(Buffer.from(bytes).toString());
    const page = await world.log().pageAt(first);
    const found = page && [page.first, page.size, Buffer.from(page.root).toString('hex'), page.sealedAt];
    expect(found, key).toEqual([first, size, root, sealedAt]);
  }
  expect((await world.log().readHead())?.halted).toBeUndefined();

  await world.seal(rawStream('z', [1, 2]));
  const publisher = world.publisher();
  expect(await publisher.wake()).toBe(true);
  expect(publisher.alarms).toEqual([]);
  const sealed = await checkLog({ documents, tables: world.names, seen });
  expect(checkPublished({ bucket, sealed }).at(-1)).toBe(sealed.length);
  const announced = new Set(world.bus.accepted.map(({ detail }) => `${detail.position} ${detail.id}`));
  expect(
    sealed.filter(({ id, position }) => !announced.has(`${position} ${id}`)),
    'everything was announced',
  ).toEqual([]);
  await world.project();
  const rows = (await scanAll(documents, world.names.views)).filter(({ sk }) => String(sk) !== 'checkpoint');
  const projected = rows.flatMap(({ sk, value }) => {
    const { ids } = JSON.parse(value as string) as { ids: string[] };
    return ids.map((id, at) => [Number(sk) + at, id] as const);
  });
  expect(projected.sort(([a], [b]) => a - b)).toEqual(sealed.map(({ id, position }) => [position, id]));
  expect((await world.doctor().diagnose()).steps).toEqual([]);
}
