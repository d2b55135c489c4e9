import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregateByName } from '../../../domain/catalog.ts';
import { records } from '../../../domain/projections/records.ts';
import { aggregateOf } from '../../../domain/values/ids.ts';
import { createViews } from '../../../functions/stores/views.ts';
import { evidence, leiOf, tokenFor } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testProjector, testRegistry } from '../../support/registry.ts';
import { rowsIn } from '../../support/rows.ts';
import { registrar, wordsOf } from './merged-registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
let words: ReturnType<typeof wordsOf>;
const ids: Record<string, string> = {};
const lei = { scheme: 'lei', value: leiOf(7) };

/** What every single record answered when a position was the head. */
const answers: { position: string; path: string; text: string }[] = [];
const before = new Map<string, string[]>();
const histories = new Map<string, object[]>();
const historyOf = async (id: string) => (await words.get(`${pathOf(id)}/history`)).items as object[];
const pathOf = (id: string) => `/v1/${aggregateByName(aggregateOf(id) ?? '').collection}/${id}`;

async function remember() {
  await words.show();
  for (const [path, some] of [
    ['organizations', ['old', 'bank', 'group', 'body']],
    ['agreements', ['first', 'second', 'both']],
    ['memberships', ['member']],
  ] as const) {
    for (const name of some) {
      const response = await registry.get(`/v1/${path}/${ids[name]}`);
      const position = String(((await registry.log.readHead())?.size ?? 0) - 1);
      const text = response.status === 308 ? String(response.headers.get('Location')) : await response.text();
      answers.push({ position, path: `/v1/${path}/${ids[name]}`, text });
    }
  }
}

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine, { clock: () => Date.parse('2026-02-03T04:05:06.789Z') });
  words = wordsOf(registry);
  ids.body = await words.company('The Body');
  ids.old = await words.company('Old Bank', { identifiers: [lei] });
  ids.bank = await words.company('Bank');
  ids.group = await words.company('Group');
  ids.partner = await words.company('Partner');
  await words.appoint(ids.old, 'of-old');
  await words.appoint(ids.partner, 'of-partner');
  // Positions are the order of sealing.
  ids.first = await words.agreement(ids.old, ids.partner);
  await registry.seal();
  ids.second = await words.agreement(ids.bank, ids.partner);
  await registry.seal();
  ids.both = await words.agreement(ids.old, ids.bank);
  await registry.seal();
  ids.member = await words.open('memberships', { body: ids.body, organization: ids.old, on: '2020-01-01' });
  await words.landed(`/v1/agreements/${ids.first}/corroborate`, {}, { client: 'of-partner' });
  for (const id of Object.values(ids)) before.set(id, await words.stored(id));
  await remember();
  for (const id of Object.values(ids)) histories.set(id, await historyOf(id));
  expect((await words.merge(ids.old, ids.bank)).status).toBe(200);
  await remember();
});
afterAll(() => engine?.stop());

describe('what was merged', () => {
  it('answers 308 to what it is: the record, what it took part in, its members, and every act', async () => {
    for (const path of ['', '/activity?limit=2', '/members?on=2023-01-01']) {
      const answer = await registry.get(`/v1/organizations/${ids.old}${path}`);
      expect([answer.status, answer.headers.get('Location')]).toEqual([308, `/v1/organizations/${ids.bank}${path}`]);
    }
    const added = { name: { value: 'Alias', lang: 'en' } };
    for (const act of ['add-name', 'dispute']) {
      const answer = await words.post(
        `/v1/organizations/${ids.old}/${act}`,
        act === 'dispute' ? { grounds: 'No' } : added,
      );
      expect([answer.status, answer.headers.get('Location')]).toEqual([308, `/v1/organizations/${ids.bank}/${act}`]);
    }
  });
  it('keeps its history, which is what it was and one event more', async () => {
    const { items } = await words.get(`/v1/organizations/${ids.old}/history`);
    expect(items.map(({ type }: { type: string }) => type)).toEqual([
      'organization.registered',
      'organization.client-appointed',
      'organization.merged',
    ]);
  });
  it('answers a try of the same request as before, although the record is another one by now', async () => {
    const [one, other] = [await words.company('One'), await words.company('Other')];
    const path = `/v1/organizations/${one}`;
    const [added, merging] = [{ name: { value: 'Uno', lang: 'es' } }, { into: other }];
    await words.landed(`${path}/add-name`, added, { key: 'added-before' });
    const first = await words.landed(`${path}/merge`, merging, { ...registrar, key: 'merged-once' });
    for (const again of [
      await words.landed(`${path}/add-name`, added, { key: 'added-before' }),
      await words.landed(`${path}/merge`, merging, { ...registrar, key: 'merged-once' }),
    ]) {
      expect(again.headers.get('Idempotency-Replayed')).toBe('true');
      if (again.body.version === 3) expect(again.body).toEqual(first.body);
    }
  });
  it('is refused as the target of a submission, with the name of what it is', async () => {
    const data = { name: { value: 'Alias', lang: 'en' }, evidence };
    const answer = await registry.post('/v1/submissions', {
      commands: [{ command: 'add-name', target: ids.old, data }],
    });
    expect([answer.status, answer.body.type]).toEqual([422, '/problems/target-merged']);
    expect(answer.body.detail).toContain(ids.bank);
  });
  it('stands in no list of organizations', async () => {
    const { items } = await words.get('/v1/organizations');
    const listed = items.map(({ id }: { id: string }) => id);
    expect(listed).toContain(ids.bank);
    expect(listed).not.toContain(ids.old);
  });
});

describe('what it was merged into', () => {
  const listed = async (path: string) => (await words.get(path)).items.map(({ id }: { id: string }) => id);

  it('has its identifiers and its clients, and says what it absorbed', async () => {
    const record = await words.get(`/v1/organizations/${ids.bank}`);
    expect(record).toMatchObject({ identifiers: [lei], clients: ['of-old'], absorbed: [ids.old] });
    expect(record.references[String(ids.old)]).toEqual({
      names: [{ value: 'Bank', lang: 'en' }],
      collection: 'organizations',
      mergedInto: ids.bank,
    });
  });
  it('shows the records of both, each once, in one order, page by page', async () => {
    const all = [ids.both, ids.second, ids.first];
    for (const organization of [ids.bank, ids.old]) {
      expect(await listed(`/v1/agreements?organization=${organization}`)).toEqual(all);
      const seen: string[] = [];
      let path: string | undefined = `/v1/agreements?organization=${organization}&limit=1`;
      while (path !== undefined) {
        const response: Response = await registry.get(path);
        seen.push(...(await bodyOf(response)).items.map(({ id }: { id: string }) => id));
        path = /^<(.+)>/.exec(response.headers.get('Link') ?? '')?.[1];
      }
      expect(seen).toEqual(all);
    }
    expect(await listed(`/v1/organizations/${ids.bank}/activity`)).toEqual([
      ids.member,
      ids.both,
      ids.second,
      ids.first,
    ]);
    expect(await listed(`/v1/memberships?organization=${ids.bank}&body=${ids.body}`)).toEqual([ids.member]);
  });
  it('goes by its names wherever the old id stands', async () => {
    const names = [{ value: 'Bank', lang: 'en' }];
    const agreement = await words.get(`/v1/agreements/${ids.first}`);
    expect(agreement.parties[0].organization).toBe(ids.old);
    expect(agreement.references[String(ids.old)]).toMatchObject({ names, mergedInto: ids.bank });
    const roster = await words.get(`/v1/organizations/${ids.body}/members`);
    expect(roster.items).toMatchObject([{ organization: ids.old, membership: ids.member }]);
    expect(roster.references[String(ids.old)]).toMatchObject({ names, mergedInto: ids.bank });
    const moments = (await words.get('/v1/timeline?limit=100')).items as { id: string; names: object }[];
    for (const { id, names: shown } of moments) if (id === ids.old) expect(shown).toEqual(names);
  });
  it('gives its clients the rights of both, and their word counts for the party that the record knows', async () => {
    const path = `/v1/agreements/${ids.first}`;
    await words.landed(`${path}/corroborate`, {}, { client: 'of-old' });
    expect((await words.events(String(ids.first))).at(-1)).toMatchObject({
      actor: 'of-old',
      onbehalfof: ids.old,
      data: { speaksAs: 'party' },
    });
    await words.landed(`/v1/agreements/${ids.second}/corroborate`, {}, { client: 'of-old' });
    expect((await words.events(String(ids.second))).at(-1)).toMatchObject({ onbehalfof: ids.bank });
    await words.show();
    expect(await words.get(path)).toMatchObject({ standing: 'confirmed' });
  });
  it('is judged where an act names it on a record that knows the merged id', async () => {
    const sign = { party: ids.bank, mode: 'definitive', on: '2026-01-01' };
    const dryRun = { headers: { Prefer: 'dry-run' } };
    const { status, text } = await words.post(`/v1/agreements/${ids.second}/sign`, sign, dryRun);
    expect(status, text).toBe(200);
    const other = await words.post(`/v1/agreements/${ids.first}/sign`, sign, dryRun);
    expect(other.status, other.text).toBe(200);
  });
  it('can give up what it took over, for another to take', async () => {
    const [one, other, third] = [await words.company('Uno'), await words.company('Due'), await words.company('Tre')];
    const identifier = { scheme: 'lei', value: leiOf(8) };
    const linked = (id: string) => words.post(`/v1/organizations/${id}/link-identifier`, { identifier });
    expect((await linked(one)).status).toBe(200);
    await words.appoint(one, 'of-one');
    expect((await words.merge(one, other)).status).toBe(200);
    expect((await linked(third)).body.type).toBe('/problems/identifier-taken');
    await words.landed(`/v1/organizations/${other}/unlink-identifier`, { identifier }, { client: 'of-one' });
    await words.landed(`/v1/organizations/${other}/dismiss-client`, { client: 'of-one' }, registrar);
    expect((await linked(third)).status).toBe(200);
    await words.appoint(third, 'of-one');
  });
  it('takes over no more than one transaction holds', async () => {
    const [one, other] = [await words.company('Employer'), await words.company('Employer too')];
    const appoint = (client: string) => ({ command: 'appoint-client', target: one, data: { client, evidence } });
    const commands = Array.from({ length: 98 }, (_, index) => appoint(`employee-${index}`));
    expect((await registry.post('/v1/submissions', { commands }, registrar)).status).toBe(201);
    await words.appoint(one, 'employee-98');
    expect((await words.merge(one, other)).body.type).toBe('/problems/cap-actions');
    await words.landed(`/v1/organizations/${one}/dismiss-client`, { client: 'employee-98' }, registrar);
    expect((await words.merge(one, other)).status).toBe(200);
    expect((await words.events(other)).at(-1)?.data).toMatchObject({ organization: one });
  });
  it('receives the award of a programme once, under whatever id', async () => {
    const [one, other] = [await words.company('Laureate'), await words.company('The Laureate')];
    const names = [{ value: 'Prize', lang: 'en' }];
    const programme = await words.open('award-programmes', { names, conferredBy: [ids.body] });
    const confer = (organization: string) => words.post('/v1/awards', { programme, recipient: { organization } });
    expect((await confer(one)).status).toBe(201);
    expect((await words.merge(one, other)).status).toBe(200);
    expect((await confer(other)).body.type).toBe('/problems/conferred-already');
  });
  it('holds an award that it shares with itself in the end', async () => {
    const [one, other] = [await words.company('Sharer'), await words.company('The Sharer')];
    const names = [{ value: 'Shared Prize', lang: 'en' }];
    const programme = await words.open('award-programmes', { names, conferredBy: [ids.body] });
    const recipients = [one, other].map((organization) => ({ organization }));
    const award = await words.open('awards', { programme, recipients });
    expect((await words.merge(one, other)).status).toBe(200);
    const again = () => words.post('/v1/awards', { programme, recipient: { organization: other } });
    expect((await again()).body.type).toBe('/problems/conferred-already');
    await words.landed(`/v1/awards/${award}/revoke`, { reason: 'Copied', authority: 'Jury', on: '2023' });
    await words.landed(`/v1/awards/${award}/reinstate`, { on: '2023' });
    expect((await again()).body.type).toBe('/problems/conferred-already');
  });
});

describe('a membership', () => {
  const admit = (organization: string | undefined, on: string, key: string) =>
    words.post('/v1/memberships', { body: ids.body, organization, on }, { key });

  it('is the one that was opened first, whichever id is given', async () => {
    expect((await admit(ids.bank, '2024-01-01', 'twice')).body.type).toBe('/problems/already-member');
    await words.landed(`/v1/memberships/${ids.member}/resign`, { on: '2022-12-31' });
    const again = await admit(ids.bank, '2024-01-01', 'again');
    expect([again.status, again.body.id]).toEqual([200, ids.member]);
    expect((await words.events(String(ids.member))).at(-1)?.data).toMatchObject({ organization: ids.old });
    const replayed = await admit(ids.bank, '2024-01-01', 'again');
    expect([replayed.status, replayed.headers.get('Idempotency-Replayed')]).toEqual([200, 'true']);
    expect(replayed.body.events).toEqual(again.body.events);
  });
  it('is that one for the later commands of a submission too', async () => {
    await words.landed(`/v1/memberships/${ids.member}/resign`, { on: '2024-12-31' });
    const between = { body: ids.body, organization: ids.bank };
    const commands = [
      { command: 'admit', as: 'm', data: { ...between, on: '2025-01-01', evidence } },
      { command: 'change-class', target: '#m', data: { class: 'full', on: '2025-06-01', evidence } },
    ];
    const { status, body, text } = await registry.post('/v1/submissions', { commands }, { key: 'together' });
    expect([status, body.ids], text).toEqual([201, { m: ids.member }]);
    const again = await registry.post('/v1/submissions', { commands }, { key: 'together' });
    expect([again.headers.get('Idempotency-Replayed'), again.body.ids]).toEqual(['true', body.ids]);
  });
  it('of both in one body refuses the merge, also when the read model knows of one only, or of none', async () => {
    const [one, other] = [await words.company('Member'), await words.company('Member too')];
    for (const organization of [one, other]) {
      await words.open('memberships', { body: ids.body, organization, on: '2021' });
      if (organization === one) await words.show();
    }
    expect((await words.merge(one, other)).body.type).toBe('/problems/both-members');
    expect((await words.merge(other, one)).body.type).toBe('/problems/both-members');
    await words.show();
    const { items } = await words.get(`/v1/memberships?organization=${other}`);
    await words.landed(`/v1/memberships/${items[0].id}/resign`, { on: '2022' });
    expect((await words.merge(one, other)).status).toBe(200);
  });
});

describe('a further merge', () => {
  it('leaves every id at the last organization, and what was known before as it was', async () => {
    expect((await words.merge(String(ids.bank), String(ids.group))).status).toBe(200);
    await remember();
    const at = async (path: string) => (await registry.get(path)).headers.get('Location');
    for (const id of [ids.old, ids.bank]) {
      expect(await at(`/v1/organizations/${id}`)).toBe(`/v1/organizations/${ids.group}`);
    }
    expect((await words.get(`/v1/organizations/${ids.group}`)).absorbed).toEqual([ids.bank, ids.old]);
    expect((await words.get(`/v1/agreements?organization=${ids.old}`)).items).toHaveLength(3);
    await words.landed(`/v1/agreements/${ids.both}/corroborate`, {}, { client: 'of-old' });
  });
  it('changes nothing of what any record answered at an earlier position', async () => {
    expect(new Set(answers.map(({ position }) => position)).size).toBe(3);
    for (const { position, path, text } of answers) {
      const then = await registry.get(`${path}?knownAt=${position}`);
      const said = then.status === 308 ? String(then.headers.get('Location')) : await then.text();
      expect(said.replace(`?knownAt=${position}`, ''), `${path} at ${position}`).toBe(text);
    }
  });
  it('changes no byte of what was recorded', async () => {
    for (const [id, events] of before) expect((await words.stored(id)).slice(0, events.length)).toEqual(events);
    for (const [id, items] of histories) expect((await historyOf(id)).slice(0, items.length)).toEqual(items);
  });
  it('leaves the rows of a clean rebuild', async () => {
    await words.show();
    const { events, log, views } = registry.tables;
    const table = (await engine.freshTables()).views;
    const clean = createViews({ documents: engine.documents, table });
    expect(await testProjector({ ...registry, views: clean, tables: { events, log } }).deliver()).toEqual([]);
    expect(await rowsIn(engine, views)).toEqual(await rowsIn(engine, table));
    expect(await clean.checkpoint(records)).toEqual(await registry.views.checkpoint(records));
  });
});

describe('probable duplicates', () => {
  const duplicates = async (query = '') => {
    const answer = await registry.get(`/v1/duplicates${query}`, {
      Authorization: `Bearer ${await tokenFor('registrar')}`,
    });
    return { headers: answer.headers, body: await bodyOf(answer) };
  };
  const ofName = (items: { likeness: string; organizations: { id: string }[] }[], likeness: string) =>
    items
      .find((group) => group.likeness === likeness)
      ?.organizations.map(({ id }) => id)
      .sort();

  it('are warned of when an organization is registered, or named', async () => {
    ids.lab = await words.company('Diamond Laboratory');
    await words.show();
    const again = await words.landed('/v1/organizations', {
      kind: 'laboratory',
      names: [{ value: 'DIAMOND-laboratory', lang: 'ru' }],
    });
    const detail = `${ids.lab} bears the same name`;
    expect(again.body.warnings).toEqual([{ rule: 'probable-duplicate', record: ids.lab, detail }]);
    ids.lab2 = again.body.id;
    const other = await words.company('Something else');
    const added = await words.landed(`/v1/organizations/${other}/add-name`, {
      name: { value: 'Diamond  Laboratory', lang: 'en' },
    });
    expect(added.body.warnings).toMatchObject([{ rule: 'probable-duplicate', record: ids.lab }]);
    ids.lab3 = other;
    const own = await words.landed(`/v1/organizations/${ids.lab}/add-name`, {
      name: { value: 'Diamond Laboratory', lang: 'de' },
    });
    expect(own.body.warnings).toBeUndefined();
  });
  it('are warned of within one submission, once each', async () => {
    const register = (as: string, value: string, identifiers?: object[]) => ({
      command: 'register-organization',
      as,
      data: { kind: 'company', names: [{ value, lang: 'ja' }], ...(identifiers && { identifiers }), evidence },
    });
    const commands = [
      register('one', '株式会社ルビー'),
      register('other', '㈱ルビー', [{ scheme: 'other', issuer: 'Ruby Board', value: '0000' }]),
      register('third', 'サファイア', [{ scheme: 'other', issuer: 'Ruby Board', value: '0000' }]),
    ];
    const { status, body } = await registry.post('/v1/submissions', { commands });
    expect(status).toBe(201);
    const record = body.ids.one;
    expect(body.receipts.map(({ warnings }: { warnings?: object[] }) => warnings)).toEqual([
      undefined,
      [{ rule: 'probable-duplicate', record, detail: `${record} bears the same name` }],
      undefined,
    ]);
  });
  it('are a list for registrars, page by page', async () => {
    await words.show();
    const all = (await duplicates('?limit=100')).body.items;
    expect(ofName(all, 'name:diamondlaboratory')).toEqual([ids.lab, ids.lab2, ids.lab3].sort());
    await words.company('Something else');
    await words.show();
    const paged: typeof all = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const { body } = await duplicates(`?limit=1${cursor && `&cursor=${cursor}`}`);
      paged.push(...body.items);
      cursor = body.next;
    }
    expect(paged).toEqual((await duplicates('?limit=100')).body.items);
    expect(paged.length).toBe(all.length + 1);
  });
  it('are none any more once they are merged, and warn of what they are', async () => {
    expect((await words.merge(String(ids.lab), String(ids.lab3))).status).toBe(200);
    await words.show();
    expect(ofName((await duplicates()).body.items, 'name:diamondlaboratory')).toEqual([ids.lab2, ids.lab3].sort());
    expect((await words.merge(String(ids.lab2), String(ids.lab3))).status).toBe(200);
    await words.show();
    expect(ofName((await duplicates()).body.items, 'name:diamondlaboratory')).toBeUndefined();
    const again = await words.landed('/v1/organizations', {
      kind: 'laboratory',
      names: [{ value: 'Diamond Laboratory', lang: 'en' }],
    });
    expect(again.body.warnings).toMatchObject([{ record: ids.lab3 }]);
  });
  it('are shown to registrars only, and kept by nobody', async () => {
    const status = async (authorization?: string) =>
      (await registry.get('/v1/duplicates', authorization === undefined ? {} : { Authorization: authorization }))
        .status;
    expect(await status()).toBe(401);
    expect(await status('Bearer nonsense')).toBe(401);
    expect(await status(`Bearer ${await tokenFor('gzde')}`)).toBe(403);
    const scope = { claims: { scope: 'registry/registrar' } };
    expect(await status(`Bearer ${await tokenFor('pretender', scope)}`)).toBe(403);
    expect((await duplicates()).headers.get('Cache-Control')).toBe('no-store');
  });
});
