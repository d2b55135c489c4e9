import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidence, organization } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
const ids: Record<string, string> = {};

const post = async (path: string, body: object) => {
  const answer = await registry.post(path, { ...body, evidence });
  expect([200, 201], answer.text).toContain(answer.status);
  return answer;
};
const act = (name: string, what: string, body: object) => post(`/v1/memberships/${ids[name]}/${what}`, body);
const get = (path: string) => bodyOf(registry.get(path));
const members = async (query = '') => get(`/v1/organizations/${ids.body}/members${query}`);
const named = async (query: string) =>
  (await members(query)).items.map((member: { organization: string }) =>
    Object.keys(ids).find((name) => ids[name] === member.organization),
  );

/** A company of this name, and its membership as `<name>M`. */
async function company(name: string, on: string, more: object = {}) {
  ids[name] = (await post('/v1/organizations', organization(name))).body.id;
  const { id } = (await post('/v1/memberships', { body: ids.body, organization: ids[name], on, ...more })).body;
  ids[`${name}M`] = id;
}

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine, { clock: () => Date.parse('2026-02-03T04:05:06.789Z') });
  ids.body = (await post('/v1/organizations', organization('The body'))).body.id;
  await company('steady', '2020-01-01', { class: 'full' });
  await company('left', '2021');
  await act('leftM', 'resign', { on: '2022-06-30' });
  await company('expelled', '2021-01-01');
  await act('expelledM', 'expel', { on: '2023' });
  await company('returned', '2015-01-01');
  await act('returnedM', 'resign', { on: '2016-12-31' });
  await act('returnedM', 'admit', { on: '2024-01-01', class: 'associate' });
  ids.wishing = (await post('/v1/organizations', organization('wishing'))).body.id;
  const between = { body: ids.body, organization: ids.wishing };
  const intent = await post('/v1/memberships', { command: 'declare-intent', ...between, on: '2020' });
  ids.wishingM = intent.body.id;
  await registry.seal();
  await registry.projector().deliver();
});
afterAll(() => engine?.stop());

describe('the roster of a body', () => {
  it.each([
    ['2014-12-31', []],
    ['2015-06-01', ['returned']],
    ['2017-01-01', []],
    ['2020-06-01', ['steady']],
    ['2021-06-01', ['steady', 'expelled', 'left']],
    ['2022-06-30', ['steady', 'expelled']],
    ['2023-06-01', ['steady', 'expelled']],
    ['2024-01-01', ['returned', 'steady']],
  ])('on %s', async (day, expected) => {
    expect(await named(`?on=${day}`)).toEqual(expected);
  });
  it('is that of today where no day is asked for, and holds no one who only wishes to join', async () => {
    expect(await named('')).toEqual(['returned', 'steady']);
  });
  it('tells what is certain from what is possible, with class, state, number and names', async () => {
    const { items, references } = await members('?on=2021-06-01');
    expect(items).toMatchObject([
      { organization: ids.steady, class: 'full', state: 'member', certainty: 'certain', from: '2020-01-01' },
      { organization: ids.expelled, certainty: 'certain', to: '2023' },
      { organization: ids.left, certainty: 'possible', from: '2021', to: '2022-06-30' },
    ]);
    expect(items[0]).toMatchObject({ membership: ids.steadyM, number: expect.stringMatching(/^M-\d+$/) });
    expect(references[String(ids.left)].names).toEqual([{ value: 'left', lang: 'en' }]);
  });
  it('comes in pages that go on where the one before ended', async () => {
    const seen: string[] = [];
    let next: string | undefined;
    for (let page = 0; page < 6; page += 1) {
      const answer = await members(`?on=2021-06-01&limit=1${next ? `&cursor=${next}` : ''}`);
      seen.push(...answer.items.map((member: { organization: string }) => member.organization));
      next = answer.next;
      if (next === undefined) break;
    }
    expect(next).toBeUndefined();
    expect(seen).toEqual([ids.steady, ids.expelled, ids.left]);
  });
  it('is refused for a day that is none, and for no organization', async () => {
    expect((await registry.get(`/v1/organizations/${ids.body}/members?on=2023-02-30`)).status).toBe(400);
    expect((await registry.get(`/v1/organizations/organization-${'a'.repeat(26)}/members`)).status).toBe(404);
  });
});

describe('a membership', () => {
  it('is one record for one body and organization, whoever opens it anew', async () => {
    const between = { body: ids.body, organization: ids.wishing };
    const again = await post('/v1/memberships', { command: 'apply', ...between, on: '2021' });
    expect([again.status, again.body.id]).toEqual([200, ids.wishingM]);
  });
  it('has a number for each stay, and each leads to it', async () => {
    const record = await get(`/v1/memberships/${ids.returnedM}`);
    const numbers = record.periods.map(({ number }: { number: string }) => number);
    expect(numbers).toHaveLength(2);
    expect(record).toMatchObject({ number: numbers[1], class: 'associate', state: 'member' });
    for (const number of numbers) {
      const answer = await registry.get(`/v1/numbers/${number}`);
      expect([answer.status, answer.headers.get('location')]).toEqual([307, `/v1/memberships/${ids.returnedM}`]);
    }
    const position = Number(numbers[1].slice(2)) - 1;
    expect((await registry.get(`/v1/numbers/M-${position}`)).status).toBe(404);
  });
  it('stands in the lists of its body, its organization, and its state', async () => {
    const listed = async (query: string) =>
      (await get(`/v1/memberships?${query}`)).items.map(({ id }: { id: string }) => id);
    expect((await listed(`body=${ids.body}`)).sort()).toEqual(
      ['steadyM', 'leftM', 'expelledM', 'returnedM', 'wishingM'].map((name) => String(ids[name])).sort(),
    );
    expect(await listed(`body=${ids.body}&organization=${ids.left}`)).toEqual([ids.leftM]);
    expect(await listed(`body=${ids.left}`)).toEqual([]);
    expect(await listed('state=expelled')).toEqual([ids.expelledM]);
    expect((await registry.get('/v1/memberships?programme=x')).status).toBe(400);
  });
  it('stands in the activity of body and organization', async () => {
    const { items } = await get(`/v1/organizations/${ids.left}/activity`);
    expect(items).toMatchObject([{ id: ids.leftM, state: 'resigned' }]);
  });
});
