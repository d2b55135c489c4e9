import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregates } from '../../../domain/catalog.ts';
import { problems } from '../../../domain/problems.ts';
import { openApiDocument } from '../../../functions/openapi/document.ts';
import { evidence, organization, type TestApi, testApi } from '../../support/api.ts';
import { scanAll } from '../../support/check-log.ts';
import { ORIGIN } from '../../support/commits.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { type CatalogOperation, createExamples, type ExampleRecord, operations } from '../../support/examples.ts';

let engine: TestEngine;
let api: TestApi;
let examples: ReturnType<typeof createExamples>;
/** One record of each aggregate, by the aggregate's name. */
const records = new Map<string, ExampleRecord>();

beforeAll(async () => {
  engine = await startEngine();
  api = testApi(engine);
  examples = createExamples(api.post);
  for (const aggregate of aggregates) records.set(aggregate.name, await examples.open(aggregate));
});
afterAll(() => engine?.stop());

/** What is posted where, by whom: what the catalog gives as an example of each command, and several together. */
interface Write {
  readonly title: string;
  readonly client: string;
  readonly lands: readonly number[];
  readonly request: () => Promise<{ path: string; body: unknown }>;
}

const ofCommand = ({ aggregate, definition, route }: CatalogOperation): Write => ({
  title: definition.act === undefined ? `${route} (${definition.name})` : route,
  client: definition.scope === 'registry/registrar' ? 'registrar' : 'gzde',
  // An act's example need not fit the record that another example has opened: its state, or who is party to it.
  lands: definition.act === undefined ? [200, 201] : definition.by === 'host-or-party' ? [200, 403] : [200, 422],
  request: async () => {
    const opens = definition.act === undefined;
    // Each act is on a record of its own: what others of them do to it may change whose it is, and makes it longer to read.
    const { id } = opens ? { id: '' } : await examples.open(aggregate);
    // What opens a record refers to others: there may be only one about these.
    const data = await examples.resolved(definition, new Map());
    return { path: route.replace('{id}', id), body: opens ? { command: definition.name, ...data } : data };
  },
});

type Document = {
  paths: Record<string, { post: { requestBody: { content: { 'application/json': { example: unknown } } } } }>;
};
const together: Write = {
  title: '/v1/submissions',
  client: 'gzde',
  lands: [201],
  request: async () => {
    const path = '/v1/submissions';
    const { post } = (openApiDocument(ORIGIN) as Document).paths[path] ?? {};
    return { path, body: post?.requestBody.content['application/json'].example };
  },
};
const writes = [...operations.map(ofCommand), together];

/** JSON that says things which `JSON.stringify` does not: some of the values below stand for text of their own. */
const VERBATIM = 'verbatim:';
const wire = (value: unknown) =>
  JSON.stringify(value ?? null).replaceAll(/"verbatim:(?:[^"\\]|\\.)*"/g, (text) =>
    (JSON.parse(text) as string).slice(VERBATIM.length),
  );

/** Lists in a list, of so many values each. */
const valuesIn = (lists: number, each: number) => [
  ...Array.from({ length: lists }, () => Array(each).fill(0)),
  ...Array(48).fill(0),
];

const nested = (depth: number) => Array.from({ length: depth }).reduce<unknown>((inner) => ({ a: [inner] }), 1);

const nasty: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    0.5,
    '',
    ' ',
    '\u0000',
    'a\u0007b',
    '\u009f',
    '\ud800',
    'x\udfff',
    '\u202e',
    '__proto__',
    'constructor',
    '#a',
    '#',
    '2023-02-30',
    '2023-13',
    '0000',
    '../..',
    '9999-12-31/0001-01-01',
    '2023-02-23/',
    'organization-aaaaaaaaaaaaaaaaaaaaaaaaaa',
    'ceremony-aaaaaaaaaaaaaaaaaaaaaaaaaa',
    `${VERBATIM}9007199254740993`,
    `${VERBATIM}1e400`,
    `${VERBATIM}-1e400`,
    `${VERBATIM}123456789012345678901234567890`,
    `${VERBATIM}-0`,
    `${VERBATIM}{"__proto__":{"polluted":1}}`,
    `${VERBATIM}{"a":1,"a":2}`,
    `${VERBATIM}{"\\ud800":1}`,
    `${VERBATIM}{"constructor":{"prototype":{}}}`,
    `${VERBATIM}{"":{"~":{"/":1}}}`,
    [],
    {},
    [[]],
    [null],
    'x'.repeat(5000),
    'ü'.repeat(3000),
    Array.from({ length: 200 }, () => 'x'),
  ),
  fc.constant(nested(10)),
  fc.constant(nested(40)),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
);

/** What breaks programs most often: each of it is tried at every place of every example. */
const WORST: unknown[] = [
  null,
  '\ud800',
  'a\u0000b',
  `${VERBATIM}1e400`,
  `${VERBATIM}9007199254740993`,
  `${VERBATIM}{"__proto__":{"polluted":1}}`,
  `${VERBATIM}{"\\ud800":1}`,
  nested(20),
];

/** A value with one place in it replaced, taken away, or joined by an unknown field. */
function mutate(value: unknown, at: number, how: number, by: unknown): unknown {
  const places = placesIn(value);
  const place = places[at % places.length] ?? [];
  const copy = structuredClone({ root: value }) as Record<string, unknown>;
  let holder = copy;
  for (const key of ['root', ...place].slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  const key = ['root', ...place].at(-1) as string;
  const inner = holder[key];
  if (how === 0) holder[key] = by;
  else if (how === 1 && place.length > 0 && !Array.isArray(holder)) delete holder[key];
  else if (how === 2 && Array.isArray(inner)) inner.push(by);
  else if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
    (inner as Record<string, unknown>)[typeof by === 'string' ? by : 'unknown'] = by;
  } else holder[key] = by;
  return copy.root;
}

function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

/** What a pointer (RFC 6901) points to in the body, or whether at least its holder is there. */
function pointsInto(body: unknown, pointer: string): boolean {
  if (pointer === '') return true;
  if (!pointer.startsWith('/')) return false;
  const tokens = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  let holder = body;
  for (const token of tokens.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, token)) return false;
    holder = (holder as Record<string, unknown>)[token];
  }
  return true;
}

type Answer = Awaited<ReturnType<TestApi['post']>>;

/** Holds an answer to what the contract says about every answer. */
function checkAnswer({ status, body, headers }: Answer, sent: string) {
  expect(api.failures, sent).toEqual([]);
  expect(status, sent).toBeLessThan(500);
  expect(status, 'what is posted to is there').not.toBe(404);
  if (status < 300) return;
  if (status === 308) {
    expect(headers.get('location')).toMatch(/^\/v1\/organizations\/organization-[a-z2-7]{26}\/merge$/);
    return;
  }
  expect(headers.get('content-type')).toBe('application/problem+json');
  const slug = String(body.type).replace('/problems/', '');
  expect(Object.keys(problems)).toContain(slug);
  expect(body).toMatchObject({
    status,
    title: expect.any(String),
    detail: expect.any(String),
    instance: expect.any(String),
  });
  for (const { pointer, rule, detail } of body.errors ?? []) {
    expect(Object.keys(problems)).toContain(rule);
    expect(detail).not.toBe('');
    expect(pointsInto(JSON.parse(sent), pointer), `${pointer} in ${sent}`).toBe(true);
  }
  if (status === 422 && !/^(cap-|key-reused|too-deep)/.test(slug)) expect(body.errors?.length, sent).toBeGreaterThan(0);
}

describe.each(writes)('POST $title', ({ client, lands, request }) => {
  let path: string;
  let example: unknown;
  beforeAll(async () => {
    ({ path, body: example } = await request());
  });
  const post = async (sent: string) => checkAnswer(await api.post(path, undefined, { raw: sent, client }), sent);

  it('takes its own example', async () => {
    const { status, body } = await api.post(path, example, { client });
    expect(lands, JSON.stringify(body)).toContain(status);
    expect(body.type).not.toBe('/problems/invalid-body');
  });

  it('answers its example with any of the worst values at any place, never with a 500', async () => {
    const places = [...placesIn(example).keys()];
    const bodies = places.flatMap((place) =>
      WORST.flatMap((worst) => [0, 3].map((how) => wire(mutate(example, place, how, worst)))),
    );
    for (const body of new Set(bodies)) await post(body);
  });

  it('answers any JSON with a problem that names each fault, never with a 500', async () => {
    const body = fc.oneof(nasty, fc.jsonValue({ maxDepth: 4 }));
    await fc.assert(
      fc.asyncProperty(body, (value) => post(wire(value))),
      { numRuns: 25, seed: 20230223 },
    );
  });

  it('answers its example, mutilated, with a problem that names each fault, never with a 500', async () => {
    const mutations = fc.array(fc.tuple(fc.nat(200), fc.nat(3), nasty), { minLength: 1, maxLength: 3 });
    const mutilated = mutations.map((all) =>
      all.reduce<unknown>((value, [at, how, by]) => mutate(value, at, how, by), example),
    );
    await fc.assert(
      fc.asyncProperty(mutilated, (value) => post(wire(value))),
      { numRuns: 60, seed: 20230223 },
    );
  });
});

describe('a request', () => {
  const path = '/v1/organizations';
  const raw = JSON.stringify(organization());

  it.each([
    ['without an Idempotency-Key', { key: null }, 400, 'key-missing'],
    ['with an empty Idempotency-Key', { key: '' }, 400, 'key-missing'],
    ['with an Idempotency-Key that is too long', { key: 'k'.repeat(256) }, 400, 'key-missing'],
    ['with an Idempotency-Key outside ASCII', { key: 'schlüssel' }, 400, 'key-missing'],
    ['of another media type', { headers: { 'Content-Type': 'text/plain' } }, 415, 'media-type'],
    ['of a form', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415, 'media-type'],
    ['without a media type', { headers: { 'Content-Type': '' } }, 415, 'media-type'],
    ['in UTF-16', { headers: { 'Content-Type': 'application/json; charset=utf-16' } }, 415, 'media-type'],
    ['in Latin 1', { headers: { 'Content-Type': 'application/json; x=y;charset="ISO-8859-1"' } }, 415, 'media-type'],
    ['that is compressed', { headers: { 'Content-Encoding': 'gzip' } }, 415, 'media-type'],
    ['with If-Match, which opens a record', { headers: { 'If-Match': '"1"' } }, 400, 'header-invalid'],
    ['without a body', { raw: '' }, 400, 'malformed-json'],
    ['with malformed JSON', { raw: '{"kind":' }, 400, 'malformed-json'],
    ['with two JSON values', { raw: '{}{}' }, 400, 'malformed-json'],
    ['with a key twice in one object', { raw: '{"kind":"bank","kind":"company"}' }, 400, 'malformed-json'],
    ['with bytes that are no UTF-8', { raw: Uint8Array.of(0x22, 0xff, 0xfe, 0x22) }, 400, 'malformed-json'],
    ['with more than 256 KiB', { raw: `"${'x'.repeat(256 * 1024)}"` }, 413, 'too-large'],
    ['with a list of too many values', { raw: JSON.stringify({ names: Array(1_001).fill(0) }) }, 422, 'cap-values'],
    [
      'with a list of as many as there may be',
      { raw: JSON.stringify({ names: Array(1_000).fill(0) }) },
      422,
      'invalid-body',
    ],
    ['of too many values', { raw: JSON.stringify({ names: valuesIn(25, 998) }) }, 422, 'cap-values'],
    ['of as many values as there may be', { raw: JSON.stringify({ names: valuesIn(25, 997) }) }, 422, 'invalid-body'],
    ['nested far too deeply', { raw: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }, 422, 'too-deep'],
  ])('%s is refused', async (_, how, status, slug) => {
    const answer = await api.post(path, undefined, { raw, ...how });
    expect([answer.status, answer.body.type]).toEqual([status, `/problems/${slug}`]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('with a key twice is told which, however it is written, and where it stands again', async () => {
    const twice = `{"names":[{"value":"A","lang":"en",\n"v\\u0061lue":"B"}]}`;
    const { body } = await api.post(path, undefined, { raw: twice });
    expect(body.detail).toBe('the key "value" stands twice in one object, again at position 36 (line 2 column 1)');
  });

  it.each([
    { 'Content-Type': 'Application/JSON; charset=utf-8' },
    { 'Content-Type': 'application/json;charset="UTF-8"', 'Content-Encoding': 'identity' },
  ])('may say its character set and that it has no coding: %j', async (headers) => {
    expect((await api.post(path, organization(), { headers })).status).toBe(201);
  });

  it('with If-Match for several commands is refused', async () => {
    const commands = [{ command: 'register-organization', data: organization() }];
    const answer = await api.post('/v1/submissions', { commands }, { headers: { 'If-Match': '"1"' } });
    expect([answer.status, answer.body.type]).toEqual([400, '/problems/header-invalid']);
  });

  it.each([path, '/v1/submissions', 'act'])(
    'with query parameters is refused, and nothing is written: %s',
    async (where) => {
      const before = (await scanAll(engine.documents, engine.tables.events)).length;
      const { id } = records.get('organization') as ExampleRecord;
      const bodies: Record<string, object> = {
        [path]: organization(),
        '/v1/submissions': { commands: [{ command: 'register-organization', data: organization() }] },
        act: { name: { value: 'With a parameter', lang: 'en' }, evidence },
      };
      const target = where === 'act' ? `${path}/${id}/add-name` : where;
      for (const query of ['dry=1', 'dry-run', 'wait=1&wait=1']) {
        const { status, body } = await api.post(`${target}?${query}`, bodies[where]);
        expect([status, body.type]).toEqual([400, '/problems/parameter-invalid']);
        expect(body.errors[0].pointer).toBe(`/${query.split(/[=&]/)[0]}`);
      }
      expect((await scanAll(engine.documents, engine.tables.events)).length).toBe(before);
    },
  );

  it('names the cap that an opening exceeds, beside its other faults', async () => {
    const { id } = records.get('organization') as ExampleRecord;
    const times = <Value>(count: number, make: (index: number) => Value) =>
      Array.from({ length: count }, (_, index) => make(index));
    const named = (count: number) => times(count, (index) => ({ value: `Name ${index}`, lang: 'en' }));
    const parties = (count: number) => times(count, (index) => ({ unidentified: `party ${index}`, lang: 'en' }));
    const { id: agreement } = records.get('agreement') as ExampleRecord;
    const over: [path: string, body: object, pointer: string, rule: string][] = [
      [path, { kind: 'bank', names: [...named(20), 'no name'], evidence }, '/names', 'cap-names'],
      [`/v1/agreements/${agreement}/add-party`, { parties: parties(51), evidence }, '/parties', 'cap-parties'],
      ['/v1/agreements', { kind: 'other', titles: named(21), parties: parties(2), evidence }, '/titles', 'cap-names'],
      [
        '/v1/ceremonies',
        { kind: 'forum', roles: times(101, () => ({ organization: id, role: 'guest' })), evidence },
        '/roles',
        'cap-roles',
      ],
    ];
    for (const [where, sent, pointer, rule] of over) {
      const { status, body } = await api.post(where, { ...sent, surprise: 1 });
      expect(status).toBe(422);
      const faults = body.errors.map((fault: Record<string, string>) => `${fault.rule} ${fault.pointer}`);
      expect(faults).toEqual(expect.arrayContaining([`${rule} ${pointer}`, 'unknown-field /surprise']));
    }
    const most = await api.post('/v1/agreements', {
      kind: 'other',
      parties: parties(250),
      titles: named(20),
      evidence,
    });
    expect(most.status, most.text).toBe(201);
  });

  it('can read each of these caps in the document', () => {
    const document = JSON.stringify(openApiDocument(ORIGIN));
    for (const maximum of [20, 50, 100]) expect(document).toContain(`"maxItems":${maximum}`);
  });

  it.each([
    '/v1/shops',
    '/v1/organizations/x/y',
    '/v1/organizations/organization-x/add-name',
    '/v1/agreements/%00/sign',
  ])('to %s finds nothing', async (nowhere) => {
    const { status, body } = await api.post(nowhere, {});
    expect([status, body.type]).toEqual([404, '/problems/not-found']);
  });

  it('on a record that does not exist finds nothing', async () => {
    const name = { name: { value: 'A', lang: 'en' }, evidence };
    const { status } = await api.post(`/v1/organizations/organization-${'b'.repeat(26)}/add-name`, name);
    expect(status).toBe(404);
  });

  it('of 256 KiB full of faults gets an answer that a function may give', async () => {
    const many = [
      `{"parties":[${'1,'.repeat(120_000)}1]}`,
      `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
      `{"commands":[${Array.from({ length: 9_000 }, () => '{"command":"x","data":{}}').join(',')}]}`,
    ];
    for (const [index, sent] of many.entries()) {
      const answer = await api.post(['/v1/agreements', path, '/v1/submissions'][index] as string, undefined, {
        raw: sent,
      });
      expect(answer.status, sent.slice(0, 30)).toBe(422);
      expect(answer.text.length, 'bytes of the answer').toBeLessThan(1_000_000);
    }
  });

  it('pollutes no prototype', async () => {
    await api.post(path, undefined, { raw: raw.replace('{', '{"__proto__":{"polluted":true},') });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['a key called __proto__', raw.replace('{', '{"__proto__":1,'), '/__proto__', 'unknown-field'],
    ['a lone surrogate', JSON.stringify(organization('x\ud800')), '/names/0/value', 'text-not-well-formed'],
    ['a control character', JSON.stringify(organization('x\u0007')), '/names/0/value', 'control-character'],
    ['a blank text', JSON.stringify(organization(' \t ')), '/names/0/value', 'blank-text'],
    ['a text that nobody sees', JSON.stringify(organization('\u200b \u2060\u3164')), '/names/0/value', 'blank-text'],
    ['a text that is too long', JSON.stringify(organization('x'.repeat(501))), '/names/0/value', 'cap-name-characters'],
    [
      'a day that does not exist',
      raw.replace('2023-02-27', '2023-02-30'),
      '/evidence/0/source/publishedOn',
      'not-a-date',
    ],
  ])('with %s is told where', async (_, sent, pointer, rule) => {
    const { status, body } = await api.post(path, undefined, { raw: sent });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ pointer, rule }]);
  });

  it('with a number beyond 2^53 is told where', async () => {
    const sent =
      '{"kind":"conference","edition":9007199254740993,"evidence":[{"source":{"title":"t"},"basis":"stated"}]}';
    const { status, body } = await api.post('/v1/ceremonies', undefined, { raw: sent });
    expect(status).toBe(422);
    expect(new Set(body.errors.map(({ pointer }: { pointer: string }) => pointer))).toEqual(new Set(['/edition']));
  });

  const inSubmission = (data: string) => `{"commands":[{"command":"register-organization","data":${data}}]}`;
  it.each([
    ['/v1/submissions', inSubmission('{"kind":1e400}'), '/commands/0/data/kind'],
    ['/v1/submissions', inSubmission('{"\\ud800":1}'), '/commands/0/data/\ud800'],
    [
      path,
      JSON.stringify(organization('A', { names: [{ value: 'A', lang: 'en', evidence: '\ud800' }] })),
      '/names/0/evidence',
    ],
  ])('to %s that has no canonical form is told where: %s', async (where, sent, pointer) => {
    const { status, body } = await api.post(where, undefined, { raw: sent });
    expect(status).toBe(422);
    expect(body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
  });

  it('that was refused has written nothing, and its key is free', async () => {
    const before = (await scanAll(engine.documents, engine.tables.events)).length;
    expect((await api.post(path, { kind: 'shop' }, { key: 'refused' })).status).toBe(422);
    expect((await scanAll(engine.documents, engine.tables.events)).length).toBe(before);
    expect((await api.post(path, organization(), { key: 'refused' })).status).toBe(201);
  });
});
