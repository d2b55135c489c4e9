import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregates } from '../../../domain/catalog.ts';
import { evidence, organization, type TestApi, testApi, tokenFor } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { createExamples, operations } from '../../support/examples.ts';

/** An earlier answer comes first, then scope and right, then what speaks against the body, then a right that the body gives. */

let engine: TestEngine;
let api: TestApi;
/** A record of each aggregate, which the client `founder` has opened. */
const records = new Map<string, string>();

const opened = async (path: string, body: object, client = 'founder'): Promise<string> => {
  const answer = await api.post(path, { evidence, ...body }, { client });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id;
};
const appoint = async (id: string, client: string) => {
  const path = `/v1/organizations/${id}/appoint-client`;
  expect((await api.post(path, { client, evidence }, { client: 'registrar' })).status).toBe(200);
};
const slugOf = ({ status, body }: { status: number; body: { type?: string } }) => [
  status,
  body.type?.replace('/problems/', ''),
];

beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
  const examples = createExamples(api.post, 'founder');
  for (const aggregate of aggregates) records.set(aggregate.name, (await examples.open(aggregate)).id);
  await appoint(await opened('/v1/organizations', organization('Foreign')), 'foreigner');
});
afterAll(() => engine?.stop());

const acts = operations.filter(({ definition }) => definition.act !== undefined);

describe('whoever has no right on a record', () => {
  /** Bodies that are wrong in several ways: none of them tells a stranger more than another. */
  const unfit = [
    {},
    { unheardOf: true, evidence: [] },
    [],
    'text',
    null,
    { evidence: [{ source: { title: '\ud800' } }] },
  ];

  it.each(acts)('learns nothing of the body of $definition.name', async ({ aggregate, definition, route }) => {
    const id = records.get(aggregate.name) as string;
    const path = route.replace('{id}', id);
    const { scope, by } = definition;
    const lacks = scope === 'registry/registrar' ? [403, 'scope-lacking'] : [403, 'right-lacking'];
    const expected = by === 'anyone' ? [422, 'invalid-body'] : lacks;
    const together = (data: object) => ({ commands: [{ command: definition.name, target: id, data }] });
    for (const body of unfit) {
      expect(slugOf(await api.post(path, body, { client: 'stranger' }))).toEqual(expected);
      if (typeof body !== 'object' || body === null || Array.isArray(body)) continue;
      expect(slugOf(await api.post('/v1/submissions', together(body), { client: 'stranger' }))).toEqual(expected);
    }
  });

  it('is told so before that the body refers to what is not there', async () => {
    const dangling = { ceremony: 'ceremony-aaaaaaaaaaaaaaaaaaaaaaaaaa' };
    const correct = { corrects: 1, set: dangling, reason: 'clerical', evidence };
    const path = `/v1/agreements/${records.get('agreement')}/correct`;
    expect(slugOf(await api.post(path, correct, { client: 'stranger' }))).toEqual([403, 'right-lacking']);
    expect(slugOf(await api.post(path, correct, { client: 'founder' }))).toEqual([422, 'unknown-reference']);
  });

  it('is told so before that a text holds the id of a person, and that the record has changed', async () => {
    const path = `/v1/agreements/${records.get('agreement')}`;
    const signed = { mode: 'definitive', signatory: { name: 'Wang Wei' }, evidence };
    const sign = { ...signed, party: 1, capacity: `for person-${'a'.repeat(26)}` };
    expect(slugOf(await api.post(`${path}/sign`, sign, { client: 'stranger' }))).toEqual([403, 'right-lacking']);
    expect(slugOf(await api.post(`${path}/sign`, sign, { client: 'founder' }))).toEqual([422, 'person-id-in-text']);
    const later = (client: string) =>
      api.post(`${path}/terminate`, { reason: 'Over', evidence }, { client, headers: { 'If-Match': '"99"' } });
    expect(slugOf(await later('stranger'))).toEqual([403, 'right-lacking']);
    expect(slugOf(await later('founder'))).toEqual([412, 'stale']);
  });
});

describe('whoever has the right, or may have it by what the body says', () => {
  it.each(acts)('learns what is wrong with the body of $definition.name', async ({ aggregate, definition, route }) => {
    const path = route.replace('{id}', records.get(aggregate.name) as string);
    const { scope, by, concerns } = definition;
    const client = scope === 'registry/registrar' ? 'registrar' : 'founder';
    const isForOthers = by === 'host-or-party';
    const expected = isForOthers ? [403, 'right-lacking'] : [422, 'invalid-body'];
    expect(slugOf(await api.post(path, { unheardOf: true }, { client }))).toEqual(expected);
    if (concerns === undefined) return;
    // The body may name the organization of the client, and then it is that one's own act.
    expect(slugOf(await api.post(path, {}, { client: 'foreigner' }))).toEqual([422, 'invalid-body']);
  });

  it('is not refused for a right that an earlier command of the submission gives', async () => {
    const own = await opened('/v1/organizations', organization('Own'), 'whoever');
    await appoint(own, 'founder-2');
    const parties = ['One', 'Two'].map((name) => opened('/v1/organizations', organization(name), 'whoever'));
    const ceremony = await opened('/v1/ceremonies', { kind: 'signing' }, 'founder-2');
    const agreement = await opened(
      '/v1/agreements',
      { kind: 'supply', ceremony, parties: (await Promise.all(parties)).map((id) => ({ organization: id })) },
      'whoever',
    );
    const role = { organization: own, role: 'host', evidence };
    const assign = { command: 'assign-role', target: ceremony, data: role };
    const act = (data: object) => ({ command: 'resume', target: agreement, data });
    const submit = (...commands: object[]) => api.post('/v1/submissions', { commands }, { client: 'founder-2' });
    expect(slugOf(await submit(act({})))).toEqual([403, 'right-lacking']);
    expect(slugOf(await submit(assign, act({})))).toEqual([422, 'invalid-body']);
    expect(slugOf(await submit(assign, act({ evidence })))).toEqual([201, undefined]);
  });
});

describe('the scope', () => {
  it('is judged before the body of an opening, and of an erasure', async () => {
    expect(slugOf(await api.post('/v1/agreements', {}, { client: 'registrar' }))).toEqual([403, 'right-lacking']);
    const person = 'person-aaaaaaaaaaaaaaaaaaaaaaaaaa';
    expect(slugOf(await api.post(`/v1/people/${person}/erase`, {}))).toEqual([403, 'scope-lacking']);
    expect(slugOf(await api.post(`/v1/people/${person}/erase`, {}, { client: 'registrar' }))).toEqual([
      422,
      'invalid-body',
    ]);
  });
});

describe('an earlier answer under the same key', () => {
  it('is given to whoever has lost the right since: by that very act', async () => {
    const id = await opened('/v1/organizations', organization('Leaving'));
    await appoint(id, 'leaving');
    const retract = (how: object = {}) =>
      api.post(
        `/v1/organizations/${id}/retract`,
        { reason: 'We do not exist', evidence },
        { client: 'leaving', key: 'leave', ...how },
      );
    const first = await retract();
    expect(first.status, first.text).toBe(200);
    const again = await retract();
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(again.body.events).toEqual(first.body.events);
    expect(slugOf(await retract({ key: 'leave-again' }))).toEqual([403, 'right-lacking']);
    const narrower = `Bearer ${await tokenFor('leaving', { claims: { scope: 'registry/registrar' } })}`;
    expect((await retract({ authorization: narrower })).status).toBe(200);
  });

  it('comes before what speaks against another body', async () => {
    const id = records.get('organization');
    const path = `/v1/organizations/${id}/add-evidence`;
    expect((await api.post(path, { evidence }, { key: 'used' })).status).toBe(200);
    expect(slugOf(await api.post(path, {}, { key: 'used' }))).toEqual([422, 'key-reused']);
    const commands = [{ command: 'add-evidence', target: id, data: { evidence } }];
    expect((await api.post('/v1/submissions', { commands }, { key: 'used too' })).status).toBe(201);
    const unfit = { commands: [{ ...commands[0], data: {} }] };
    expect(slugOf(await api.post('/v1/submissions', unfit, { key: 'used too' }))).toEqual([422, 'key-reused']);
  });
});
