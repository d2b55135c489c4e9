import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { organization, tokenFor } from '../../support/api.ts';
import { type Answered, type Sent, type ServedRegistry, serveRegistry } from './served.ts';

let served: ServedRegistry;
/** A record that can be read. */
let id: string;

beforeAll(async () => {
  served = await serveRegistry();
  const { registry } = served;
  id = (await registry.post('/v1/organizations', organization())).body.id;
  await registry.seal();
  await registry.project();
});
afterAll(() => served?.stop());

const send = (method: string, path: string, sent?: Sent) => served.send(method, path, sent);

async function post(path: string, headers: Record<string, string>, body: object = organization()) {
  const own = {
    Authorization: `Bearer ${await tokenFor('gzde')}`,
    'Content-Type': 'application/json',
    'Idempotency-Key': crypto.randomUUID(),
    ...headers,
  };
  return send('POST', path, { headers: own, body: JSON.stringify(body) });
}

const problemOf = ({ status, headers, text }: Answered) => {
  expect(headers['content-type'], text).toBe('application/problem+json');
  return [status, JSON.parse(text).type.replace('/problems/', '')];
};

describe('what no route leads to', () => {
  it.each([
    ['GET', '/v1'],
    ['GET', '/v1/'],
    ['GET', '/v2/organizations'],
    ['GET', '/schemas'],
    ['POST', '/v1'],
    ['PUT', '/v1/nothing'],
    ['PATCH', '/v1/nothing'],
    ['DELETE', '/v1/nothing'],
    ['OPTIONS', '/v1/nothing'],
    ['TRACE', '/v1/nothing'],
    ['GET', '/v1/%zz'],
    ['GET', '/v1/organizations/%'],
    ['GET', '/%ff'],
    ['PUT', '/v1/organizations/%c3%28/x'],
  ])('is answered with a problem: %s %s', async (method, path) => {
    expect(problemOf(await send(method, path))).toEqual([404, 'not-found']);
  });

  it('is answered with a problem under a malformed path that is posted to', async () => {
    expect(problemOf(await post('/v1/organizations/%zz/add-name', {}))).toEqual([404, 'not-found']);
    expect(problemOf(await post('/v1/%zz', {}))).toEqual([404, 'not-found']);
  });
});

describe('HEAD', () => {
  const paths = () => [
    '/docs',
    '/health',
    '/v1/openapi.json',
    '/v1/organizations',
    `/v1/organizations/${id}`,
    `/v1/organizations/${id}/history`,
    '/v1/events',
    `/v1/events/${id}/1`,
    '/v1/projections',
    '/v1/projections/records',
    '/schemas/organization.registered/1',
    '/problems/stale',
    '/v1/organizations?limit=0',
    '/v1/nothing',
    '/nothing',
  ];

  it('is answered as GET is, without the body', async () => {
    for (const path of paths()) {
      const { date: _, 'content-length': __, ...headers } = (await send('GET', path)).headers;
      const head = await send('HEAD', path);
      expect(head, path).toMatchObject({ headers, text: '' });
      expect(head.status, path).toBe((await send('GET', path)).status);
    }
  });
});

describe('the feed', () => {
  it('is answered by its own function, at once and after waiting, and single events by another', async () => {
    const feed = await send('GET', '/v1/events');
    expect([feed.status, JSON.parse(feed.text)[0].position]).toEqual([200, 0]);
    const waited = await send('GET', '/v1/events?wait=1&after=0');
    expect([waited.status, waited.text, waited.headers['cache-control']]).toEqual([200, '[]', 'no-store']);
    expect((await send('GET', `/v1/events/${id}/1`)).status).toBe(200);
  });
});

describe('headers on their way through Lambda', () => {
  it.each(['k-é', 'k-è', '\u00ff', ''])('the Idempotency-Key %j is none', async (key) => {
    expect(problemOf(await post('/v1/organizations', { 'Idempotency-Key': key }))).toEqual([400, 'key-missing']);
  });

  it('an Idempotency-Key that looks percent-encoded is one', async () => {
    expect((await post('/v1/organizations', { 'Idempotency-Key': 'k-%C3%A9' })).status).toBe(201);
  });

  it.each(['2', '"2"é', '"2', '"2" "3"', '*, "2"'])('If-Match: %j is refused', async (tag) => {
    const body = { name: { value: `Alias ${tag}`, lang: 'en' }, evidence: organization().evidence };
    const answer = await post(`/v1/organizations/${id}/add-name`, { 'If-Match': tag }, body);
    expect(problemOf(answer)).toEqual([400, 'header-invalid']);
  });

  it('an If-Match that lists nothing allows no version', async () => {
    const body = { name: { value: 'Alias', lang: 'en' }, evidence: organization().evidence };
    expect(problemOf(await post(`/v1/organizations/${id}/add-name`, { 'If-Match': '' }, body))).toEqual([412, 'stale']);
  });

  it('an encoded body is refused', async () => {
    expect(problemOf(await post('/v1/organizations', { 'Content-Encoding': 'gzip' }))).toEqual([415, 'media-type']);
    expect((await post('/v1/organizations', { 'Content-Encoding': 'identity' })).status).toBe(201);
  });
});
