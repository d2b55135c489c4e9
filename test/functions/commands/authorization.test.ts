import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/shared/openapi.ts';
import { evidence, organization, type TestApi, testApi, tokenFor } from '../../support/api.ts';
import { scanAll } from '../../support/check-log.ts';
import { ORIGIN } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';

let engine: TestEngine;
let api: TestApi;
let id: string;
beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
  id = (await api.post('/v1/organizations', organization())).body.id;
});
afterAll(() => engine?.stop());

type Operations = Record<string, { post?: { requestBody: { content: { 'application/json': { example: object } } } } }>;
const { paths } = openApiDocument(ORIGIN) as { paths: Operations };
const writes = Object.entries(paths).flatMap(([path, { post }]) =>
  post ? [{ path, example: post.requestBody.content['application/json'].example }] : [],
);
const pathOf = (path: string) =>
  path.replace('{id}', path.includes('/organizations/') ? id : `${aggregateIn(path)}-${'a'.repeat(26)}`);
const aggregateIn = (path: string) => (path.includes('/agreements/') ? 'agreement' : 'ceremony');

const unsigned = (header: object, claims: object) =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;
const bearer = async (...how: Parameters<typeof tokenFor>) => `Bearer ${await tokenFor(...how)}`;

describe.each(writes)('POST $path', ({ path, example }) => {
  const bad: [what: string, status: number, type: string, authorization: () => Promise<string | null>][] = [
    ['without a token', 401, 'token-missing', async () => null],
    ['with another scheme', 401, 'token-missing', async () => 'Basic Z3pkZTpnemRl'],
    ['with a token that is none', 401, 'token-invalid', async () => 'Bearer nonsense'],
    ['with an expired token', 401, 'token-invalid', () => bearer('gzde', { expires: '1 minute ago' })],
    ['with a token that never expires', 401, 'token-invalid', () => bearer('gzde', { expires: null })],
    ['with a token of another issuer', 401, 'token-invalid', () => bearer('gzde', { issuer: 'https://other.example' })],
    ['with a token signed by somebody else', 401, 'token-invalid', () => bearer('gzde', { forged: true })],
    [
      'with a token that nobody signed (alg: none)',
      401,
      'token-invalid',
      async () =>
        `Bearer ${unsigned({ alg: 'none' }, { iss: 'https://issuer.example.org', client_id: 'gzde', scope: 'registry/submit', exp: inAnHour() })}`,
    ],
    [
      'with a token signed with a shared secret (HS256)',
      401,
      'token-invalid',
      async () =>
        `Bearer ${unsigned({ alg: 'HS256', kid: 'first' }, { iss: 'https://issuer.example.org', client_id: 'gzde', scope: 'registry/submit', exp: inAnHour() })}c2ln`,
    ],
    ['with a token that names no client', 401, 'token-invalid', () => bearer('', { claims: { client_id: undefined } })],
    ['with a token without a scope', 403, 'scope-lacking', () => bearer('gzde', { claims: { scope: undefined } })],
    [
      'with a token of another scope',
      403,
      'scope-lacking',
      () => bearer('gzde', { claims: { scope: 'openid profile' } }),
    ],
  ];

  it.each(bad)('is refused %s', async (_, status, type, authorization) => {
    const header = await authorization();
    const before = (await scanAll(engine.documents, engine.tables.events)).length;
    const answer = await api.post(pathOf(path), example, { authorization: header });
    expect([answer.status, answer.body.type]).toEqual([status, `/problems/${type}`]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect((await scanAll(engine.documents, engine.tables.events)).length).toBe(before);
  });
});

describe('rights', () => {
  const name = { name: { value: 'Alias', lang: 'en' }, evidence };

  it('on a record are its submitter’s, not another organization’s', async () => {
    const { status, body } = await api.post(`/v1/organizations/${id}/add-name`, name, { client: 'gdgje' });
    expect([status, body.type]).toEqual([403, '/problems/right-lacking']);
    expect((await api.post(`/v1/organizations/${id}/add-name`, name)).status).toBe(200);
  });

  it('on a record are not won through a submission', async () => {
    const commands = [{ command: 'add-name', target: id, data: { ...name, name: { value: 'Other', lang: 'en' } } }];
    const { status, body } = await api.post('/v1/submissions', { commands }, { client: 'gdgje' });
    expect([status, body.type]).toEqual([403, '/problems/right-lacking']);
  });

  it('of the registrar are not any submitter’s, nor anybody’s with only the scope', async () => {
    const path = `/v1/organizations/${id}/appoint-client`;
    const body = { client: 'somebody', evidence };
    expect((await api.post(path, body)).body.type).toBe('/problems/scope-lacking');
    const pretender = await bearer('pretender', { claims: { scope: 'registry/submit registry/registrar' } });
    const pretended = await api.post(path, body, { authorization: pretender });
    expect([pretended.status, pretended.body.type]).toEqual([403, '/problems/right-lacking']);
    const commands = [{ command: 'appoint-client', target: id, data: body }];
    expect((await api.post('/v1/submissions', { commands })).body.type).toBe('/problems/scope-lacking');
    expect((await api.post(path, body, { client: 'registrar' })).status).toBe(200);
  });

  it('come with an appointment and go with a dismissal', async () => {
    const path = `/v1/organizations/${id}/add-name`;
    const as = { client: 'appointed' };
    const named = (value: string) => ({ name: { value, lang: 'en' }, evidence });
    expect((await api.post(path, named('One'), as)).status).toBe(403);
    const act = (what: string) =>
      api.post(`/v1/organizations/${id}/${what}-client`, { client: 'appointed', evidence }, { client: 'registrar' });
    expect((await act('appoint')).status).toBe(200);
    expect((await api.post(path, named('One'), as)).status).toBe(200);
    expect((await act('dismiss')).status).toBe(200);
    expect((await api.post(path, named('Two'), as)).status).toBe(403);
  });

  it('belong to the parties of an agreement, whoever submitted it', async () => {
    const other = (await api.post('/v1/organizations', organization('Other'))).body.id;
    const party = { client: 'client-of-other' };
    await api.post(
      `/v1/organizations/${other}/appoint-client`,
      { client: party.client, evidence },
      { client: 'registrar' },
    );
    const parties = [{ organization: id }, { organization: other }];
    const agreement = await api.post('/v1/agreements', { kind: 'cooperation', parties, evidence });
    const path = `/v1/agreements/${agreement.body.id}/sign`;
    const sign = { party: other, mode: 'definitive', evidence };
    expect((await api.post(path, sign, { client: 'stranger' })).status).toBe(403);
    expect((await api.post(path, sign, party)).status).toBe(200);
  });
});
