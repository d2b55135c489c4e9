import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASIDE_REASON, ROW_BYTES } from '../../../domain/bounds.ts';
import { records } from '../../../domain/projections/records.ts';
import { RowTooLarge, rowsByKey } from '../../../functions/projector/difference.ts';
import { BEGINNING } from '../../../functions/stores/view-items.ts';
import { createViews } from '../../../functions/stores/views.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { fillRecord } from '../../support/fill.ts';
import { type Poisons, poisoned, widened } from '../../support/poison.ts';
import { contentsOf } from '../../support/projection-simulation.ts';
import { bodyOf, type TestRegistry, testProjector, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];

async function register(registry: TestRegistry, value: string): Promise<string> {
  const answer = await registry.post('/v1/organizations', {
    kind: 'company',
    names: [{ value, lang: 'en' }],
    evidence,
  });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

async function addName(registry: TestRegistry, id: string, value: string): Promise<void> {
  const answer = await registry.post(`/v1/organizations/${id}/add-name`, { name: { value, lang: 'en' }, evidence });
  expect(answer.status).toBe(200);
}

const positionOf = async (registry: TestRegistry, id: string, version: number) =>
  (await registry.log.marker({ stream: id, version }))?.position;
const setAside = (registry: TestRegistry) => registry.views.asides(records);
const headOf = async (registry: TestRegistry) => ((await registry.log.readHead())?.size ?? 0) - 1;

/** The same history in tables of its own, projected without any disturbance. */
async function cleanly(registry: TestRegistry, projection = records) {
  const { views: table } = await engine.freshTables();
  const views = createViews({
    documents: engine.documents,
    table,
  });
  expect(await testProjector({ ...registry, views, projection }).deliver()).toEqual([]);
  return contentsOf(engine.documents, table);
}

describe('a record that the projection cannot take', () => {
  it('is set aside, and everything else goes on', async () => {
    const registry = await testRegistry(engine);
    const [bad, good] = [await register(registry, 'Bad'), await register(registry, 'Good')];
    await addName(registry, bad, 'Worse');
    await addName(registry, good, 'Better');
    await addName(registry, bad, 'Worst');
    await registry.seal();
    const projection = poisoned(records, new Map([[bad, { kind: 'from', version: 2 }]]));
    const projector = testProjector({ ...registry, projection });
    expect(await projector.deliver()).toEqual([]);
    const aside = { version: 1, position: await positionOf(registry, bad, 2), reason: `${bad} is not taken` };
    expect(await setAside(registry)).toEqual(new Map([[bad, aside]]));
    expect(await registry.views.aside(records, bad)).toEqual(aside);
    expect(await registry.views.aside(records, good)).toBeUndefined();
    expect(await registry.views.checkpoint(records)).toMatchObject({
      position: await headOf(registry),
      complete: true,
    });
    const { items } = await bodyOf(registry.get('/v1/organizations'));
    expect(items).toHaveLength(2);
    expect(items).toContainEqual(expect.objectContaining({ id: good, version: 2 }));
    expect(items).toContainEqual(
      expect.objectContaining({ id: bad, names: [{ value: 'Bad', lang: 'en' }], version: 1 }),
    );
    expect(projector.told[0]).toEqual({
      message: 'a record was set aside',
      details: { projection: 'records', record: bad, ...aside },
    });
    expect(projector.counted).toEqual([{ name: 'RecordsSetAside', value: 1 }]);
    // As long as it is set aside, also when there is nothing to do.
    await projector.deliver();
    expect(projector.counted).toEqual(Array(2).fill({ name: 'RecordsSetAside', value: 1 }));
  });

  it('has no rows when it could not be taken from the beginning', async () => {
    const registry = await testRegistry(engine);
    const bad = await register(registry, 'Bad');
    await registry.seal();
    await testProjector({
      ...registry,
      projection: poisoned(records, new Map([[bad, { kind: 'from', version: 1 }]])),
    }).deliver();
    expect((await setAside(registry)).get(bad)).toMatchObject({ version: 0, position: 0 });
    expect((await contentsOf(engine.documents, registry.tables.views)).rows).toEqual([]);
  });

  it('is taken up by a later commit that it can be taken with, whole', async () => {
    const registry = await testRegistry(engine);
    const id = await register(registry, 'First');
    await addName(registry, id, 'Second');
    await registry.seal();
    const projection = poisoned(records, new Map([[id, { kind: 'once', version: 2 }]]));
    const projector = testProjector({ ...registry, projection });
    await projector.deliver();
    expect((await setAside(registry)).get(id)).toMatchObject({ version: 1 });
    await addName(registry, id, 'Third');
    await registry.seal();
    await projector.deliver();
    expect(await setAside(registry)).toEqual(new Map());
    expect(await contentsOf(engine.documents, registry.tables.views)).toEqual(await cleanly(registry));
    expect(projector.told.map(({ message }) => message)).toEqual([
      'a record was set aside',
      'the read model was built',
      'a record was taken up',
    ]);
  });

  it.each([
    ['in one write', 0],
    ['in parts', 250],
  ])('is taken up %s by the first call of a build that can', async (_, rows) => {
    const registry = await testRegistry(engine);
    const id = await register(registry, 'First');
    const other = await register(registry, 'Other');
    await addName(registry, id, 'Second');
    await registry.seal();
    const sound = widened(records, new Set([id]), rows);
    const poisons: Poisons = new Map([
      [id, { kind: 'large', version: 2 }],
      [other, { kind: 'from', version: 1 }],
    ]);
    const broken = testProjector({ ...registry, projection: poisoned(sound, poisons) });
    await broken.deliver();
    expect((await setAside(registry)).get(id)?.reason).toMatch(
      new RegExp(`^a row of \\d+ bytes under large/${id}, at most ${ROW_BYTES}$`),
    );
    const half = poisoned(sound, new Map([[other, { kind: 'from', version: 1 }]]));
    const next = testProjector({ ...registry, projection: half });
    await next.deliver();
    expect([...(await setAside(registry)).keys()]).toEqual([other]);
    // It has tried the other one, and does not try it again at each call.
    await next.deliver();
    expect(next.told.map(({ message }) => message).sort()).toEqual([
      'a record is still set aside',
      'a record was taken up',
    ]);
    const last = testProjector({ ...registry, projection: sound });
    await last.deliver();
    expect(last.counted).toEqual([{ name: 'RecordsSetAside', value: 0 }]);
    expect(await contentsOf(engine.documents, registry.tables.views)).toEqual(await cleanly(registry, sound));
  });

  it('stops a build that cannot take it while a newer one takes it up', async () => {
    const registry = await testRegistry(engine);
    const id = await register(registry, 'First');
    await registry.seal();
    const sound = widened(records, new Set([id]), 250);
    const broken = poisoned(sound, new Map([[id, { kind: 'from', version: 1 }]]));
    await testProjector({ ...registry, projection: broken }).deliver();
    let writes = 0;
    const write: typeof registry.views.write = async (...step) => {
      writes += 1;
      if (writes === 2) throw new Error('crash');
      return registry.views.write(...step);
    };
    expect(
      await testProjector({ ...registry, projection: sound, views: { ...registry.views, write } }).deliver(),
    ).toEqual(['0']);
    expect(await registry.views.checkpoint(records)).toMatchObject({ position: 0, part: 1, takingUp: id });
    const older = testProjector({ ...registry, projection: broken });
    expect(await older.deliver()).toEqual(['0']);
    expect(older.stopped).toMatchObject([{ position: 0 }]);
    expect(await registry.views.checkpoint(records)).toMatchObject({ takingUp: id, stopped: { position: 0 } });
    await testProjector({ ...registry, projection: sound }).deliver();
    expect(await contentsOf(engine.documents, registry.tables.views)).toEqual(await cleanly(registry, sound));
  });
});

describe('a row', () => {
  const row = (length: number) => ({ partition: 'p', sort: 's', value: { text: 'ä'.repeat(length) } });
  const most = (ROW_BYTES - Buffer.byteLength('["p","s",{"text":""}]')) / 2;
  it(`has at most ${ROW_BYTES} bytes of canonical JSON`, () => {
    expect(() => rowsByKey([row(Math.floor(most))])).not.toThrow();
    expect(() => rowsByKey([row(Math.floor(most) + 1)])).toThrow(RowTooLarge);
  });
});

describe('a registry of an earlier revision', () => {
  it('with a stay of 1,800 facts heals by itself, and says so', async () => {
    const registry = await testRegistry(engine);
    const [body, organization] = [await register(registry, 'Body'), await register(registry, 'Member')];
    const admitted = { command: 'admit', body, organization, on: '2001-01-01', evidence };
    const { id } = (await registry.post('/v1/memberships', admitted)).body;
    await registry.post(`/v1/memberships/${id}/renew`, { on: '2002-01-01', evidence });
    await fillRecord(engine, registry.tables.events, id, { events: 1802 });
    for (let at = 0; at < 3; at += 1) await registry.seal();
    expect(await headOf(registry)).toBe(1803);
    // Where a build that wrote all facts of a stay into one row came to a standstill.
    const earlier = { ...records, revision: records.revision - 1 };
    await registry.views.write(earlier, [], BEGINNING, { position: 1703, part: 0, digest: 'f'.repeat(64) });
    const projector = registry.projector();
    expect(await projector.deliver()).toEqual([]);
    expect(await registry.views.checkpoint(records)).toMatchObject({ position: 1803, complete: true });
    expect(await setAside(registry)).toEqual(new Map());
    const built = { projection: 'records', revision: records.revision, position: 1803, setAside: 0 };
    expect(projector.told).toEqual([
      {
        message: 'the read model was built anew',
        details: { ...built, earlier: { revision: records.revision - 1, position: 1703 } },
      },
    ]);
    const members = await registry.get(`/v1/organizations/${body}/members?on=2010-01-01`);
    expect(members.status).toBe(200);
    expect((await bodyOf(members)).items).toMatchObject([{ organization, membership: id, state: 'member' }]);
  });
});

it('keeps the first line of a reason, and not all of it', async () => {
  const registry = await testRegistry(engine);
  const id = await register(registry, 'Bad');
  await registry.seal();
  const rows = () => {
    throw new Error(`${'x'.repeat(400)}\nand more`);
  };
  await testProjector({ ...registry, projection: { ...records, rows } }).deliver();
  expect((await setAside(registry)).get(id)?.reason).toBe('x'.repeat(ASIDE_REASON));
});
