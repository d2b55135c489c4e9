import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evidence, leiOf, organization } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine, { clock: () => Date.parse('2026-02-03T04:05:06.789Z') });
});
afterAll(() => engine?.stop());

const post = async (path: string, body: object, client?: string) => {
  const answer = await registry.post(path, { ...body, evidence }, client === undefined ? {} : { client });
  await registry.seal();
  await registry.projector().deliver();
  return answer;
};
const landed = async (path: string, body: object, client?: string) => {
  const answer = await post(path, body, client);
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.body;
};
const read = (path: string) => bodyOf(registry.get(path));
const [inError, mistaken] = [{ reason: 'Registered twice' }, { reason: 'It was registered once' }];

describe('an exchange that another one registered', () => {
  let exchange = '';
  const lei = { scheme: 'lei', value: leiOf(1) };
  beforeAll(async () => {
    const { id } = await landed('/v1/organizations', organization('Exchange', { identifiers: [lei] }), 'first');
    exchange = `/v1/organizations/${id}`;
    await landed(`${exchange}/appoint-client`, { client: 'exchange' }, 'registrar');
  });

  it('keeps its name, its identifier and itself from whoever typed it in', async () => {
    await landed(`${exchange}/add-name`, { name: { value: 'EX', lang: 'en' } }, 'exchange');
    const acts: [act: string, body: object][] = [
      ['close', { on: '2025' }],
      ['end-name', { name: { value: 'Exchange', lang: 'en' } }],
      ['unlink-identifier', { identifier: lei }],
      ['retract', inError],
    ];
    for (const [act, body] of acts) {
      const { status, body: answer } = await post(`${exchange}/${act}`, body, 'first');
      expect([act, status, answer.type]).toEqual([act, 403, '/problems/right-lacking']);
    }
    expect(await read(exchange)).toMatchObject({ state: 'registered', version: 3, identifiers: [lei] });
    await landed(`${exchange}/end-name`, { name: { value: 'EX', lang: 'en' } }, 'exchange');
  });

  it('has everything back once a retraction is withdrawn: its client, its identifier, its place in lists', async () => {
    const before = await read(exchange);
    const rows = await read('/v1/organizations');
    await landed(`${exchange}/retract`, inError, 'registrar');
    expect((await post(`${exchange}/add-name`, { name: { value: 'X', lang: 'en' } }, 'exchange')).status).toBe(403);
    expect(await read(exchange)).toMatchObject({ state: 'retracted', retractions: [inError] });
    const refused = await post(`${exchange}/withdraw-retraction`, mistaken, 'exchange');
    expect(refused.body.type).toBe('/problems/scope-lacking');
    await landed(`${exchange}/withdraw-retraction`, mistaken, 'registrar');
    expect(await read(exchange)).toEqual({ ...before, version: before.version + 2 });
    const same = (row: object) => ({ ...row, version: 0 });
    expect((await read('/v1/organizations')).items.map(same)).toEqual(rows.items.map(same));
    await landed(`${exchange}/add-name`, { name: { value: 'X', lang: 'en' } }, 'exchange');
    const again = await post('/v1/organizations', organization('Second', { identifiers: [lei] }));
    expect([again.status, again.body.type]).toEqual([422, '/problems/identifier-taken']);
    const { items } = await read(`${exchange}/history`);
    expect(items.map(({ type }: { type: string }) => type)).toContain('organization.retraction-withdrawn');
  });

  it('is not brought back while another record holds what it held; the refusal names that record', async () => {
    await landed(`${exchange}/retract`, inError, 'registrar');
    const other = await landed('/v1/organizations', organization('Other', { identifiers: [lei] }));
    const refused = await post(`${exchange}/withdraw-retraction`, mistaken, 'registrar');
    expect([refused.status, refused.body.type]).toEqual([422, '/problems/identifier-taken']);
    expect(refused.body.detail).toContain(other.id);
    await landed(`/v1/organizations/${other.id}/unlink-identifier`, { identifier: lei });
    await landed(`${exchange}/withdraw-retraction`, mistaken, 'registrar');
    const twice = await post(`${exchange}/withdraw-retraction`, mistaken, 'registrar');
    expect([twice.status, twice.body.type]).toEqual([422, '/problems/not-retracted']);
  });
});

describe('what refers to a retracted record', () => {
  it('shows that it is retracted, as long as it is', async () => {
    const [bank, company] = [
      (await landed('/v1/organizations', organization('Bank'))).id,
      (await landed('/v1/organizations', organization('Company'))).id,
    ];
    const parties = [{ organization: bank }, { organization: company }];
    const agreement = (await landed('/v1/agreements', { kind: 'supply', parties })).id;
    const references = async (query = '') => (await read(`/v1/agreements/${agreement}${query}`)).references;
    const plain = await references();
    expect(plain[bank]).not.toHaveProperty('retracted');
    await landed(`/v1/organizations/${bank}/retract`, inError);
    const position = (await registry.get(`/v1/agreements/${agreement}`)).headers.get('Registry-Position');
    expect(await references()).toEqual({ ...plain, [bank]: { ...plain[bank], retracted: true } });
    await landed(`/v1/organizations/${bank}/withdraw-retraction`, mistaken, 'registrar');
    expect(await references()).toEqual(plain);
    expect((await references(`?knownAt=${position}`))[bank].retracted).toBe(true);
  });
});

describe('an award', () => {
  it('that was conferred again since is not brought back; one that was not is held again', async () => {
    const [body, laureate] = [
      (await landed('/v1/organizations', organization('Jury'))).id,
      (await landed('/v1/organizations', organization('Laureate'))).id,
    ];
    const names = [{ value: 'Laureates', lang: 'en' }];
    const programme = (await landed('/v1/award-programmes', { names, conferredBy: [body] })).id;
    const conferred = { programme, recipient: { organization: laureate } };
    const first = (await landed('/v1/awards', conferred)).id;
    await landed(`/v1/awards/${first}/retract`, inError);
    const second = (await landed('/v1/awards', conferred)).id;
    const refused = await post(`/v1/awards/${first}/withdraw-retraction`, mistaken, 'registrar');
    expect([refused.body.type, refused.body.detail.includes(second)]).toEqual(['/problems/conferred-already', true]);
    await landed(`/v1/awards/${second}/retract`, inError);
    await landed(`/v1/awards/${first}/withdraw-retraction`, mistaken, 'registrar');
    expect((await post('/v1/awards', conferred)).body.type).toBe('/problems/conferred-already');
  });
});

describe('a stay in a body', () => {
  it('stands in the roster again, under the number that it had', async () => {
    const [body, member] = [
      (await landed('/v1/organizations', organization('Body'))).id,
      (await landed('/v1/organizations', organization('Member'))).id,
    ];
    const membership = (await landed('/v1/memberships', { body, organization: member, on: '2024-01-01' })).id;
    const roster = async () => (await read(`/v1/organizations/${body}/members?on=2025-01-01`)).items;
    const before = await roster();
    expect(before).toHaveLength(1);
    await landed(`/v1/memberships/${membership}/retract`, { ...inError, period: 1 });
    expect(await roster()).toEqual([]);
    await landed(`/v1/memberships/${membership}/withdraw-retraction`, { ...mistaken, period: 1 }, 'registrar');
    expect(await roster()).toEqual(before);
  });
});
