import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { projections } from '../../../domain/projections/projections.ts';
import { records } from '../../../domain/projections/records.ts';
import { dropBuilds } from '../../../functions/rebuild/drop.ts';
import { RebuildFailed, rebuildReadModel } from '../../../functions/rebuild/rebuild.ts';
import { commitReader } from '../../../functions/stores/commits.ts';
import { createLogStore } from '../../../functions/stores/log-store.ts';
import { createViews } from '../../../functions/stores/views.ts';
import { acceptedCommits } from '../../support/accepted-history.ts';
import { createBus } from '../../support/bus.ts';
import { scanAll } from '../../support/check-log.ts';
import { minute, putCommits } from '../../support/commits.ts';
import { memoryEngine } from '../../support/memory.ts';
import { testProjector } from '../../support/registry.ts';
import { testSequencer } from '../../support/sequencer.ts';

const history = acceptedCommits().map(({ position: _, ...commit }) => commit);

/** A registry in memory; `seal` seals so many more commits of the accepted history. */
function createRegistry(projection = records) {
  const keys = ['pk', 'sk'] as const;
  const documents = memoryEngine({ events: ['stream', 'version'], log: keys, views: keys });
  const tables = { events: 'events', log: 'log' };
  const log = createLogStore({ documents, table: tables.log });
  const commits = commitReader({ documents, table: tables.events });
  const views = createViews({ documents, table: 'views' });
  const projector = () => testProjector({ projection, log, commits, views, tables });
  const sequencer = testSequencer({ documents, tables, bus: createBus() });
  let sealed = 0;
  const deps = {
    projection,
    views,
    log,
    commits,
    clock: Date.now,
    sleep: async () => {},
    tell: () => {},
    work: () => projector().deliver(),
  };
  return {
    documents,
    views,
    projector,
    deps,
    async seal(count: number): Promise<void> {
      await putCommits(documents, tables.events, history.slice(sealed, sealed + count));
      sealed += count;
      await sequencer.run(minute);
    },
    plant: (row: object) => documents.send(new PutCommand({ TableName: 'views', Item: row as never })),
    /** The builds that the table has rows of. */
    builds: async () => {
      const names = (await scanAll(documents, 'views')).map((item) => String(item.pk).split('/')[0]);
      return [...new Set(names)].filter((name) => name !== 'serving').sort();
    },
  };
}

const named = (build: number, { name, revision } = records) => `${name}@${revision}.${build}`;

describe('a rebuild', () => {
  it.each(projections)(
    'of $name ends with the same digest, and keeps what was served until it is dropped',
    async (projection) => {
      const { deps, seal, projector, builds, views } = createRegistry(projection);
      await seal(30);
      await projector().deliver();
      const before = await views.served(projection);
      const done = await rebuildReadModel(deps);
      expect(done).toMatchObject({
        from: named(1, projection),
        to: named(2, projection),
        stored: { isAsWritten: true },
      });
      expect(done.compared).toEqual({
        position: before.checkpoint.position,
        served: before.checkpoint.digest,
        built: before.checkpoint.digest,
      });
      expect(await views.served(projection)).toMatchObject({ build: 2, checkpoint: before.checkpoint });
      expect(await builds()).toEqual([named(1, projection), named(2, projection)]);
      expect(await dropBuilds({ projection, views, untilIdle: async () => {} })).toBeGreaterThan(0);
      expect(await builds()).toEqual([named(2, projection)]);
    },
  );

  it('is done as well the second time in one process, and what is served goes on', async () => {
    const { deps, seal, projector, views } = createRegistry();
    await seal(10);
    for (const to of [2, 3]) {
      expect(await rebuildReadModel(deps)).toMatchObject({ to: named(to), stored: { isAsWritten: true } });
      await seal(5);
      await projector().deliver();
      expect(await views.served(records)).toMatchObject({ build: to, checkpoint: { position: expect.any(Number) } });
      const { checkpoint } = await views.served(records);
      expect(checkpoint.position).toBe(((await deps.log.readHead())?.size ?? 0) - 1);
    }
  });

  it.each([
    ['empty', 0],
    ['of one commit', 1],
  ])('of a log that is %s is served too', async (_, count) => {
    const { deps, seal, views } = createRegistry();
    await seal(count);
    expect(await rebuildReadModel(deps)).toMatchObject({
      to: named(2),
      stored: { isAsWritten: true, unexplained: [] },
    });
    expect(await views.served(records)).toMatchObject({ build: 2, checkpoint: { complete: true } });
  });

  it('finds a row that no event makes, and serves rows without it', async () => {
    const { deps, seal, projector, plant, views } = createRegistry();
    await seal(30);
    await projector().deliver();
    const [own] = history;
    const key = { partition: 'timeline', sort: `999999999999/${own?.stream}` };
    await plant({ pk: `${named(1)}/${key.partition}`, sk: key.sort, value: '{"id":"planted"}' });
    expect(await views.get(records, [key])).toHaveProperty('size', 1);
    const { stored, compared } = await rebuildReadModel(deps);
    expect(compared?.built).toBe(compared?.served);
    const unexplained = [`["timeline","${key.sort}",{"id":"planted"}]`];
    expect(stored).toMatchObject({ isAsWritten: false, unexplained });
    await views.served(records);
    expect(await views.get(records, [key])).toHaveProperty('size', 0);
  });

  it('ends equal while commits land, and goes on after each of two kills', async () => {
    const { deps, seal, projector, views } = createRegistry();
    await seal(20);
    await projector().deliver();
    class Killed extends Error {}
    let rounds = 0;
    const landing = async () => {
      rounds += 1;
      await seal(3);
      if (rounds <= 2) throw new Killed();
      return projector().deliver();
    };
    await expect(rebuildReadModel({ ...deps, work: landing })).rejects.toThrow(Killed);
    await projector().deliver();
    await expect(rebuildReadModel({ ...deps, work: landing })).rejects.toThrow(Killed);
    const done = await rebuildReadModel({ ...deps, work: landing });
    expect(done).toMatchObject({ to: named(2), stored: { isAsWritten: true, unexplained: [] } });
    expect(done.compared?.built).toBe(done.compared?.served);
    await projector().deliver();
    const { checkpoint } = await views.served(records);
    expect(checkpoint.position).toBe(((await deps.log.readHead())?.size ?? 0) - 1);
  });

  it('does not serve a build that is behind, or over what has moved', async () => {
    const { deps, seal, projector, views } = createRegistry();
    await seal(10);
    await projector().deliver();
    const serving = {
      revision: records.revision,
      build: 1,
      last: 2,
      building: { revision: records.revision, build: 2 },
    };
    expect(await views.changeServing('records', undefined, serving)).toBe(true);
    expect(await views.changeServing('records', undefined, serving)).toBe(false);
    const old = await views.checkpoint(records);
    const read = await views.serving('records');
    if (!read) throw new Error('nothing is served');
    expect(await views.flip('records', read, old)).toBe(false);
    await deps.work();
    await seal(1);
    await deps.work();
    expect(await views.flip('records', read, old)).toBe(false);
    expect(await views.flip('records', read, await views.checkpoint(records))).toBe(true);
    expect(await views.flip('records', read, await views.checkpoint(records))).toBe(false);
  });

  it('tells that a checkpoint has moved without rows, and serves them', async () => {
    const { deps, seal, projector, views } = createRegistry();
    await seal(20);
    await projector().deliver();
    const first = { ...records, build: 1 };
    const at = await views.checkpoint(first);
    await seal(10);
    const size = (await deps.log.readHead())?.size ?? 0;
    // As a restore of the table to parts of two moments would leave it.
    await views.replace(first, at, { ...at, position: size - 1 });
    const { compared } = await rebuildReadModel(deps);
    expect(compared?.built).not.toBe(compared?.served);
    const clean = createRegistry();
    await clean.seal(20);
    await clean.seal(10);
    await clean.projector().deliver();
    expect((await views.served(records)).checkpoint.digest).toBe((await clean.views.served(records)).checkpoint.digest);
  });

  it('refuses to make an older revision than the one that is served', async () => {
    const { deps } = createRegistry();
    await deps.views.changeServing('records', undefined, { revision: records.revision + 1, build: 4, last: 4 });
    await expect(rebuildReadModel(deps)).rejects.toThrow(RebuildFailed);
  });
});

describe('a new revision', () => {
  const next = { ...records, revision: records.revision + 1, reads: [records.revision] };

  it('builds itself beside the old one, which is served as it stands until then', async () => {
    const { deps, seal, projector, views, documents } = createRegistry();
    await seal(20);
    await projector().deliver();
    const old = await views.checkpoint(records);
    await seal(10);
    const later = () => createViews({ documents, table: 'views' });
    expect(await later().served(next)).toMatchObject({
      revision: records.revision,
      build: 1,
      checkpoint: old,
      isReadable: true,
      // As the projector will order it.
      building: { revision: next.revision, build: 2 },
    });
    expect(await later().served({ ...next, reads: [] })).toMatchObject({ checkpoint: old, isReadable: false });
    const reader = later();
    const upgraded = () =>
      testProjector({ ...deps, views: later(), tables: { events: 'events', log: 'log' }, projection: next });
    // Out of time at once: it has ordered its build, and made nothing of it.
    await upgraded().deliver(undefined, 0);
    expect(await reader.served(next)).toMatchObject({
      revision: records.revision,
      checkpoint: old,
      isReadable: true,
      building: { revision: next.revision, build: 2 },
    });
    expect(await later().served({ ...next, reads: [] })).toMatchObject({ isReadable: false });
    expect(await upgraded().deliver()).toEqual([]);
    expect(await reader.served(next)).toMatchObject({
      revision: next.revision,
      build: 2,
      checkpoint: { complete: true },
    });
    const { rows } = (await views.checkpoint({ ...next, build: 2 })) as { rows: number };
    expect(rows).toBeGreaterThan(old.rows ?? 0);
    // The release before comes back: it goes on with what it had made.
    expect(await later().served(records)).toMatchObject({ building: { revision: records.revision, build: 1 } });
    expect(await projector().deliver()).toEqual([]);
    expect(await views.served(records)).toMatchObject({ revision: records.revision, build: 1, isReadable: true });
  });
});
