import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASIDE_REASON, ROW_BYTES } from '../../../domain/bounds.ts';
import { records } from '../../../domain/projections/records.ts';
import { createDaily } from '../../../functions/daily/daily.ts';
import { RowTooLarge, rowsByKey } from '../../../functions/projector/difference.ts';
import { readerOf } from '../../../functions/queries/reader.ts';
import { createRegister } from '../../../functions/queries/register.ts';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { BEGINNING } from '../../../functions/stores/view-items.ts';
import { createViews } from '../../../functions/stores/views.ts';
import { REGISTRAR } from '../../support/api.ts';
import { ORIGIN } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { fillRecord } from '../../support/fill.ts';
import { type Poisons, poisoned, unread, widened } from '../../support/poison.ts';
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

describe('what tells of a record set aside', () => {
  /** Two agreements that are due, of which one cannot be taken from its second version on; both have a third. */
  async function dueAgreements() {
    const now = () => Date.parse('2026-02-03T04:05:06.789Z');
    const registry = await testRegistry(engine, { clock: now, wall: () => now() + 90_000 });
    const [first, second] = [await register(registry, 'First'), await register(registry, 'Second')];
    const agreements = ['supply', 'service'].map(async (kind) => {
      const parties = [{ organization: first }, { organization: second }];
      const signatures = [{ party: first }, { party: second }];
      const opened = { kind, parties, signatures, until: '2026-02', evidence };
      const answer = await registry.post('/v1/agreements', opened);
      expect(answer.status).toBe(201);
      return String(answer.body.id);
    });
    const [bad = '', good = ''] = await Promise.all(agreements);
    await registry.seal();
    await registry.projector().deliver();
    const { version } = await bodyOf(registry.get(`/v1/agreements/${bad}`));
    for (const id of [bad, good]) {
      expect((await registry.post(`/v1/agreements/${id}/add-evidence`, { evidence })).status).toBe(200);
      await registry.seal();
    }
    return { registry, bad, good, version: Number(version) };
  }

  it('lists it, answers its page whole, and passes it over when a day is due', async () => {
    const { registry, bad, good, version } = await dueAgreements();
    const projection = poisoned(records, new Map([[bad, { kind: 'from', version: version + 1 }]]));
    await testProjector({ ...registry, projection }).deliver();
    const aside = { version, position: await positionOf(registry, bad, version + 1), reason: `${bad} is not taken` };
    const told = await bodyOf(registry.get('/v1/projections/records'));
    expect(told).toMatchObject({ lag: 0, age: 0, complete: true, setAside: [{ id: bad, ...aside }] });
    expect((await bodyOf(registry.get('/v1/projections'))).items).toContainEqual(told);

    const page = await registry.get(`/v1/agreements/${bad}`);
    expect([page.status, page.headers.get('Cache-Control')]).toEqual([200, 'no-store']);
    expect(await bodyOf(page)).toMatchObject({ id: bad, version: version + 1, setAside: aside });
    const again = await registry.get(`/v1/agreements/${bad}`, { 'If-None-Match': String(page.headers.get('ETag')) });
    expect(again.status).toBe(200);
    const history = await registry.get(`/v1/agreements/${bad}/history`);
    expect(history.headers.get('Cache-Control')).toBe('no-store');
    const { items, setAside: ofHistory } = await bodyOf(history);
    expect([items.at(-1).streamversion, ofHistory]).toEqual([version + 1, aside]);
    const { items: listed } = await bodyOf(registry.get('/v1/agreements?kind=supply'));
    expect(listed).toMatchObject([{ id: bad, version }]);
    const other = await registry.get(`/v1/agreements/${good}`);
    expect(other.headers.get('Cache-Control')).toBe('public, no-cache');
    expect(await bodyOf(other)).not.toHaveProperty('setAside');
    const past = await registry.get(`/v1/agreements/${bad}?knownAt=${aside.position}`);
    expect(await bodyOf(past)).not.toHaveProperty('setAside');

    const failures: unknown[] = [];
    const daily = createDaily({
      ...registry,
      origin: ORIGIN,
      clock: () => new Date('2026-03-01T00:10:00.000Z'),
      backoff: async () => {},
      logger: { error: (...line) => void failures.push(line), warn: (...line) => void failures.push(line) },
    });
    expect(await daily()).toEqual({ recorded: 1 });
    expect(failures).toEqual([]);
    const types = async (id: string) =>
      (await registry.store.load(id)).commits.flatMap(eventsOf).map(({ type }) => type);
    expect(await types(good)).toContain('agreement.expired');
    expect(await types(bad)).not.toContain('agreement.expired');
  });

  it.each([
    ['as of its rows when it cannot be read any further', (version: number) => version],
    ['not at all when it has none', () => 0],
  ])('answers its page %s', async (_, appliedOf) => {
    const { registry, bad, version } = await dueAgreements();
    const applied = appliedOf(version);
    // A later release has recorded a commit, and this one was put back in its place.
    const commits = unread(registry.commits, new Map([[bad, { kind: 'unread', version: applied + 1 }]]));
    const { views: table } = await engine.freshTables();
    const views = createViews({ documents: engine.documents, table });
    await testProjector({ ...registry, commits, views }).deliver();
    const aside = (await views.asides(records)).get(bad);
    expect(aside).toMatchObject({ version: applied, reason: expect.stringContaining('this release does not know') });
    const asOf = { position: await headOf(registry) };
    const register = createRegister({ reader: readerOf(views, records), commits, log: registry.log });
    const page = () => register.record(bad, asOf);
    const history = () => register.history(bad, { ...asOf, limit: 9, after: 0 });
    if (applied > 0) {
      expect((await page()).body).toMatchObject({ id: bad, version, setAside: aside });
      expect((await history()).items).toHaveLength(version);
    } else {
      const problem = { rule: 'set-aside', headers: { 'Retry-After': '3600' } };
      const message = expect.stringContaining(`since position ${aside?.position}: ${aside?.reason}`);
      await expect(page()).rejects.toMatchObject({ ...problem, message });
      await expect(history()).rejects.toMatchObject(problem);
    }
  });

  it('passes on what fails for other reasons than the record', async () => {
    const { registry, bad } = await dueAgreements();
    await testProjector({
      ...registry,
      projection: poisoned(records, new Map([[bad, { kind: 'from', version: 1 }]])),
      views: registry.views,
    }).deliver();
    const failing = Object.assign(new Error('the table does not answer'), { $metadata: {} });
    const commits = {
      async *readForwards() {
        yield* [];
        throw failing;
      },
    };
    const register = createRegister({ reader: readerOf(registry.views, records), commits, log: registry.log });
    await registry.post(`/v1/agreements/${bad}/add-evidence`, { evidence });
    await registry.seal();
    await testProjector({
      ...registry,
      projection: poisoned(records, new Map([[bad, { kind: 'from', version: 1 }]])),
    }).deliver();
    await expect(register.record(bad, { position: await headOf(registry) })).rejects.toBe(failing);
  });

  it('says for how long a read model has been behind', async () => {
    const { registry } = await dueAgreements();
    // 90 seconds after they were sealed.
    expect(await bodyOf(registry.get('/v1/projections/records'))).toMatchObject({ lag: 2, age: 90 });
  });
});

describe('a read model that has not come to the end of the log yet', () => {
  it('is being built: lists, records and numbers answer 503, and then are whole', async () => {
    const registry = await testRegistry(engine);
    const [id] = [await register(registry, 'First'), await register(registry, 'Second')];
    await registry.seal();
    const paths = ['/v1/organizations', `/v1/organizations/${id}`, '/v1/timeline', '/v1/numbers/O-0'];
    const answers = async () => Promise.all(paths.map(async (path) => (await registry.get(path)).status));
    expect(await answers()).toEqual([503, 503, 503, 503]);
    const building = await registry.get('/v1/organizations?minPosition=1');
    expect([building.status, building.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(await bodyOf(building)).toMatchObject({
      type: '/problems/rebuilding',
      detail: `the read model records@${records.revision} has 0 of 2 events`,
    });
    expect((await registry.get(`/v1/organizations/${id}?knownAt=1`)).status).toBe(200);
    expect(await bodyOf(registry.get('/v1/projections/records'))).toMatchObject({ complete: false, lag: 2 });
    await registry.projector().deliver();
    expect(await answers()).toEqual([200, 200, 200, 307]);
    // Whoever is behind once it was whole answers for where it stands.
    await register(registry, 'Third');
    await registry.seal();
    expect(await answers()).toEqual([200, 200, 200, 307]);
  });

  it('is whole before anything is recorded', async () => {
    const registry = await testRegistry(engine);
    await registry.projector().deliver();
    await register(registry, 'First');
    await registry.seal();
    expect((await registry.get('/v1/organizations')).status).toBe(200);
  });

  it('lets no organizations be merged: whether both are members of one body is not known', async () => {
    const registry = await testRegistry(engine);
    const [from, into] = [await register(registry, 'From'), await register(registry, 'Into')];
    await registry.seal();
    const merge = () =>
      registry.post(
        `/v1/organizations/${from}/merge`,
        { into, reason: 'One and the same', evidence },
        { client: REGISTRAR },
      );
    const refused = await merge();
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(refused.body.type).toBe('/problems/rebuilding');
    await registry.projector().deliver();
    expect((await merge()).status).toBe(200);
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
    const earlier = { ...records, revision: records.revision - 1, build: 1 };
    const stalled = { position: 1703, part: 0, digest: 'f'.repeat(64) };
    await registry.views.write(earlier, [], BEGINNING, stalled);
    await registry.views.replace(earlier, stalled, { ...stalled, complete: true });
    const projector = registry.projector();
    expect(await projector.deliver()).toEqual([]);
    expect(await registry.views.checkpoint(records)).toMatchObject({ position: 1803, complete: true });
    expect(await setAside(registry)).toEqual(new Map());
    const built = { projection: 'records', revision: records.revision, build: 2, position: 1803 };
    const was = { revision: records.revision - 1, build: 1, position: 1703 };
    expect(projector.told).toEqual([
      { message: 'the read model was built', details: { ...built, setAside: 0 } },
      { message: 'the read model was built anew', details: { ...built, earlier: was } },
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
