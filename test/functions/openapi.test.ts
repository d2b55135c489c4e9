import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregateByName, aggregates, commandsByName, eventDefinitions } from '../../domain/catalog.ts';
import { commandName, makes } from '../../domain/kernel/aggregate.ts';
import { idPattern, pointerKeys } from '../../domain/values/ids.ts';
import { exampleRecords, namesIn } from '../../functions/openapi/example-records.ts';
import { examplePerson } from '../../functions/openapi/people.ts';
import { identityIdOf } from '../../functions/runtime/ids.ts';
import { type PostOptions, tokenFor } from '../support/api.ts';
import { faultOfAnswer, publishedCheck } from '../support/contract.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { landExamples } from '../support/landed-examples.ts';
import { apiDocument, expectDocumented, type Operation, operations, writes } from '../support/operations.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../support/registry.ts';
import { prepare } from './openapi/before.ts';

const reads = operations.filter(({ method }) => method === 'GET');
const examples = writes.flatMap(({ path, schema, examples: shown }) =>
  shown.map(({ command, value }) => ({ path, schema, command, value })),
);
const ofCommands = examples.filter(({ command }) => commandsByName.has(command));

let engine: TestEngine;
/** A registry as `npm start` brings it up: it holds `examples/`. */
let registry: TestRegistry;
let named: Map<string, string>;
let number: string;

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  named = await landExamples(registry.post);
  await registry.seal();
  await registry.project();
  await registry.prove();
  await registry.publish();
  number = (await bodyOf(registry.get(`/v1/agreements/${exampleRecords.agreement?.id}`))).number;
});
afterAll(() => engine.stop());

/** The width that the document shows has to be the size of the log that the examples make. */
const shownWidth = String(
  operations
    .find(({ operation }) => operation.operationId === 'partial-tile')
    ?.operation.parameters.find(({ name }) => name === 'width')?.example,
);

/** The path with something real in each of its places. */
function filled(path: string): string {
  const aggregate = aggregates.find(({ collection }) => collection === path.split('/')[2]);
  return path
    .replace('{id}', exampleRecords[aggregate?.name ?? '']?.id ?? examplePerson)
    .replace('{number}', number)
    .replace('{stream}/{version}', `${exampleRecords.organization?.id}/1`)
    .replace('{name}', 'records')
    .replace('{type}/{version}', 'organization.registered/1')
    .replace('{slug}', 'stale')
    .replace('{level}', '0')
    .replace('{index}', '000')
    .replace('{width}', shownWidth);
}

/** A registrar’s token, where reading takes one. */
const headersFor = async ({ security }: Operation): Promise<Record<string, string>> =>
  security?.some(({ token }) => token) ? { authorization: `Bearer ${await tokenFor('registrar')}` } : {};

describe('the page of the OpenAPI document', () => {
  it('shows every operation and every example, runs no script and loads nothing', async () => {
    const response = await registry.get('/docs');
    expect(response.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    for (const { operation } of operations) expect(page).toContain(`id="${operation.operationId}"`);
    for (const { command } of ofCommands) expect(page).toContain(command);
    expect(page).toContain('<a href="/problems/key-reused">key-reused</a>');
    expect(page).toContain('cooperation | memorandum');
    expect(page).toContain(`&quot;organization&quot;: &quot;${exampleRecords.bank?.id}&quot;`);
    expect(page).not.toMatch(/<script|<link|\[object |undefined/);
  });
});

describe('the OpenAPI document', () => {
  it('describes every command, and names each operation once', () => {
    const acts = aggregates.flatMap(({ collection, commands }) =>
      commands.map(({ act }) => (act ? `/v1/${collection}/{id}/${act}` : `/v1/${collection}`)),
    );
    expect(new Set(writes.map(({ path }) => path))).toEqual(
      new Set([...acts, '/v1/submissions', '/v1/people/{id}/erase']),
    );
    for (const { aggregate, definition } of commandsByName.values()) {
      const path = `/v1/${aggregate.collection}${definition.act === undefined ? '' : `/{id}/${definition.act}`}`;
      const described = writes.find((one) => one.path === path)?.operation.description;
      expect(described).toContain(`\`${commandName(definition)}\``);
      for (const type of makes(definition)) expect(described).toContain(`\`${type}\``);
    }
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(operations)('says in sentences what $method $path does, and what its parameters are', ({ operation }) => {
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(operation.description).toMatch(/^[A-Z].*\.$/s);
    for (const parameter of operation.parameters) {
      const { description, in: where, example } = { ...sharedParameter(parameter.$ref), ...parameter };
      expect(description).toMatch(/\w/);
      if (where === 'path') expect(example).toBeDefined();
    }
  });

  it.each(reads)('$method $path is there', async ({ path, operation }) => {
    const needed = operation.parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
    const query = new URLSearchParams(
      needed.map(({ name, example }): [string, string] => [String(name), String(example)]),
    );
    const response = await registry.get(`${filled(path)}?${query}`, await headersFor(operation));
    // Records of some kinds are not among the examples, and the log of the examples fills no tile.
    const isShown =
      !path.endsWith('/{index}') &&
      path !== '/packs/{position}' &&
      (!path.includes('{id}') || [...named.values()].some((id) => filled(path).includes(id)));
    expect(isShown ? [200, 307] : [404]).toContain(response.status);
  });

  it.each(writes.map(({ path }) => path))('POST %s is there', async (path) => {
    const response = await registry.post(filled(path), {});
    expect(response.body.type).not.toBe('/problems/not-found');
    expect([403, 422]).toContain(response.status);
  });

  it('lists the parameters that an operation takes; any other is 400', async () => {
    let documented = 0;
    for (const { path, operation } of reads) {
      for (const { name, in: where } of operation.parameters) {
        if (where !== 'query' || !name) continue;
        documented += 1;
        const response = await registry.get(`${filled(path)}?${name}=%20`, await headersFor(operation));
        const body = response.status === 400 ? await response.text() : '';
        expect(body, `${path}?${name}`).not.toContain('unknown-field');
      }
      const unknown = await registry.get(`${filled(path)}?nonsense=1`, await headersFor(operation));
      expect(unknown.status, path).toBe(400);
    }
    expect(documented).toBeGreaterThan(30);
  });

  it('says how large a number a parameter takes; one more is 400', async () => {
    let bounded = 0;
    for (const { path, operation } of reads) {
      for (const { name, in: where, schema } of operation.parameters) {
        if (where !== 'query' || schema?.maximum === undefined) continue;
        bounded += 1;
        const response = await registry.get(
          `${filled(path)}?${name}=${schema.maximum + 1}`,
          await headersFor(operation),
        );
        expect([response.status, await response.text()], `${path}?${name}`).toEqual([
          400,
          expect.stringContaining(`"pointer":"/${name}"`),
        ]);
      }
    }
    expect(bounded).toBeGreaterThan(30);
  });
});

const sharedParameter = (ref = '') => apiDocument.components.parameters[ref.split('/').at(-1) ?? ''];

const JSON_BODY = ['content', 'application/json', 'schema'];

describe('the examples', () => {
  it.each(examples)('of $path ($command) fits the published schema, and with a field more does not', (example) => {
    const published = publishedCheck('paths', example.path, 'post', 'requestBody', ...JSON_BODY);
    expect([published?.(example.value), published?.errors]).toEqual([true, null]);
    expect(published?.({ ...example.value, unheardOf: 1 })).toBe(false);
  });

  it.each(ofCommands)('of $command names records that there are, and fits the schema that validates', (example) => {
    const { definition } = commandsByName.get(example.command) ?? {};
    const { command: _, ...data } = example.value as { command?: string };
    const unknown = namesIn(definition?.example).filter((name) => !exampleRecords[name]);
    expect(unknown, 'add them to exampleRecords of functions/openapi/example-records.ts').toEqual([]);
    expect(definition?.schema.safeParse(data).error).toBeUndefined();
  });

  it('show each command, with its name where several open a record', () => {
    expect(new Set(ofCommands.map(({ command }) => command))).toEqual(new Set(commandsByName.keys()));
    for (const { command, value } of ofCommands) {
      const isAct = commandsByName.get(command)?.definition.act !== undefined;
      expect((value as { command?: string }).command).toBe(isAct ? undefined : command);
    }
  });

  it('name records by the ids that `npm start` gives them', () => {
    const loaded = Object.entries(exampleRecords).filter(([, { as }]) => as !== undefined);
    expect(loaded.length).toBeGreaterThan(5);
    for (const [name, { as = '', id }] of loaded) expect([name, id]).toEqual([name, named.get(as)]);
    for (const { name } of aggregates) expect(exampleRecords[name]?.id).toMatch(idPattern(name));
    const parties = { body: exampleRecords.body?.id, organization: exampleRecords.company?.id };
    const { identity } = aggregateByName('membership');
    expect(exampleRecords.membership?.id).toBe(identityIdOf('membership', identity?.(parties as never) ?? []));
  });

  it.each(ofCommands)('of $command works', async ({ path, command, value }) => {
    const own = await testRegistry(engine);
    await landExamples(own.post);
    const advice = 'say in test/functions/openapi/before.ts what has to be recorded before it';
    const prepared = await prepare(command, own.post).catch((error: Error) => {
      throw new Error(`the example of ${command} cannot be tried: ${error.message}; ${advice}`);
    });
    const body = [...prepared.here].reduce((text, [shown, id]) => text.replaceAll(shown, id), JSON.stringify(value));
    const answer = await own.post(path.replace('{id}', prepared.id ?? ''), undefined, {
      raw: body,
      client: prepared.client,
    });
    expect([200, 201], `the example of ${command} is refused: ${answer.text}; ${advice}`).toContain(answer.status);
  });

  it('of a submission works', async () => {
    const own = await testRegistry(engine);
    const { value } = examples.find(({ path }) => path === '/v1/submissions') ?? {};
    expect((await own.post('/v1/submissions', value)).status).toBe(201);
  });
});

describe('the problems of an operation', () => {
  const problemsOf = (path: string) =>
    JSON.stringify(apiDocument.paths[path]?.post?.responses).match(/(?<="\/problems\/)[a-z-]+/g) ?? [];

  /** What is refused wherever it is posted. Every answer is held to the document by `post` itself. */
  const refusals: [what: string, slug: string, how: PostOptions][] = [
    ['without a token', 'token-missing', { authorization: null }],
    ['with a token that is none', 'token-invalid', { authorization: 'Bearer nonsense' }],
    ['of another media type', 'media-type', { headers: { 'Content-Type': 'text/plain' } }],
    ['of malformed JSON', 'malformed-json', { raw: '{' }],
    ['of more than 256 KiB', 'too-large', { raw: `"${'x'.repeat(256 * 1024)}"` }],
    ['that is nested too deeply', 'too-deep', { raw: `${'['.repeat(50)}${']'.repeat(50)}` }],
    ['without an Idempotency-Key', 'key-missing', { key: null }],
    ['with an If-Match that is none', 'header-invalid', { headers: { 'If-Match': 'latest' } }],
  ];
  /** What may be refused, for one reason here and for another one there. */
  const attempts: PostOptions[] = [
    { client: 'registrar' },
    { client: 'stranger' },
    { raw: '{}', client: 'registrar' },
    { headers: { 'If-Match': '"0"' } },
    { headers: { 'If-Match': '"0"' }, client: 'registrar' },
  ];
  const elsewhere = (text: string) =>
    text.replaceAll(/(?<=[/"])([a-z-]+)-[a-z2-7]{26}(?=[/"])/g, `$1-${'z'.repeat(26)}`);

  it.each(examples)('are listed, as far as refusals of $path ($command) show', async ({ path, value }) => {
    for (const [what, slug, how] of refusals) {
      expect([what, (await registry.post(filled(path), value, how)).body.type]).toEqual([what, `/problems/${slug}`]);
    }
    for (const how of attempts) await registry.post(filled(path), value, how);
    for (const client of ['gzde', 'registrar']) {
      await registry.post(filled(path), undefined, { client, raw: elsewhere(JSON.stringify(value)) });
      const missed = await registry.post(elsewhere(filled(path)), value, { client });
      if (path.includes('{id}')) expect([403, 404]).toContain(missed.status);
    }
  });

  it('are those that can occur there, and no others', () => {
    expect(problemsOf('/v1/agreements')).toContain('ceremony-cancelled');
    expect(problemsOf('/v1/agreements')).not.toContain('stale');
    expect(problemsOf('/v1/organizations/{id}/add-name')).not.toContain('ceremony-cancelled');
    expect(problemsOf('/v1/organizations/{id}/add-name')).toEqual(expect.arrayContaining(['stale', 'name-repeated']));
    expect(problemsOf('/v1/submissions')).toEqual(expect.arrayContaining(['cap-commands', 'name-repeated']));
    expect(problemsOf('/v1/ceremonies')).not.toContain('cap-commands');
    const growing = ['/v1/agreements/{id}/sign', '/v1/memberships', '/v1/submissions'];
    for (const path of growing) expect(problemsOf(path), path).toContain('cap-record-events');
    for (const path of ['/v1/agreements', '/v1/people/{id}/erase']) {
      expect(problemsOf(path), path).not.toContain('cap-record-events');
    }
  });

  it('stand on the page of the problem', async () => {
    const { commands } = await bodyOf(registry.get('/problems/name-repeated'));
    expect(commands).toEqual(expect.arrayContaining(['add-name', 'rename']));
    expect((await bodyOf(registry.get('/problems/blank-text'))).commands).toBeUndefined();
  });

  it('are missed when the document does not list one: the check can fail', () => {
    expect(() => expectDocumented('POST', '/v1/agreements', 412, '/problems/stale')).toThrow('does not list');
    expect(() => expectDocumented('POST', '/v1/agreements', 202, undefined)).toThrow('does not list');
    expectDocumented('POST', '/v1/agreements', 201, undefined);
    expectDocumented('POST', '/nowhere', 404, '/problems/not-found');
  });
});

/** Every `$ref` in a document, with whether it leads to something in it. */
function danglingIn(document: object): string[] {
  const leads = ($ref: string) =>
    pointerKeys($ref).reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);
  return (JSON.stringify(document).match(/(?<="\$ref":")[^"]+/g) ?? []).filter(
    ($ref) => !$ref.startsWith('#') || leads($ref) === undefined,
  );
}

describe('every reference', () => {
  it('of the document leads to something in it', () => {
    expect(danglingIn(apiDocument)).toEqual([]);
  });

  it('of the schema of each type of event, in each of its versions, leads to something in that', async () => {
    for (const { type, version } of eventDefinitions) {
      for (let number = 1; number <= version; number += 1) {
        const schema = await bodyOf(registry.get(`/schemas/${type}/${number}`));
        expect(danglingIn(schema), `${type}/${number}`).toEqual([]);
      }
    }
  });

  it('is missed when it leads nowhere: the check can fail', () => {
    expect(danglingIn({ a: { $ref: '#/$defs/b' }, c: { $ref: '#/a' } })).toEqual(['#/$defs/b']);
  });
});

describe('answers', () => {
  const path = '/v1/agreements/{id}';

  it('are held to their schemas, members that these do not know included: the check can fail', async () => {
    const text = await (await registry.get(filled(path))).text();
    const json = { status: 200, type: 'application/json' };
    const faultOf = (members: object) =>
      faultOfAnswer('GET', filled(path), { ...json, text: JSON.stringify({ ...JSON.parse(text), ...members }) });
    expect(faultOf({})).toBeUndefined();
    expect(faultOf({ unheardOf: 1 })).toContain('unheardOf');
    expect(faultOf({ state: 'nonsense' })).toContain('/state');
    expect(faultOf({ parties: [{}] })).toContain('/parties/0');
    expect(faultOfAnswer('GET', filled(path), { ...json, type: 'text/plain', text })).toContain('text/plain');
    expect(faultOfAnswer('GET', filled(path), { ...json, status: 299, text })).toContain('299');
  });

  it('may have further members in later releases: the published schemas are open', async () => {
    const published = publishedCheck('paths', path, 'get', 'responses', '200', ...JSON_BODY);
    const body = await bodyOf(registry.get(filled(path)));
    expect(published?.({ ...body, unheardOf: 1 })).toBe(true);
  });
});

describe('whatever a reader asks', () => {
  it('is never answered with a failure of ours', async () => {
    const part = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('..', '%', 'head', '__proto__', '0', '-1', '1e9', '9'.repeat(30)),
    );
    const queries = fc.dictionary(
      fc.oneof(
        fc.constantFrom(
          ...['limit', 'cursor', 'after', 'minPosition', 'stream', 'type', 'from', 'organization', 'kind'],
          ...['knownAt', 'validOn'],
        ),
        part,
      ),
      part,
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...reads),
        fc.array(part, { maxLength: 3 }),
        queries,
        async ({ path }, parts, query) => {
          let next = 0;
          const url = path.replace(/\{\w+\}/g, (place) =>
            next < parts.length ? encode(parts[next++] ?? '') : filled(place),
          );
          // A slash at the end leads to the path without it, which no operation describes.
          fc.pre(!new URL(url, 'http://registry.test').pathname.endsWith('/'));
          const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
          const response = await registry.get(`${url}?${search.join('&')}`);
          expect(response.status, url).toBeLessThan(500);
          if (response.status >= 400) expect(response.headers.get('Content-Type')).toBe('application/problem+json');
        },
      ),
      { numRuns: 250, seed: 20230223 },
    );
    expect(registry.errors()).toEqual([]);
  });
});

const encode = (text: string) => encodeURIComponent(text.toWellFormed());
