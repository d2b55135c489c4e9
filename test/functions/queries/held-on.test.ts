import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidence } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
let ids: Record<string, string> = {};

const name = (value: string, times: object = {}) => ({ value, lang: 'en', ...times });
const register = (as: string, more: object) => ({
  command: 'register-organization',
  as,
  data: { kind: 'company', ...more, evidence },
});
const act = (command: string, target: string, data: object) => ({ command, target, data: { ...data, evidence } });

const commands = [
  register('group', { names: [name('Group')] }),
  register('trust', { names: [name('Trust', { since: '1990', until: '2010' }), name('Holding', { since: '2011' })] }),
  register('bank', {
    names: [name('Old Bank')],
    relations: [
      { type: 'part-of', to: '#group', since: '2015', until: '2018' },
      { type: 'member-of', to: '#trust' },
    ],
  }),
  act('relate', '#bank', { type: 'part-of', to: '#trust', on: '2021' }),
  act('add-name', '#bank', { name: name('New Bank'), on: '2020-07-01' }),
  act('end-name', '#bank', { name: name('Old Bank'), on: '2020-06-30' }),
  {
    command: 'record-ceremony',
    as: 'ceremony',
    data: {
      kind: 'forum',
      roles: [
        { organization: '#bank', role: 'sponsor', since: '2016', until: '2019' },
        { organization: '#group', role: 'host' },
      ],
      evidence,
    },
  },
  act('assign-role', '#ceremony', { organization: '#trust', role: 'sponsor', on: '2020' }),
  act('withdraw-role', '#ceremony', { organization: '#trust', role: 'sponsor', on: '2022' }),
  {
    command: 'perform-launch',
    as: 'launch',
    data: { kind: 'platform', names: [name('First')], by: ['#bank'], meaning: 'launched', on: '2015', evidence },
  },
  act('rename-launch', '#launch', { names: [name('Second')], on: '2019-01-01' }),
];

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  const answer = await registry.post('/v1/submissions', { commands });
  expect(answer.status, answer.text).toBe(201);
  ids = answer.body.ids;
  await registry.seal();
  expect(await registry.projector().deliver()).toEqual([]);
});
afterAll(() => engine?.stop());

const paths = { bank: 'organizations', trust: 'organizations', ceremony: 'ceremonies', launch: 'launches' };
const get = (record: keyof typeof paths, query = '') =>
  bodyOf(registry.get(`/v1/${paths[record]}/${ids[record]}${query}`));
const values = (names: readonly { value: string }[] = []) => names.map(({ value }) => value);
const as = (id: string) => Object.entries(ids).find(([, other]) => other === id)?.[0];

type Related = { type: string; to: string };
const shown = (relations: readonly Related[] = []) => relations.map(({ type, to }) => `${type} ${as(to)}`);

describe('a record on a day', () => {
  it.each([
    ['2014-06-01', ['member-of trust'], ['Old Bank']],
    ['2016-06-01', ['part-of group', 'member-of trust'], ['Old Bank']],
    ['2018-12-31', ['part-of group', 'member-of trust'], ['Old Bank']],
    ['2019-01-01', ['member-of trust'], ['Old Bank']],
    ['2020-06-30', ['member-of trust'], ['Old Bank']],
    ['2020-07-01', ['member-of trust'], ['New Bank']],
    ['2021-01-01', ['member-of trust', 'part-of trust'], ['New Bank']],
  ])('has the relations and names of that day: %s', async (day, relations, names) => {
    const bank = await get('bank', `?validOn=${day}`);
    expect(shown(bank.relations)).toEqual(relations);
    expect(values(bank.names)).toEqual(names);
  });
  it('says since when and until when', async () => {
    const bank = await get('bank', '?validOn=2016-06-01');
    expect(bank.relations[0]).toEqual({ type: 'part-of', to: ids.group, since: '2015', until: '2018' });
    expect(bank.names).toEqual([{ value: 'Old Bank', lang: 'en', until: '2020-06-30' }]);
    expect((await get('bank')).names).toEqual([{ value: 'New Bank', lang: 'en', since: '2020-07-01' }]);
  });
  it('without a day shows what has ended as former', async () => {
    const bank = await get('bank');
    expect(shown(bank.relations)).toEqual(['member-of trust', 'part-of trust']);
    expect(shown(bank.formerRelations)).toEqual(['part-of group']);
    expect(bank.relations[1]).toMatchObject({ since: '2021' });
    expect(values(bank.formerNames)).toEqual(['Old Bank']);
    expect(values((await get('trust')).names)).toEqual(['Holding']);
  });
  it.each([
    ['2015-12-31', ['group']],
    ['2016-01-01', ['bank', 'group']],
    ['2020-06-01', ['trust', 'group']],
    ['2023-01-01', ['group']],
  ])('has the roles of that day: %s', async (day, holders) => {
    const { roles } = await get('ceremony', `?validOn=${day}`);
    expect(roles.map(({ organization }: { organization: string }) => as(organization))).toEqual(holders);
  });
  it('has the names from before a renaming, and after it the others', async () => {
    const namesOn = async (query: string) => values((await get('launch', query)).names);
    expect(await namesOn('?validOn=2018-12-31')).toEqual(['First']);
    expect(await namesOn('?validOn=2019-06-01')).toEqual(['Second']);
    expect(await namesOn('')).toEqual(['Second']);
  });
});

describe('the names of what a record refers to', () => {
  const referred = async (query: string) => {
    const { references } = await get('bank', query);
    return values(references[String(ids.trust)].names);
  };
  it('are those of the day', async () => {
    expect(await referred('?validOn=2000-01-01')).toEqual(['Trust']);
    expect(await referred('?validOn=2016-01-01')).toEqual(['Holding']);
    // Nobody says what it was called then.
    expect(await referred('?validOn=1980-01-01')).toEqual([]);
    const { position } = await bodyOf(registry.get('/v1/projections/records'));
    expect(await referred(`?validOn=2000-01-01&knownAt=${position}`)).toEqual(['Trust']);
  });
  it('are those of today without a day, and in lists', async () => {
    expect(await referred('')).toEqual(['Holding']);
    const { items } = await bodyOf(registry.get('/v1/organizations'));
    const listed = items.map(({ id, names }: { id: string; names: { value: string }[] }) => [as(id), values(names)]);
    expect(listed).toEqual(
      expect.arrayContaining([
        ['trust', ['Holding']],
        ['bank', ['New Bank']],
      ]),
    );
  });
});
