import { request } from 'node:http';
import { handle } from 'hono/aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway } from '../../../infra/local/gateway.ts';
import { openPort, type Port } from '../../../infra/local/port.ts';
import { readWiring } from '../../../infra/local/wiring.ts';
import { organization, tokenFor } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { type TestRegistry, testRegistry } from '../../support/registry.ts';
import { synthesize } from '../templates.ts';
import { functionOf } from './doubles.ts';

let engine: TestEngine;
let registry: TestRegistry;
let port: Port;
/** A record that can be read. */
let id: string;

/** The functions behind the routes that the stacks have, as Lambda calls them. */
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  const wiring = readWiring(synthesize().stacks, { endpoint: 'http://127.0.0.1:1', suffix: 'x1' });
  const functions = Object.entries(registry.apps).map(([name, app]) => {
    const arn = wiring.functions.find(({ entry }) => entry === `functions/${name}/handler.ts`)?.arn ?? '';
    const handler = handle(app);
    return [arn, functionOf(async (event) => handler(event as never))] as const;
  });
  port = await openPort(
    0,
    createGateway(wiring, new Map(functions), () => () => {}),
  );
  id = (await registry.post('/v1/organizations', organization())).body.id;
  await registry.seal();
  await registry.projector().deliver();
});
afterAll(async () => {
  await port?.close();
  await engine?.stop();
});

interface Sent {
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Sends a request as it is given: `fetch` would repair some of these before it sends them. */
function send(method: string, path: string, { headers = {}, body }: Sent = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number | undefined;
    headers: NodeJS.Dict<string | string[]>;
    text: string;
  }>();
  const asking = request({ host: '127.0.0.1', port: port.number, method, path, headers }, async (response) => {
    const { statusCode: status, headers } = response;
    resolve({ status, headers, text: Buffer.concat(await response.toArray()).toString() });
  });
  asking.on('error', reject).end(body);
  return promise;
}

async function post(path: string, headers: Record<string, string>, body: object = organization()) {
  const own = {
    Authorization: `Bearer ${await tokenFor('gzde')}`,
    'Content-Type': 'application/json',
    'Idempotency-Key': crypto.randomUUID(),
    ...headers,
  };
  return send('POST', path, { headers: own, body: JSON.stringify(body) });
}

const problemOf = ({ status, headers, text }: Awaited<ReturnType<typeof send>>) => {
  expect(headers['content-type'], text).toBe('application/problem+json');
  return [status, JSON.parse(text).type.replace('/problems/', '')];
};

describe('what no route leads to', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/'],
    ['GET', '/v2/organizations'],
    ['GET', '/schemas'],
    ['POST', '/'],
    ['POST', '/docs'],
    ['POST', '/v1'],
    ['POST', '/v1/events'],
    ['PUT', '/v1/organizations'],
    ['PATCH', '/v1/organizations'],
    ['DELETE', '/v1/organizations'],
    ['OPTIONS', '/v1/organizations'],
    ['GET', '/v1/%zz'],
    ['GET', '/v1/organizations/%'],
    ['GET', '/%ff'],
    ['PUT', '/v1/organizations/%c3%28'],
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
    const waited = await send('GET', '/v1/events?wait=1&after=999999');
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

  it.each(['', '2', '"2"é'])('If-Match: %j is refused', async (tag) => {
    const body = { name: { value: `Alias ${tag}`, lang: 'en' }, evidence: organization().evidence };
    const answer = await post(`/v1/organizations/${id}/add-name`, { 'If-Match': tag }, body);
    expect(problemOf(answer)).toEqual([400, 'header-invalid']);
  });

  it('an encoded body is refused', async () => {
    expect(problemOf(await post('/v1/organizations', { 'Content-Encoding': 'gzip' }))).toEqual([415, 'media-type']);
    expect((await post('/v1/organizations', { 'Content-Encoding': 'identity' })).status).toBe(201);
  });
});
