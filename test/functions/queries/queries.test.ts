import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
const names = (...values: [string, string][]) => values.map(([value, lang]) => ({ value, lang }));

let engine: TestEngine;
let registry: TestRegistry;
let ids: Record<string, string>;

/** Two organizations, a conference with two parts, and three agreements, one of which nobody dates. */
const commands = [
  {
    command: 'register-organization',
    as: 'exchange',
    data: { kind: 'exchange', names: names(['Биржа', 'ru'], ['Exchange', 'en'], ['交易所', 'zh-Hans']), evidence },
  },
  {
    command: 'register-organization',
    as: 'bank',
    data: { kind: 'bank', names: names(['Bank', 'en']), relations: [{ type: 'member-of', to: '#exchange' }], evidence },
  },
  {
    command: 'record-ceremony',
    as: 'conference',
    data: {
      kind: 'conference',
      names: names(['Conference', 'en']),
      on: '2023-02-23/2023-02-25',
      roles: [{ organization: '#exchange', role: 'host' }],
      unnamed: [{ role: 'guest', count: { min: 31 } }],
      evidence,
    },
  },
  {
    command: 'record-ceremony',
    as: 'signing',
    data: { kind: 'signing', on: '2023-02-23', partOf: '#conference', evidence },
  },
  {
    command: 'record-ceremony',
    as: 'forum',
    data: { kind: 'forum', on: '2023-02-24', partOf: '#conference', evidence },
  },
  {
    command: 'register-agreement',
    as: 'signed',
    data: {
      kind: 'cooperation',
      ceremony: '#signing',
      titles: names(['Project', 'en']),
      parties: [{ organization: '#exchange' }, { organization: '#bank' }],
      signatures: [
        { party: '#exchange', mode: 'definitive', on: '2023-02-23?' },
        { party: '#bank', mode: 'definitive', on: '2023-02' },
      ],
      evidence,
    },
  },
  {
    command: 'register-agreement',
    as: 'undated',
    data: {
      kind: 'memorandum',
      parties: [{ organization: '#exchange' }, { unidentified: 'a bank of the province', lang: 'en' }],
      evidence,
    },
  },
  {
    command: 'register-agreement',
    as: 'older',
    data: {
      kind: 'cooperation',
      parties: [{ organization: '#exchange' }, { organization: '#bank' }],
      signatures: [{ party: '#bank', mode: 'definitive', on: '2022' }],
      evidence,
    },
  },
];

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  const answer = await registry.post('/v1/submissions', { commands });
  expect(answer.status).toBe(201);
  ({ ids } = answer.body);
  await registry.seal();
  expect(await registry.projector().deliver()).toEqual([]);
});
afterAll(() => engine.stop());

const id = (name: string) => ids[name] as string;
const get = (path: string, headers?: Record<string, string>) => registry.get(path, headers);
const listed = async (query: string) =>
  (await bodyOf(get(`/v1/agreements${query}`))).items.map((item: { id: string }) =>
    Object.keys(ids).find((name) => ids[name] === item.id),
  );

describe('a list', () => {
  it('is latest first by the earliest day of the fact, then position, undated facts last', async () => {
    expect(await listed('')).toEqual(['signed', 'older', 'undated']);
  });

  it.each([
    ['?kind=memorandum', ['undated']],
    ['?state=partly-signed', ['older']],
    ['?state=signed', ['signed']],
    ['?state=partly-signed,signed', ['signed', 'older']],
    ['?kind=memorandum,cooperation&state=signed,announced,retracted', ['signed', 'undated']],
    ['?standing=confirmed,reported&kind=memorandum', ['undated']],
    ['?standing=confirmed', []],
    ['?from=2023-01-01', ['signed']],
    ['?to=2022-06-30', ['older']],
    ['?from=2023-02-05&to=2023-02-10', ['signed']],
    ['?from=2024-01-01', []],
  ])('%s answers %j', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it('is chosen by organization and by ceremony', async () => {
    expect(await listed(`?organization=${id('bank')}`)).toEqual(['signed', 'older']);
    expect(await listed(`?ceremony=${id('signing')}`)).toEqual(['signed']);
    expect(await listed(`?organization=${id('bank')}&ceremony=${id('signing')}`)).toEqual(['signed']);
    expect(await listed(`?organization=${id('bank')}&ceremony=${id('forum')}`)).toEqual([]);
  });

  it('goes on with its cursor, as the Link header says, and ends', async () => {
    const all = await get('/v1/agreements?limit=2&kind=cooperation');
    const { items, next: none } = await bodyOf(all);
    expect(items).toHaveLength(2);
    expect(none).toBeUndefined();
    expect(all.headers.has('Link')).toBe(false);
    const first = await get('/v1/agreements?limit=1&kind=cooperation');
    const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('Link') ?? '')?.[1] ?? '';
    const second = await get(next);
    expect((await bodyOf(second)).items).toEqual(items.slice(1));
    expect(second.headers.has('Link')).toBe(false);
    const one = await bodyOf(get('/v1/agreements?limit=1'));
    const rest = await bodyOf(get(`/v1/agreements?cursor=${one.next}`));
    expect([...one.items, ...rest.items]).toEqual((await bodyOf(get('/v1/agreements'))).items);
  });

  it('looks at no more than 500 rows, and gives a cursor while there are more', async () => {
    const large = await testRegistry(engine);
    for (let round = 0; round < 6; round += 1) {
      const data = { kind: 'company', names: names(['Company', 'en']), evidence };
      const commands = Array.from({ length: 99 }, (_, index) => ({
        command: 'register-organization',
        data: { ...data, kind: round === 0 && index === 0 ? 'bank' : 'company' },
      }));
      expect((await large.post('/v1/submissions', { commands })).status).toBe(201);
      await large.seal();
    }
    await large.projector().deliver();
    const found = [];
    let pages = 0;
    const query = 'state=registered&kind=bank';
    for (let path = `/v1/organizations?${query}`; path; pages += 1) {
      const { items, next } = await bodyOf(large.get(path));
      found.push(...items);
      path = next ? `/v1/organizations?${query}&cursor=${next}` : '';
    }
    expect(found).toHaveLength(1);
    expect(pages).toBe(2);
  });
});

describe('a record', () => {
  it('has its fields, number, state, standing, and the names of what it refers to', async () => {
    const response = await get(`/v1/agreements/${id('signed')}`);
    const record = await bodyOf(response);
    expect(record).toMatchObject({
      id: id('signed'),
      version: 3,
      state: 'signed',
      standing: 'reported',
      kind: 'cooperation',
    });
    expect(record.number).toMatch(/^A-\d+$/);
    expect(record.references[id('exchange')]).toEqual({
      names: names(['Биржа', 'ru'], ['Exchange', 'en'], ['交易所', 'zh-Hans']),
      collection: 'organizations',
    });
    expect(response.headers.get('ETag')).toMatch(/^"3-[0-9a-f]{40}"$/);
  });

  it('is not sent again to whoever has it', async () => {
    const path = `/v1/agreements/${id('signed')}`;
    const etag = (await get(path)).headers.get('ETag') ?? '';
    const again = await get(path, { 'If-None-Match': etag });
    expect(again.status).toBe(304);
    expect(again.headers.has('Registry-Position')).toBe(true);
    expect((await get(path, { 'If-None-Match': '"2-1"' })).status).toBe(200);
  });

  it('has a history that says what each event changed, and where it stands in the log', async () => {
    const { items } = await bodyOf(get(`/v1/agreements/${id('signed')}/history`));
    expect(items.map(({ type }: { type: string }) => type)).toEqual([
      'agreement.registered',
      'agreement.signed',
      'agreement.signed',
    ]);
    expect(items[1].position).toBe(items[0].position + 1);
    expect(items[2].changes).toContainEqual({ pointer: '/state', was: 'partly-signed', is: 'signed' });
    const page = await bodyOf(get(`/v1/agreements/${id('signed')}/history?limit=2`));
    const rest = await bodyOf(get(`/v1/agreements/${id('signed')}/history?cursor=${page.next}`));
    expect([...page.items, ...rest.items]).toEqual(items);
  });

  it('is found by its register number', async () => {
    const { number } = await bodyOf(get(`/v1/ceremonies/${id('forum')}`));
    const response = await get(`/v1/numbers/${number}`);
    expect([response.status, response.headers.get('Location')]).toEqual([307, `/v1/ceremonies/${id('forum')}`]);
    for (const wrong of [`A-${number.slice(2)}`, 'C-99999', 'C-01', 'C-x', 'x']) {
      expect((await get(`/v1/numbers/${wrong}`)).status).toBe(404);
    }
  });
});

describe('what belongs together', () => {
  it('is a ceremony’s programme: roles, parts, and what was recorded at each', async () => {
    const programme = await bodyOf(get(`/v1/ceremonies/${id('conference')}/programme`));
    expect(programme.roles).toEqual([{ organization: id('exchange'), role: 'host' }]);
    expect(programme.unnamed).toEqual([{ role: 'guest', count: { min: 31 } }]);
    expect(programme.parts.map((part: { kind: string }) => part.kind)).toEqual(['signing', 'forum']);
    expect(programme.parts[0].recorded.agreements).toMatchObject([{ id: id('signed') }]);
    expect(programme.references[id('bank')].names).toEqual(names(['Bank', 'en']));
  });

  it('is an organization’s activity', async () => {
    const { items } = await bodyOf(get(`/v1/organizations/${id('exchange')}/activity`));
    const expected = ['bank', 'conference', 'signed', 'undated', 'older'].map(id).sort();
    expect(items.map((item: { id: string }) => item.id).sort()).toEqual(expected);
  });

  it('is the timeline, last recorded first, with the names that the records have', async () => {
    const { items } = await bodyOf(get('/v1/timeline'));
    const positions = items.map(({ position }: { position: number }) => position);
    expect(positions).toEqual(positions.toSorted((a: number, b: number) => b - a));
    expect(items).toHaveLength(commands.length);
    expect(items.find((item: { id: string }) => item.id === id('bank'))).toMatchObject({
      types: ['organization.registered'],
      names: names(['Bank', 'en']),
    });
  });
});

describe('the position of a read', () => {
  it('is named, and can be asked for', async () => {
    const position = Number((await get('/v1/agreements')).headers.get('Registry-Position'));
    expect(position).toBe(((await registry.log.readHead())?.size ?? 0) - 1);
    expect((await get(`/v1/agreements?minPosition=${position}`)).status).toBe(200);
    const beyond = await get(`/v1/agreements?minPosition=${position + 1}`);
    expect([beyond.status, (await bodyOf(beyond)).type]).toEqual([409, '/problems/not-yet']);
  });

  it('is missing before the first event', async () => {
    const empty = await testRegistry(engine);
    const response = await empty.get('/v1/agreements');
    expect(response.headers.has('Registry-Position')).toBe(false);
    expect(await bodyOf(response)).toEqual({ items: [], references: {}, total: 0 });
  });

  it('is waited for while the read model is behind, and not for ever', async () => {
    let now = 0;
    const behind = await testRegistry(engine, {
      sleep: async (milliseconds) => {
        now += milliseconds;
      },
      wall: () => now,
    });
    const record = () => behind.post('/v1/organizations', { kind: 'bank', names: names(['Bank', 'en']), evidence });
    await record();
    await behind.seal();
    await behind.projector().deliver();
    await record();
    await behind.seal();
    expect((await behind.get('/v1/organizations?minPosition=1')).status).toBe(409);
    expect(now).toBeGreaterThan(4_000);
    expect(now).toBeLessThanOrEqual(5_000);
  });
});

describe('bad requests', () => {
  it.each([
    '/v1/agreements?foo=1',
    '/v1/agreements?limit=0',
    '/v1/agreements?limit=101',
    '/v1/agreements?limit=1&limit=2',
    '/v1/agreements?cursor=',
    '/v1/agreements?cursor=%00',
    '/v1/agreements?state=held',
    '/v1/agreements?from=2023-02-30',
    '/v1/agreements?organization=x',
    '/v1/agreements?minPosition=-1',
    '/v1/agreements?__proto__=1',
    '/v1/timeline?kind=x',
    '/v1/openapi.json?x=1',
    '/v1/events?limit=1001',
    '/v1/events?stream=',
    '/v1/events?after=9007199254740993',
    '/v1/agreements?from=2023-02-02&to=2023-02-01',
  ])('%s is refused with the parameter’s name', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect((await bodyOf(response)).errors[0].pointer).toMatch(/^\/\w+/);
  });

  const unknown = 'organization-abcdefghijklmnopqrstuvwxyz';
  const cooperation = 'cooperation, memorandum, project,';
  it.each([
    ['agreements?kind=mou', '/kind', [cooperation, '; did you mean memorandum?']],
    ['agreements?kind=conferral', '/kind', ['has a value that is none of', cooperation]],
    ['agreements?kind=treaty,', '/kind', ['has an empty value', cooperation]],
    ['agreements?kind=', '/kind', ['has an empty value']],
    ['agreements?state=signed,singed', '/state', ['; did you mean signed?']],
    ['agreements?state=signed,in-force,signed', '/state', ['names signed twice']],
    [`agreements?state=${'signed,'.repeat(99)}x`, '/state', ['has 100 values; there are ']],
    ['agreements?standing=repoted', '/standing', ['reported, hosted', '; did you mean reported?']],
    ['launches?body=x', '/body', ['is no parameter here']],
    ['agreements?organisation=x', '/organisation', ['is no parameter here; did you mean organization?']],
    [`agreements?organization=${unknown}`, '/organization', [`there is no record ${unknown}`]],
    [`memberships?body=${unknown}`, '/body', [`there is no record ${unknown}`]],
    [`awards?programme=${unknown.replace('organization', 'award-programme')}`, '/programme', ['there is no record']],
    [`agreements?ceremony=${unknown.replace('organization', 'ceremony')}`, '/ceremony', ['there is no record']],
    ['agreements?organization=x', '/organization', ['must be the id of a record of kind organization, such as']],
    ['agreements?from=yesterday', '/from', ['must be a calendar day, YYYY-MM-DD, such as 2023-02-23']],
    ['agreements?limit=a', '/limit', ['must be a whole number from 1 to 100, such as 1']],
    ['agreements?limit=101', '/limit', ['must be at most 100']],
    ['events?type=agreement.signde', '/type', ['is no type of event; did you mean agreement.signed?']],
    ['events?type=', '/type', ['is no type of event, such as']],
    ['events?stream=nosuch', '/stream', ['there is no stream of this name']],
    [`events?stream=${unknown}`, '/stream', ['there is no stream of this name']],
    ['events?strem=x', '/strem', ['is no parameter here; did you mean stream?']],
  ])('/v1/%s is told what %s takes', async (path, pointer, parts) => {
    const response = await get(`/v1/${path}`);
    expect(response.status).toBe(400);
    const { type, errors } = await bodyOf(response);
    expect([type, errors.map((one: { pointer: string }) => one.pointer)]).toEqual([
      '/problems/parameter-invalid',
      [pointer],
    ]);
    for (const part of parts) expect(errors[0].detail).toContain(part);
  });

  it.each([
    ['/v1/agreemnts', 'did you mean agreements?'],
    ['/v1/organisations/x', 'did you mean organizations?'],
    ['/problems/unknow-command', 'did you mean unknown-command?'],
    ['/schemas/agreement.signde/1', 'did you mean agreement.signed?'],
    ['/schemas/agreement.signed/99', 'the last one is 1'],
    ['/v1/projections/record', 'did you mean records?'],
  ])('%s is not found, and told what is near', async (path, told) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect((await bodyOf(response)).detail).toContain(told);
  });

  it('that give a parameter twice are told so', async () => {
    const { errors } = await bodyOf(get('/v1/agreements?limit=1&limit=2&kind=supply&kind=supply&to=2023'));
    const told = errors.map(({ pointer, detail }: Record<string, string>) => [pointer, detail]);
    expect(told.slice(0, 2)).toEqual([
      ['/limit', 'is given twice or more'],
      ['/kind', 'is given twice or more'],
    ]);
    expect(told.map(([pointer]: string[]) => pointer)).toEqual(['/limit', '/kind', '/to']);
  });

  it('that take the cursor of one list to another are refused', async () => {
    const organization = id('exchange');
    const lists = [
      '/v1/agreements?',
      '/v1/ceremonies?',
      `/v1/agreements?organization=${organization}&`,
      `/v1/organizations/${organization}/activity?`,
      '/v1/timeline?',
    ];
    for (const from of lists) {
      const { next } = await bodyOf(get(`${from}limit=1`));
      for (const to of lists) {
        const response = await get(`${to}cursor=${next}`);
        expect(response.status, `${from} ${to}`).toBe(from === to ? 200 : 400);
        if (from !== to) expect((await bodyOf(response)).errors).toMatchObject([{ pointer: '/cursor' }]);
      }
    }
  });

  it.each([
    '/v1/agreements/agreement-aaaaaaaaaaaaaaaaaaaaaaaaaa',
    '/v1/agreements/x',
    '/v1/agreements/organization-aaaaaaaaaaaaaaaaaaaaaaaaaa',
    '/v1/nothing',
    '/v1/agreements/agreement-aaaaaaaaaaaaaaaaaaaaaaaaaa/history',
    '/v1/ceremonies/ceremony-aaaaaaaaaaaaaaaaaaaaaaaaaa/programme',
    '/v1/organizations/organization-aaaaaaaaaaaaaaaaaaaaaaaaaa/activity',
    '/v1/events/head/1',
    '/v1/events/page/1',
    '/v1/events/x/0',
    '/v1/projections/nothing',
    '/schemas/agreement.signed/2',
    '/problems/nothing',
    '/nothing',
  ])('%s is not found', async (path) => {
    const response = await get(path);
    expect([response.status, (await bodyOf(response)).type]).toEqual([404, '/problems/not-found']);
  });
});
