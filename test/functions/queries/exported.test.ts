import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listedItems } from '../../../domain/answers/listed-items.ts';
import { aggregates } from '../../../domain/catalog.ts';
import { listColumns } from '../../../domain/tables/columns.ts';
import { routes } from '../../../functions/http/routes.ts';
import { REGISTRAR, tokenFor } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { landExamples } from '../../support/landed-examples.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

let engine: TestEngine;
let registry: TestRegistry;
let paths: readonly string[];

/** The rows of CSV, as RFC 4180 says to read them. */
function parsed(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end = ''] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n|$)/g)) {
    if (quoted === undefined && plain === '' && end === '') break;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  await landExamples(registry.post);
  await registry.seal();
  await registry.project();
  const ids = new Map<string, string>();
  for (const { collection } of aggregates) {
    const { items } = await bodyOf(registry.get(`/v1/${collection}?limit=1`));
    if (items[0]) ids.set(collection, items[0].id);
  }
  const given = [...listedItems.keys()].map((path) =>
    path.replace('{id}', ids.get(path.split('/')[2] ?? '') ?? '{id}'),
  );
  // The example has no record of some collections.
  paths = given.filter((path) => !path.includes('{id}'));
  expect(paths.length).toBeGreaterThan(30);
});
afterAll(() => engine?.stop());

const get = async (path: string, accept?: string) => {
  const headers = {
    Authorization: `Bearer ${await tokenFor(REGISTRAR)}`,
    ...(accept !== undefined && { Accept: accept }),
  };
  return registry.get(path, headers);
};

describe('lists as exports', () => {
  it('are all lists that there are, and the id comes first', () => {
    const lists = routes.filter(({ isList }) => isList).map(({ path }) => path);
    expect(lists.sort()).toEqual([...listedItems.keys()].sort());
    for (const [path, { item, id }] of listedItems) {
      const names = listColumns(item, id === undefined ? undefined : () => '').map(({ name }) => name);
      expect(names[0], path).toBe('id');
      expect(new Set(names).size, path).toBe(names.length);
    }
  });

  it('have the rows of the pages in JSON, with every field as NDJSON', async () => {
    for (const path of paths) {
      const query = path === '/v1/statistics' ? '?measure=signings&by=month,organization&limit=100' : '?limit=100';
      const { [listedItems.get(path)?.within ?? 'items']: items } = await bodyOf(get(path + query));
      expect(items, path).toBeInstanceOf(Array);
      if (['/v1/statistics', '/v1/relations'].includes(path)) expect(items.length, path).toBeGreaterThan(0);
      const lines = (await (await get(`${path}.ndjson${query}`)).text()).split('\n');
      expect(lines.pop(), path).toBe('');
      expect(
        lines.map((line) => JSON.parse(line)),
        path,
      ).toEqual(items);
      const csv = await (await get(`${path}.csv${query}`)).text();
      const [header, ...rows] = parsed(csv);
      expect(rows, path).toHaveLength(items.length);
      for (const row of rows) expect(row).toHaveLength(header?.length ?? 0);
      for (const row of rows) expect(row[0], path).not.toBe('');
    }
  });

  it('come by Accept as by the ending of the path, and the latter decides', async () => {
    const byPath = await get('/v1/agreements.csv');
    const byAccept = await get('/v1/agreements', 'text/csv');
    expect(await byAccept.text()).toBe(await byPath.text());
    expect(byPath.headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present');
    expect((await get('/v1/agreements', 'application/x-ndjson')).headers.get('Content-Type')).toBe(
      'application/x-ndjson',
    );
    expect((await get('/v1/agreements.csv', 'text/html,*/*;q=0.8')).status).toBe(200);
    expect((await get('/v1/agreements.csv', 'application/json')).status).toBe(406);
    for (const path of ['/v1/openapi.csv', '/v1/agreements.xlsx', '/health.csv'])
      expect((await get(path)).status).toBe(404);
  });

  it('of figures and relations have a hundred rows on a page, each with what it counts', async () => {
    const figures = parsed(await (await get('/v1/statistics.csv?measure=signings&by=month')).text());
    expect(figures[0]).toEqual(expect.arrayContaining(['id', 'month', 'count_exact', 'count_min', 'records']));
    expect(figures[1]?.[0]).toMatch(/^\/v1\/agreements\?measure=signings&month=/);
    const first = await get('/v1/relations.csv?limit=1');
    const [header, edge] = parsed(await first.text());
    expect(header?.slice(0, 2)).toEqual(['id', 'between']);
    expect(edge?.[0]).toMatch(/^organization-\w+,organization-\w+$/);
    const many = await bodyOf(get('/v1/relations?limit=100'));
    const all = (await (await get('/v1/relations.ndjson')).text()).trim().split('\n');
    expect(all.map((line) => JSON.parse(line))).toEqual(many.edges);
    expect(first.headers.has('Link')).toBe(many.edges.length > 1);
  });

  it('have names and parties in readable columns', async () => {
    const [header = [], ...rows] = parsed(await (await get('/v1/organizations.csv')).text());
    expect(header.slice(0, 2)).toEqual(['id', 'name']);
    expect(header.at(-1)).toBe('escaped');
    expect(rows.every((row) => row[1] !== '')).toBe(true);
  });

  it('come in pages that are one file one behind the other, and the last one has no next', async () => {
    const whole = await (await get('/v1/organizations.csv')).text();
    let path: string | undefined = '/v1/organizations.csv?limit=7';
    let text = '';
    let pages = 0;
    while (path !== undefined) {
      const response: Response = await get(path);
      expect(response.headers.get('Content-Type')).toContain(pages === 0 ? 'header=present' : 'header=absent');
      text += await response.text();
      pages += 1;
      path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('Link') ?? '')?.[1];
    }
    expect(pages).toBeGreaterThan(2);
    expect(text).toBe(whole);
  });
});
