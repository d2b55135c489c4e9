import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { land, pathsOf, submissions } from './small-registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
const ids: Record<string, string> = {};

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  for (const commands of submissions) await land(registry, commands, ids);
  expect(await registry.projector().deliver()).toEqual([]);
});
afterAll(() => engine?.stop());

const path = (name: string) => pathsOf(ids).get(name) as string;
const get = (name: string, query = '') => bodyOf(registry.get(path(name) + query));

describe('validOn a day', () => {
  it.each([
    ['membership', '2019-12-31', 'none', 'certain'],
    ['membership', '2020-06-01', 'member', 'possible'],
    ['membership', '2020-12-31', 'member', 'certain'],
    ['membership', '2021-03-15', 'suspended', 'possible'],
    ['membership', '2021-03-31', 'suspended', 'certain'],
    ['membership', '2021-07-01', 'member', 'certain'],
    ['membership', '2022-06-30', 'resigned', 'certain'],
    ['membership', '2024-01-01', 'member', 'certain'],
    ['agreement', '2023-01-31', 'announced', 'certain'],
    ['agreement', '2023-02-10', 'partly-signed', 'possible'],
    ['agreement', '2023-02-25', 'signed', 'possible'],
    ['agreement', '2023-02-28', 'signed', 'certain'],
    ['agreement', '2023-04-01', 'in-force', 'certain'],
    ['award', '2022-12-31', 'none', 'certain'],
    ['award', '2023-06-01', 'revoked', 'possible'],
    ['award', '2023-12-31', 'revoked', 'certain'],
    ['ceremony', '2023-02-22', 'announced', 'certain'],
    ['ceremony', '2023-02-23', 'held', 'certain'],
    ['programme', '2023-02-23', 'closed', 'possible'],
    ['programme', '2022-12-31', 'open', 'certain'],
    ['cohort', '2023-06-01', 'reconciled', 'possible'],
    ['cohort', '2024-01-01', 'reconciled', 'certain'],
    ['launch', '2023-06-15', 'discontinued', 'possible'],
    ['launch', '2023-05-31', 'launched', 'possible'],
    ['bank', '2025-03-01', 'closed', 'possible'],
    ['bank', '2024-12-31', 'registered', 'certain'],
  ])('is answered for the %s on %s: %s, %s', async (name, day, state, certainty) => {
    expect(await get(name, `?validOn=${day}`)).toMatchObject({ state, certainty });
  });

  it('changes nothing else but the class, the names and how parties stood, and says how certain that is', async () => {
    const lasting = ({ state: _, since: __, certainty: ___, ...party }: Record<string, unknown>) => party;
    for (const name of Object.keys(ids)) {
      const record = await get(name);
      expect(record).not.toHaveProperty('certainty');
      const { certainty, parties, ...then } = await get(name, '?validOn=2023-02-10');
      expect(['certain', 'possible']).toContain(certainty);
      expect(parties?.map(lasting)).toEqual(record.parties?.map(lasting));
      const { state, parties: now, class: ofToday, names, formerNames } = record;
      expect({ ...then, state, parties: now, class: ofToday, names, formerNames }).toEqual({
        ...record,
        parties: now,
        class: ofToday,
        names,
        formerNames,
      });
    }
  });

  it('tells of each party of an agreement how it stood, on its page and in the list of its parties', async () => {
    for (const [day, exchange, bank] of [
      [
        '2023-02-22',
        { state: 'unsigned', certainty: 'certain' },
        { state: 'signed', since: '2023-02', certainty: 'possible' },
      ],
      [
        '2023-04-01',
        { state: 'bound', since: '2023-04-01' },
        { state: 'bound', since: '2023-04-01', certainty: 'certain' },
      ],
    ] as const) {
      const expected = [
        { organization: ids.exchange, ...exchange },
        { organization: ids.bank, ...bank },
      ];
      expect((await get('agreement', `?validOn=${day}`)).parties).toMatchObject(expected);
      const list = await bodyOf(registry.get(`${path('agreement')}/parties?validOn=${day}`));
      expect(list.items).toMatchObject(expected);
    }
    const [signing] = (await bodyOf(registry.get(`${path('agreement')}/history`))).items;
    const known = `?knownAt=${signing.position + 1}&validOn=2023-04-01`;
    expect((await bodyOf(registry.get(`${path('agreement')}/parties${known}`))).items).toMatchObject([
      { state: 'signed', since: '2023-02-23' },
      { state: 'unsigned' },
    ]);
  });

  it('tells with knownAt what was known then about that day', async () => {
    const { items } = await bodyOf(registry.get(`${path('membership')}/history`));
    const resigned = items.find(({ type }: { type: string }) => type === 'membership.resigned').position;
    const known = async (position: number) =>
      get('membership', `?knownAt=${position}&validOn=2022-07-01`).then(({ state, certainty }) => [state, certainty]);
    expect(await known(resigned - 1)).toEqual(['member', 'certain']);
    expect(await known(resigned)).toEqual(['resigned', 'certain']);
    expect((await get('membership', `?knownAt=${resigned}&validOn=2020-06-01`)).certainty).toBe('possible');
  });

  it.each(['', '2023', '2023-02', '2023-02-30', '2023-02-23?', '2023-02-23T00:00:00Z'])(
    'is refused as %j',
    async (day) => {
      const problem = await get('agreement', `?validOn=${encodeURIComponent(day)}`);
      expect(problem).toMatchObject({ status: 400, type: '/problems/parameter-invalid' });
      expect(problem.errors).toMatchObject([{ pointer: '/validOn' }]);
    },
  );
});

describe('what each event of a history changed', () => {
  it('is told with who said it, on whose behalf, and on what evidence', async () => {
    const own = await testRegistry(engine);
    const source = (title: string) => [{ source: { title }, basis: 'stated' }];
    const post = async (to: string, body: object, client?: string) => {
      const answer = await own.post(to, body, client === undefined ? {} : { client });
      expect([200, 201], answer.text).toContain(answer.status);
      return answer.body.id as string;
    };
    const company = (value: string) => ({
      kind: 'company',
      names: [{ value, lang: 'en' }],
      evidence: source('A site'),
    });
    const first = await post('/v1/organizations', company('First'));
    const second = await post('/v1/organizations', company('Second'));
    const agreement = await post('/v1/agreements', {
      kind: 'cooperation',
      parties: [{ organization: first }, { organization: second }],
      signatures: [{ party: first, mode: 'definitive', on: '2023-02-23' }],
      evidence: source('A newspaper'),
    });
    const appointed = { client: 'second-client', evidence: source('A letter') };
    await post(`/v1/organizations/${second}/appoint-client`, appointed, 'registrar');
    const signing = { party: second, mode: 'definitive', on: '2023-02', evidence: source('Its own copy') };
    await post(`/v1/agreements/${agreement}/sign`, signing, 'second-client');
    await own.seal();
    await own.projector().deliver();
    const { items } = await bodyOf(own.get(`/v1/agreements/${agreement}/history`));
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({ type: 'agreement.registered', actor: 'gzde', streamversion: 1 });
    expect(items[0]).not.toHaveProperty('onbehalfof');
    expect(items[0].data.evidence).toEqual(source('A newspaper'));
    expect(items[0].changes).toContainEqual({ pointer: '/kind', is: 'cooperation' });
    expect(items[2]).toMatchObject({ type: 'agreement.signed', actor: 'second-client', onbehalfof: second });
    expect(items[2].data).toMatchObject({ party: second, speaksAs: 'party', evidence: source('Its own copy') });
    const signature = { version: 3, party: second, mode: 'definitive', on: '2023-02' };
    expect(items[2].changes).toEqual(
      expect.arrayContaining([
        { pointer: '/version', was: 2, is: 3 },
        { pointer: '/state', was: 'partly-signed', is: 'signed' },
        { pointer: '/evidence/1', is: source('Its own copy')[0] },
        { pointer: '/signatures/1', is: signature },
      ]),
    );
  });
});
