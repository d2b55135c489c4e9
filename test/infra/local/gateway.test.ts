import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createGateway } from '../../../infra/local/gateway.ts';
import { openPort, type Port } from '../../../infra/local/port.ts';
import { functionOf } from './doubles.ts';

vi.mock('../../../infra/local/terminal.ts', () => ({ printError: vi.fn() }));

const wiring = {
  integrations: [{ id: 'i', function: 'arn:function' }],
  routes: ['POST /v1/{proxy+}', 'GET /v1/{proxy+}', 'GET /v1/events', 'GET /v1/events/{proxy+}', 'ANY /{one}/x'].map(
    (key) => ({ key, integration: 'i' }),
  ),
  cors: { AllowOrigins: ['*'], AllowMethods: ['GET'], AllowHeaders: ['Prefer'], ExposeHeaders: ['ETag'], MaxAge: 60 },
};

const ports: Port[] = [];
afterEach(async () => {
  await Promise.all(ports.splice(0).map((port) => port.close()));
});

/** The event that a function got for a request, as it is documented for payload format 2.0. */
interface Event {
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  pathParameters?: Record<string, string>;
  requestContext: { http: { method: string; path: string } };
  body?: string;
  isBase64Encoded: boolean;
}

async function serve(handler: (event: Event) => unknown, writing = () => () => {}) {
  const target = functionOf(async (event) => handler(event as Event));
  const port = await openPort(0);
  ports.push(port);
  port.answerWith(createGateway(wiring, new Map([['arn:function', target]]), writing));
  return `http://127.0.0.1:${port.number}`;
}

async function eventFor(path: string, init?: RequestInit): Promise<Event> {
  let seen: Event | undefined;
  const url = await serve((event) => {
    seen = event;
    return { statusCode: 204 };
  });
  await fetch(`${url}${path}`, init);
  if (!seen) throw new Error('the function was not called');
  return seen;
}

test('hands over path, query, headers and cookies as payload format 2.0 has them', async () => {
  const event = await eventFor('/v1/agreements/a%20b?kind=x&kind=y&q=%C3%A9', {
    headers: { 'X-Two': 'a, b', cookie: 'one=1; two=2' },
  });
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'GET /v1/{proxy+}',
    rawPath: '/v1/agreements/a b',
    rawQueryString: 'kind=x&kind=y&q=%C3%A9',
    queryStringParameters: { kind: 'x,y', q: 'é' },
    pathParameters: { proxy: 'agreements/a b' },
    cookies: ['one=1', 'two=2'],
    headers: { 'x-two': 'a, b' },
    requestContext: { http: { method: 'GET', path: '/v1/agreements/a b' }, stage: '$default' },
    isBase64Encoded: false,
  });
  expect(event.headers).not.toHaveProperty('cookie');
});

test('leaves out what a request does not have', async () => {
  const event = await eventFor('/v1/events');
  expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['body']));
  for (const name of ['body', 'cookies', 'queryStringParameters', 'pathParameters']) {
    expect(event).not.toHaveProperty(name);
  }
});

test.each([
  [
    'JSON as text',
    'application/json; charset=utf-8',
    Buffer.from('{"ä":1}'),
    { body: '{"ä":1}', isBase64Encoded: false },
  ],
  ['anything else in Base64', 'image/png', Buffer.from([1, 2]), { body: 'AQI=', isBase64Encoded: true }],
  [
    'text that is not UTF-8 in Base64',
    'application/json',
    Buffer.from([0xff]),
    { body: '/w==', isBase64Encoded: true },
  ],
])('hands over %s', async (_, type, body, expected) => {
  expect(await eventFor('/v1/x', { method: 'POST', body, headers: { 'Content-Type': type } })).toMatchObject(expected);
});

test.each([
  ['/v1/events', 'GET /v1/events'],
  ['/v1/events/a/1', 'GET /v1/events/{proxy+}'],
  ['/v1/eventsful', 'GET /v1/{proxy+}'],
  ['/some/x', 'ANY /{one}/x'],
])('chooses the most specific route for %s', async (path, routeKey) => {
  expect((await eventFor(path)).routeKey).toBe(routeKey);
});

test('hands over a malformed path as it is', async () => {
  expect(await eventFor('/v1/%zz%20?a=%zz')).toMatchObject({
    rawPath: '/v1/%zz%20',
    rawQueryString: 'a=%zz',
    pathParameters: { proxy: '%zz%20' },
  });
});

test('answers HEAD without a body and without a length', async () => {
  const url = await serve(() => ({ statusCode: 200, headers: { ETag: '"1"' }, body: 'never seen' }));
  const response = await fetch(`${url}/x/x`, { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect([response.headers.get('etag'), response.headers.get('content-length')]).toEqual(['"1"', null]);
});

test('answers 404 where no route leads', async () => {
  const url = await serve(() => 'never');
  const response = await fetch(`${url}/v2/y`);
  expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
});

test('gives back status, headers, cookies and binary bodies', async () => {
  const url = await serve(() => ({
    statusCode: 201,
    headers: { ETag: '"1"', 'content-type': 'application/octet-stream' },
    cookies: ['a=1', 'b=2'],
    body: 'AQL/',
    isBase64Encoded: true,
  }));
  const response = await fetch(`${url}/v1/x`);
  expect(response.status).toBe(201);
  expect(response.headers.get('etag')).toBe('"1"');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 255]);
});

test('takes an answer without a status for the JSON body of a 200', async () => {
  const url = await serve(() => ({ any: 'thing' }));
  const response = await fetch(`${url}/v1/x`);
  expect([response.status, await response.json()]).toEqual([200, { any: 'thing' }]);
});

test('answers 500 and no details when a function throws', async () => {
  const url = await serve(() => {
    throw new Error('secret');
  });
  const response = await fetch(`${url}/v1/x`);
  expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
});

test('refuses what is larger than a function may be given, and takes what is not', async () => {
  const url = await serve(({ body = '' }) => ({ statusCode: 200, body: String(body.length) }));
  const post = (bytes: number) =>
    fetch(`${url}/v1/x`, { method: 'POST', body: 'x'.repeat(bytes), headers: { 'Content-Type': 'text/plain' } });
  expect(await (await post(2 ** 20)).text()).toBe(String(2 ** 20));
  expect((await post(7 * 2 ** 20)).status).toBe(413);
});

test('measures an answer as Lambda does: its JSON, in which quotes are escaped', async () => {
  const text = '"'.repeat(4_000_000);
  const url = await serve(({ rawPath }) =>
    rawPath === '/v1/text'
      ? { statusCode: 200, body: text }
      : { statusCode: 200, body: Buffer.from(text).toString('base64'), isBase64Encoded: true },
  );
  expect((await fetch(`${url}/v1/text`)).status).toBe(500);
  const answer = await fetch(`${url}/v1/base64`);
  expect([answer.status, (await answer.text()) === text]).toEqual([200, true]);
});

test('answers preflights itself and opens answers to other origins', async () => {
  const url = await serve(() => ({ statusCode: 200, headers: { 'access-control-allow-origin': 'nobody' } }));
  const preflight = await fetch(`${url}/v1/x`, {
    method: 'OPTIONS',
    headers: { Origin: 'http://a.example', 'Access-Control-Request-Method': 'GET' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toBe('prefer');
  const response = await fetch(`${url}/v1/x`, { headers: { Origin: 'http://a.example' } });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-expose-headers')).toBe('etag');
});

test('says when a writing request begins and ends, and is silent about reading ones', async () => {
  const seen: string[] = [];
  const url = await serve(
    () => void seen.push('invoked'),
    () => {
      seen.push('begins');
      return () => void seen.push('ends');
    },
  );
  await fetch(`${url}/v1/x`);
  await fetch(`${url}/x/x`, { method: 'HEAD' });
  await fetch(`${url}/v1/x`, { method: 'POST' });
  expect(seen).toEqual(['invoked', 'invoked', 'begins', 'invoked', 'ends']);
});

test('answers 503 until it can answer', async () => {
  const port = await openPort(0);
  ports.push(port);
  const response = await fetch(`http://127.0.0.1:${port.number}/v1/events`);
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
});

test('says that a port is in use', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(openPort(port)).rejects.toThrow(`port ${port} is in use`);
  other.close();
});
