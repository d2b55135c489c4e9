import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregates } from '../../domain/catalog.ts';
import { openApiDocument } from '../../functions/shared/openapi.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../support/registry.ts';

type Operation = {
  operationId: string;
  parameters?: { $ref?: string; name?: string; in?: string }[];
  responses: object;
};
const document = openApiDocument('registry.example.org') as {
  paths: Record<string, { get?: Operation; post?: Operation }>;
};
const reads = Object.entries(document.paths).flatMap(([path, { get }]) => (get ? [{ path, operation: get }] : []));
const writes = Object.entries(document.paths).flatMap(([path, { post }]) => (post ? [{ path, operation: post }] : []));

let engine: TestEngine;
let registry: TestRegistry;
const ids: Record<string, string> = {};

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
  const names = [{ value: 'X', lang: 'en' }];
  const open = async (collection: string, data: object) => {
    ids[collection] = (await registry.post(`/v1/${collection}`, { ...data, evidence })).body.id;
  };
  await open('organizations', { kind: 'bank', names });
  const first = ids.organizations;
  await open('organizations', { kind: 'exchange', names });
  await open('ceremonies', { kind: 'forum', names });
  await open('agreements', { kind: 'supply', parties: [{ organization: first }, { organization: ids.organizations }] });
  await registry.seal();
  await registry.projector().deliver();
  ids.number = (await bodyOf(registry.get(`/v1/agreements/${ids.agreements}`))).number;
});
afterAll(() => engine.stop());

/** The path with something real in each of its places. */
function filled(path: string): string {
  const collection = path.split('/')[2] ?? '';
  return path
    .replace('{id}', ids[collection] ?? '')
    .replace('{number}', ids.number ?? '')
    .replace('{stream}/{version}', `${ids.organizations}/1`)
    .replace('{name}', 'records')
    .replace('{type}/{version}', 'organization.registered/1')
    .replace('{slug}', 'stale');
}

describe('the page of the OpenAPI document', () => {
  it('shows every operation, runs no script and loads nothing', async () => {
    const response = await registry.get('/docs');
    expect(response.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    for (const { operation } of [...reads, ...writes]) expect(page).toContain(`id="${operation.operationId}"`);
    expect(page).not.toMatch(/<script|<link|\[object |undefined/);
  });
});

describe('the OpenAPI document', () => {
  it('describes every command, and names each operation once', () => {
    const acts = aggregates.flatMap(({ collection, commands }) =>
      commands.map(({ act }) => (act ? `/v1/${collection}/{id}/${act}` : `/v1/${collection}`)),
    );
    expect(new Set(writes.map(({ path }) => path))).toEqual(new Set([...acts, '/v1/submissions']));
    const names = [...reads, ...writes].map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(reads.map(({ path }) => path))('GET %s is there', async (path) => {
    const response = await registry.get(filled(path));
    expect([200, 307]).toContain(response.status);
  });

  it.each(writes.map(({ path }) => path))('POST %s is there', async (path) => {
    const response = await registry.post(filled(path), {});
    expect(response.status).toBe(422);
  });

  it('lists the parameters that an operation takes; any other is 400', async () => {
    let documented = 0;
    for (const { path, operation } of reads) {
      for (const { name, in: where } of operation.parameters ?? []) {
        if (where !== 'query' || !name) continue;
        documented += 1;
        const response = await registry.get(`${filled(path)}?${name}=%20`);
        const body = response.status === 400 ? await response.text() : '';
        expect(body, `${path}?${name}`).not.toContain('unknown-field');
      }
      expect((await registry.get(`${filled(path)}?nonsense=1`)).status, path).toBe(400);
    }
    expect(documented).toBeGreaterThan(30);
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
        fc.constantFrom('limit', 'cursor', 'after', 'minPosition', 'stream', 'type', 'from', 'organization', 'kind'),
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
          const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
          const response = await registry.get(`${url}?${search.join('&')}`);
          expect(response.status, url).toBeLessThan(500);
          if (response.status >= 400) expect(response.headers.get('Content-Type')).toBe('application/problem+json');
        },
      ),
      { numRuns: 400, seed: 20230223 },
    );
    expect(registry.errors()).toEqual([]);
  });
});

const encode = (text: string) => encodeURIComponent(text.toWellFormed());
