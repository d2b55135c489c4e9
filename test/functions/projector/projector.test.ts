import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Projection } from '../../../domain/projections/projection.ts';
import { records } from '../../../domain/projections/records.ts';
import { BEGINNING } from '../../../functions/stores/view-items.ts';
import { createViews } from '../../../functions/stores/views.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { crashing, tapped } from '../../support/faults.ts';
import { type TestRegistry, testProjector, testRegistry } from '../../support/registry.ts';
import { rowsIn } from '../../support/rows.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
const organization = (value: string) => ({ kind: 'company', names: [{ value, lang: 'en' }], evidence });

/** `count` organizations and a ceremony at which they all have a role; answers their ids. */
async function record(registry: TestRegistry, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push((await registry.post('/v1/organizations', organization(`Company ${index}`))).body.id);
  }
  const roles = ids.map((id) => ({ organization: id, role: 'guest' }));
  const opened = await registry.post('/v1/ceremonies', { kind: 'forum', on: '2023-02', roles, evidence });
  expect(opened.status).toBe(201);
  return [...ids, opened.body.id];
}

/** The same history in tables of its own projected once, without any disturbance. */
async function cleanly(registry: TestRegistry, projection: Projection = records) {
  const { events, log } = registry.tables;
  const fresh = await engine.freshTables();
  const views = createViews({ documents: engine.documents, table: fresh.views });
  const projector = testProjector({ ...registry, views, tables: { events, log }, projection });
  expect(await projector.deliver()).toEqual([]);
  return { rows: await rowsIn(engine, fresh.views), checkpoint: await views.checkpoint(projection) };
}

async function expectSameAsCleanReplay(registry: TestRegistry) {
  const clean = await cleanly(registry);
  expect(await registry.views.checkpoint(records)).toEqual(clean.checkpoint);
  expect(await rowsIn(engine, registry.tables.views)).toEqual(clean.rows);
  expect(clean.checkpoint.position).toBe(((await registry.log.readHead())?.size ?? 0) - 1);
}

describe('the projector', () => {
  it('brings the read model to the head, whatever rang and however often', async () => {
    const registry = await testRegistry(engine);
    const [first] = await record(registry, 3);
    await registry.seal();
    const projector = registry.projector();
    expect(
      await projector.deliver([JSON.stringify({ 'detail-type': 'log.sealed', detail: { from: 900, to: 7 } })]),
    ).toEqual([]);
    await registry.post(`/v1/organizations/${first}/add-name`, { name: { value: '公司', lang: 'zh-Hans' }, evidence });
    await registry.seal();
    const wakeUp = JSON.stringify({ 'detail-type': 'Scheduled Event' });
    expect(await projector.deliver([wakeUp, wakeUp, wakeUp])).toEqual([]);
    expect(await projector.deliver([wakeUp])).toEqual([]);
    await expectSameAsCleanReplay(registry);
  });

  it('is not held up by the registry’s own books', async () => {
    const registry = await testRegistry(engine);
    const commands = [
      { command: 'register-organization', as: 'a', data: organization('A') },
      { command: 'register-organization', data: organization('B') },
    ];
    expect((await registry.post('/v1/submissions', { commands })).status).toBe(201);
    await registry.seal();
    expect(await registry.projector().deliver()).toEqual([]);
    await expectSameAsCleanReplay(registry);
  });

  it('lets a garbage message fail alone', async () => {
    const registry = await testRegistry(engine);
    await record(registry, 1);
    await registry.seal();
    const wakeUp = JSON.stringify({ 'detail-type': 'log.sealed' });
    expect(
      await registry.projector().deliver(['not json', wakeUp, '{"detail-type":"agreement.signed"}', 'null']),
    ).toEqual(['0', '2', '3']);
    await expectSameAsCleanReplay(registry);
  });

  it('writes a record with more rows than a transaction holds in parts, and goes on after a crash between them', async () => {
    const registry = await testRegistry(engine);
    await record(registry, 70);
    await registry.seal();
    let writes = 0;
    const crashing = {
      ...registry.views,
      write: async (...step: Parameters<typeof registry.views.write>) => {
        writes += 1;
        if (writes === 4) throw new Error('crash');
        return registry.views.write(...step);
      },
    };
    while (true) {
      const failed = await registry.projector({ views: crashing }).deliver();
      if (failed.length === 0) break;
    }
    expect(writes).toBeGreaterThan(4);
    await expectSameAsCleanReplay(registry);
  });

  it.each(['before', 'after'] as const)(
    'may crash at any of its reads and writes of rows, %s its effect',
    async (landing) => {
      const registry = await testRegistry(engine);
      await record(registry, 60);
      await registry.seal();
      const clean = await cleanly(registry);
      let deaths = 0;
      for (let died = true; died; deaths += 1) {
        const { views: table } = await engine.freshTables();
        const death = crashing(deaths + 1, landing);
        const dying = createViews({ documents: tapped(engine.documents, death), table });
        await registry.projector({ views: dying }).deliver();
        died = death.dead;
        const views = createViews({ documents: engine.documents, table });
        expect(await registry.projector({ views }).deliver()).toEqual([]);
        expect(await views.checkpoint(records)).toEqual(clean.checkpoint);
        expect(await rowsIn(engine, table)).toEqual(clean.rows);
      }
      expect(deaths, 'commands at which it died, and once it did not').toBeGreaterThan(6);
    },
  );

  it.each([
    ['the beginning', 0],
    ['a later checkpoint', 1],
  ])('that another has overtaken since it read %s writes nothing', async (_, earlier) => {
    const registry = await testRegistry(engine);
    const [first] = await record(registry, 2);
    const name = async (value: string) => {
      const body = { name: { value, lang: 'en' }, evidence };
      expect((await registry.post(`/v1/organizations/${first}/add-name`, body)).status).toBe(200);
      await registry.seal();
    };
    await registry.seal();
    for (let times = 0; times < earlier; times += 1) {
      await registry.projector().deliver();
      await name('Already there');
    }
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const landed: boolean[] = [];
    const write = async (...step: Parameters<typeof registry.views.write>) => {
      reached.resolve();
      await released.promise;
      landed.push(await registry.views.write(...step));
      return landed.at(-1) as boolean;
    };
    const overtaken = registry.projector({ views: { ...registry.views, write } }).deliver();
    await reached.promise;
    await name('Second');
    await name('Third');
    expect(await registry.projector().deliver()).toEqual([]);
    await expectSameAsCleanReplay(registry);
    released.resolve();
    expect(await overtaken).toEqual([]);
    expect(landed).toEqual([false]);
    await expectSameAsCleanReplay(registry);
  });

  it('runs beside others without a row too many or too few', async () => {
    const registry = await testRegistry(engine);
    await record(registry, 60);
    await registry.seal();
    const all = [registry.projector(), registry.projector(), registry.projector()];
    const failed = await Promise.all(all.map((projector) => projector.deliver()));
    expect(failed.flat()).toEqual([]);
    await expectSameAsCleanReplay(registry);
  });

  it('overcomes throttled and conflicting transactions', async () => {
    const registry = await testRegistry(engine);
    await record(registry, 40);
    await registry.seal();
    let writes = 0;
    const throttled = {
      ...registry.views,
      write: async (...step: Parameters<typeof registry.views.write>) => {
        writes += 1;
        if (writes % 2 === 1)
          throw Object.assign(new Error('injected'), { name: 'ProvisionedThroughputExceededException' });
        return registry.views.write(...step);
      },
    };
    expect(await registry.projector({ views: throttled }).deliver()).toEqual([]);
    await expectSameAsCleanReplay(registry);
  });

  it('wakes itself again when its time is over', async () => {
    const registry = await testRegistry(engine);
    await record(registry, 5);
    await registry.seal();
    const projector = registry.projector();
    expect(await projector.deliver(undefined, 0)).toEqual([]);
    expect(projector.wakeUps).toHaveLength(1);
    expect(await projector.deliver(projector.wakeUps)).toEqual([]);
    await expectSameAsCleanReplay(registry);
  });

  it.each([
    ['that it is to apply', 1],
    ['before it, of the same record', 0],
  ])('stops where the events table lacks a commit %s, says where, and goes on once it is back', async (_, lacking) => {
    const registry = await testRegistry(engine);
    const ids = await record(registry, 3);
    await registry.seal();
    await registry.projector().deliver();
    await registry.post(`/v1/organizations/${ids[1]}/add-name`, { name: { value: '公司', lang: 'zh-Hans' }, evidence });
    await registry.seal();
    const markers = await registry.log.streamMarkers(String(ids[1]), 2);
    const lost = markers[lacking];
    const { readCommits, readForwards } = registry.commits;
    const isLost = ({ stream, version }: { stream: string; version: number }) =>
      stream === lost?.stream && version === lost.version;
    const commits = {
      readCommits: async (keys: Parameters<typeof readCommits>[0]) =>
        new Map([...(await readCommits(keys))].filter(([, commit]) => !isLost(commit))),
      async *readForwards(...range: Parameters<typeof readForwards>) {
        for await (const commit of readForwards(...range)) if (!isLost(commit)) yield commit;
      },
    };
    const position = markers[1]?.position ?? 0;
    const stopped = registry.projector({ commits });
    expect(await stopped.deliver()).toEqual(['0']);
    expect(stopped.stopped).toMatchObject([{ projection: 'records', position }]);
    expect(stopped.counted).toContainEqual({ name: 'ProjectionStopped', value: 1 });
    const checkpoint = await registry.views.checkpoint(records);
    expect(checkpoint).toMatchObject({ position: position - 1, stopped: { position } });
    expect(checkpoint.stopped?.reason).toContain('the events table does not have');
    expect(await registry.views.asides(records)).toEqual(new Map());
    expect(await registry.projector().deliver()).toEqual([]);
    expect(await registry.views.checkpoint(records)).not.toHaveProperty('stopped');
    await expectSameAsCleanReplay(registry);
  });

  it('projects nothing over a history that stands in other tables', async () => {
    const registry = await testRegistry(engine);
    await record(registry, 1);
    await registry.seal();
    const restored = registry.projector({ tables: { ...registry.tables, events: 'events-restored' } as never });
    expect(await restored.deliver()).toEqual(['0']);
    expect(await registry.views.checkpoint(records)).toEqual(BEGINNING);
  });
});
