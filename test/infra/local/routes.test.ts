import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregates } from '../../../domain/catalog.ts';
import { allowedMethods, type Route, routeAt, routes } from '../../../functions/http/routes.ts';
import { exampleRecords } from '../../../functions/openapi/example-records.ts';
import { evidence, tokenFor } from '../../support/api.ts';
import { landExamples } from '../../support/landed-examples.ts';
import { apiDocument } from '../../support/operations.ts';
import { bodyOf } from '../../support/registry.ts';
import { type Answered, type Sent, type ServedRegistry, serveRegistry } from './served.ts';

/** What RFC 9110, RFC 9111 and the Fetch standard ask of every route, whichever it is: a new one is tried like these. */

let served: ServedRegistry;
/** Something real for the places of a path: records by collection, a person, a register number. */
let ids: Readonly<Record<string, string>>;
let number: string;
let pack: string;
let authorization: string;

beforeAll(async () => {
  served = await serveRegistry();
  authorization = `Bearer ${await tokenFor('registrar')}`;
  const { registry } = served;
  await landExamples(registry.post);
  const [memberships, awards] = await openWhatExamplesLack();
  await registry.seal();
  await registry.project();
  await registry.prove();
  await registry.publish();
  const { recipient } = await bodyOf(registry.get(`/v1/awards/${awards}`));
  const { id: agreements } = exampleRecords.agreement as { id: string };
  number = (await bodyOf(registry.get(`/v1/agreements/${agreements}`))).number;
  const { proven } = await bodyOf(registry.get('/v1/projections/records'));
  pack = String(proven.position).padStart(16, '0');
  const examples = aggregates.map(({ name, collection }) => [collection, exampleRecords[name]?.id]);
  ids = { ...Object.fromEntries(examples), memberships, awards, people: recipient.person };
});
afterAll(() => served?.stop());

/** The examples have no membership and no award. This award shows the name of a person. */
async function openWhatExamplesLack(): Promise<string[]> {
  const { post } = served.registry;
  const [body, organization, programme] = ['exchange', 'bank', 'programme'].map((name) => exampleRecords[name]?.id);
  const receipts = [
    await post('/v1/memberships', { command: 'declare-intent', body, organization, evidence }),
    await post('/v1/awards', { programme, recipient: { person: { name: 'A Person' } }, evidence }),
  ];
  return receipts.map(({ body, text }) => body.id ?? expect.fail(text));
}

/** The path with something real in each of its places. */
const filled = ({ path }: Route): string =>
  path
    .replace('{id}', ids[path.split('/')[2] ?? ''] ?? '')
    .replace('{number}', number)
    .replace('{position}', pack)
    .replace('{stream}/{version}', `${ids.organizations}/1`)
    .replace('{name}', 'records')
    .replace('{type}/{version}', 'organization.registered/1')
    .replace('{slug}', 'stale')
    .replace('{path+}', 'entries/000.p/1');

/** What a route cannot do without. */
const queries: Readonly<Record<string, string>> = {
  '/v1/search': '?q=gzde',
  '/v1/projections/{name}/proof': '?partition=timeline',
};
const queryOf = ({ path }: Route): string => queries[path] ?? '';

const send = (method: string, route: Route, { headers = {}, ...sent }: Sent = {}): Promise<Answered> =>
  served.send(method, filled(route) + queryOf(route), { ...sent, headers: { ...headers, authorization } });

const get = (route: Route, headers: Sent['headers'] = {}) => send('GET', route, { headers });

function expectProblem({ headers, text, status }: Answered, expected: number, rule: string): void {
  const { type, status: told } = text === '' ? { type: `/problems/${rule}`, status } : JSON.parse(text);
  expect([status, headers['content-type'], type, told]).toEqual([
    expected,
    'application/problem+json',
    `/problems/${rule}`,
    expected,
  ]);
}

const named = (some: readonly Route[]) => some.map((route) => [route.path, route] as const);
const reads = named(routes.filter(({ methods }) => methods.includes('GET')));
const writes = named(routes.filter(({ methods }) => methods.includes('POST')));
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];

const listed = (header: string | string[] | undefined): string[] => String(header ?? '').split(/\s*,\s*/);
/** What is served in parts is sent as it is. */
const isText = ({ headers }: Answered): boolean =>
  !('accept-ranges' in headers) && /json|text|octet/.test(String(headers['content-type']));
/** Other codings are other bytes; the rest of the headers is that of the answer without one. */
const essential = ({ headers }: Answered) => {
  const { date: _, connection: __, 'keep-alive': ___, 'transfer-encoding': ____, ...rest } = headers;
  return rest;
};

describe('the list of routes', () => {
  it('has the paths of the OpenAPI document', () => {
    const pathsOf = (all: readonly string[]) =>
      [...new Set(all.filter((path) => !['/', '/docs', '/v1/openapi.json'].includes(path)))]
        .map((path) => path.replace(/^\/tile\/.*/, '/tile/{path+}'))
        .filter((path, at, paths) => paths.indexOf(path) === at)
        .sort();
    expect(pathsOf(routes.map(({ path }) => path))).toEqual(pathsOf(Object.keys(apiDocument.paths)));
  });

  it('has what each function answers', () => {
    for (const app of Object.values(served.registry.apps)) {
      for (const { method, path } of app.routes.filter((one) => one.method !== 'ALL')) {
        const pattern = new RegExp(`^${path.replaceAll(/:\w+(\{[^}]*\})?/g, '[^/]+').replace('*', '.+')}$`);
        const found = routes.filter((route) => pattern.test(route.path) && route.methods.includes(method as 'GET'));
        expect(found, `${method} ${path}`).not.toEqual([]);
      }
    }
  });
});

describe.each(named(routes))('%s', (_, route) => {
  const allow = allowedMethods(route);

  it('says what it takes, with OPTIONS and to whoever asks for something else', async () => {
    const { status, headers, text } = await send('OPTIONS', route);
    expect([status, listed(headers.allow), text]).toEqual([204, allow, '']);
    for (const method of METHODS.filter((one) => !allow.includes(one))) {
      const answer = await send(method, route);
      expectProblem(answer, 405, 'method-not-allowed');
      expect(listed(answer.headers.allow), method).toEqual(allow);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it('answers preflights of other origins', async () => {
    const asked = { Origin: 'https://a.example', 'Access-Control-Request-Method': route.methods[0] as string };
    const { status, headers } = await send('OPTIONS', route, { headers: asked });
    expect([status, headers['access-control-allow-origin']]).toEqual([204, '*']);
    expect(listed(headers['access-control-allow-methods'])).toEqual(expect.arrayContaining([...route.methods]));
  });

  it('leads from a slash at the end to the path without, by whatever method', async () => {
    // It is nothing but a slash.
    if (route.path === '/') return expect((await get(route)).headers.location).toBe('/docs');
    const path = filled(route);
    for (const [method, slashes] of [
      ['GET', '/'],
      ['HEAD', '/'],
      ['POST', '/'],
      ['PUT', '//'],
    ] as const) {
      const { status, headers } = await served.send(method, `${path}${slashes}?a=b%20c&a`);
      expect([status, headers.location]).toEqual([308, `${path}?a=b%20c&a`]);
    }
  });

  it('refuses what takes none of its media types, and names these', async () => {
    const [method] = route.methods;
    for (const accept of ['image/png', 'image/*', route.mediaTypes.map((type) => `${type};q=0`).join(), '*/*;q=0']) {
      const answer = await send(method as string, route, { headers: { Accept: accept } });
      expectProblem(answer, 406, 'not-acceptable');
      for (const type of route.mediaTypes) expect(JSON.parse(answer.text).detail).toContain(type);
    }
  });
});

describe.each(reads)('reading %s', (_, route) => {
  const isRedirect = ['/', '/v1/numbers/{number}'].includes(route.path);

  it('answers, and HEAD with the same headers, the length, and no body', async () => {
    for (const coding of ['identity', 'br']) {
      const headers = { 'Accept-Encoding': coding, Origin: 'https://a.example' };
      const answer = await get(route, headers);
      expect(answer.status).toBe(isRedirect ? 307 : 200);
      const head = await send('HEAD', route, { headers });
      expect([head.status, head.text]).toEqual([answer.status, '']);
      if (answer.bytes.length > 0) expect(essential(head)).toEqual(essential(answer));
    }
  });

  it('says by which headers caches have to tell answers apart', async () => {
    const answer = await get(route);
    const { headers } = answer;
    const isCoded = !isRedirect && isText(answer);
    expect(listed(headers.vary)).toEqual(['Accept', ...(isCoded ? ['Accept-Encoding'] : []), 'Origin']);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect((await get(route, { Origin: 'https://a.example' })).headers['access-control-allow-origin']).toBe('*');
  });

  it('answers in the media type that is asked for most', async () => {
    const typeFor = async (accept: string) => {
      const { status, headers } = await get(route, { Accept: accept });
      expect(status, accept).toBe(isRedirect ? 307 : 200);
      return isRedirect ? undefined : String(headers['content-type']).split(';')[0];
    };
    const expected = (type: string | undefined) => (isRedirect ? undefined : type);
    for (const type of route.mediaTypes) {
      const main = type.split('/')[0];
      const others = route.mediaTypes.filter((other) => other !== type).map((other) => `${other};q=0.4, `);
      for (const accept of [
        type.toUpperCase(),
        `image/png, ${others.join('')}${type};q=0.5`,
        `*/*;q=0.1, ${main}/*;q=0.2, ${type};version="1,2";q=0.9`,
      ]) {
        expect(await typeFor(accept), accept).toBe(expected(type));
      }
    }
    const [first] = route.mediaTypes;
    for (const accept of ['*/*', `${first?.split('/')[0]}/*`, '', 'text/x, */*;q=0.8']) {
      expect(await typeFor(accept), accept).toBe(expected(first));
    }
  });

  it('is compressed where it is long and the request takes that', async () => {
    const plain = await get(route);
    const isLong = plain.bytes.length >= 1024 && isText(plain);
    for (const [accepted, coding, decode] of [
      ['gzip', 'gzip', gunzipSync],
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['br;q=0, *', 'gzip', gunzipSync],
      ['deflate, gzip;q=0', undefined, undefined],
      ['identity, gzip;q=0.5', undefined, undefined],
    ] as const) {
      const answer = await get(route, { 'Accept-Encoding': accepted });
      expect(answer.headers['content-encoding'], accepted).toBe(isLong ? coding : undefined);
      if (!isLong || decode === undefined) expect(answer.headers.etag).toBe(plain.headers.etag);
      else {
        if (route.path !== '/health') expect(decode(answer.bytes).equals(plain.bytes)).toBe(true);
        if (plain.headers.etag) expect(answer.headers.etag).not.toBe(plain.headers.etag);
      }
    }
  });

  it('answers 304 to whoever has it, in whatever coding, with the headers that a cache takes over', async () => {
    for (const coding of ['identity', 'gzip', 'br']) {
      const answer = await get(route, { 'Accept-Encoding': coding });
      const { etag = '"none"' } = answer.headers;
      const isKept = !isRedirect && answer.headers['cache-control'] !== 'no-store';
      const lists = [`W/${etag}`, `"a,b",${etag}`, String.raw`"a\", ,${etag} , "b\\"`, ['"x"', `W/"y", ${etag}`], '*'];
      for (const condition of coding === 'identity' ? lists : [etag]) {
        const again = await get(route, { 'If-None-Match': condition, 'Accept-Encoding': coding });
        expect(again.status, String(condition)).toBe(isKept ? 304 : answer.status);
        if (!isKept) continue;
        expect(again.text).toBe('');
        for (const name of ['etag', 'vary', 'cache-control', 'content-type', 'link', 'registry-position']) {
          expect([name, again.headers[name]]).toEqual([name, answer.headers[name]]);
        }
      }
      for (const condition of ['"x"', `"${etag.slice(1, -2)}"`]) {
        expect((await get(route, { 'If-None-Match': condition })).status).toBe(answer.status);
      }
    }
  });

  it.each(['x', '"', '"a" "b"', 'w/"a"', '"a", *', 'W/'])('refuses conditions that are none: %s', async (condition) => {
    for (const name of ['If-None-Match', 'If-Match']) {
      expectProblem(await get(route, { [name]: condition }), 400, 'header-invalid');
    }
  });

  it('compares If-Match strongly', async () => {
    const { headers, status } = await get(route);
    if (headers.etag === undefined) return expect(isRedirect || headers['cache-control'] === 'no-store').toBe(true);
    const etag = String(headers.etag);
    for (const condition of [etag, '*', `"x", ${etag}`]) {
      expect((await get(route, { 'If-Match': condition })).status).toBe(status);
    }
    // A list may be empty (§5.6.1.2).
    for (const condition of ['"x"', `W/${etag}`, ' , ,']) {
      expectProblem(await get(route, { 'If-Match': condition }), 412, 'stale');
    }
    expect((await get(route, { 'If-None-Match': ',' })).status).toBe(status);
  });
});

describe.each(writes)('writing %s', (_, route) => {
  it('reaches what takes it, and is a problem in whatever media type', async () => {
    for (const accept of ['*/*', 'application/json', 'application/*;q=0.1']) {
      const answer = await served.send('POST', filled(route), { headers: { Accept: accept } });
      expectProblem(answer, 401, 'token-missing');
    }
  });

  it('takes no If-None-Match, and no If-Match that is none', async () => {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': 'k' };
    const send = (more: Sent['headers']) =>
      served.send('POST', filled(route), { headers: { ...headers, ...more, authorization }, body: '{}' });
    expectProblem(await send({ 'If-None-Match': '*' }), 400, 'header-invalid');
    for (const condition of ['"1', '1', '"1" "2"']) {
      expectProblem(await send({ 'If-Match': condition }), 400, 'header-invalid');
    }
  });
});

it.each(METHODS)('answers %s with a problem where no route leads', async (method) => {
  for (const path of ['/nothing', '/v1/nothing', '/v1/organizations/x/y/z', '/v1//organizations', '//example.org/']) {
    expect(routeAt(path)).toBeUndefined();
    expectProblem(await served.send(method, path), 404, 'not-found');
  }
});
