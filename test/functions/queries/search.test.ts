import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { landExamples } from '../../support/landed-examples.ts';
import { type TestRegistry, testRegistry } from '../../support/registry.ts';

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];

let engine: TestEngine;
let registry: TestRegistry;
let ids: ReadonlyMap<string, string>;
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  ids = await landExamples(registry.post);
  await registry.seal();
  await registry.project();
});
afterAll(() => engine?.stop());

interface Example {
  readonly command: string;
  readonly as: string;
  readonly data: { readonly names?: { value: string; lang: string; kind?: string }[] };
}
const folder = new URL('../../../examples/guangzhou-2023/', import.meta.url);
const organizations = readdirSync(folder)
  .flatMap((file): Example[] => JSON.parse(readFileSync(new URL(file, folder), 'utf8')).commands)
  .filter(({ command }) => command === 'register-organization');

async function find(q: string, more = '') {
  const response = await registry.get(`/v1/search?q=${encodeURIComponent(q)}${more}`);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}
const found = async (q: string, more?: string): Promise<string[]> => {
  const { status, body, text } = await find(q, more);
  expect(status, text).toBe(200);
  return body.items.map(({ id }: { id: string }) => id);
};

describe('of the example', () => {
  it('every organization is found by each of its names in each language, and by the beginning of each', async () => {
    expect(organizations.length).toBe(19);
    for (const { as, data } of organizations) {
      const id = ids.get(as);
      for (const { value } of data.names ?? []) {
        expect((await found(value))[0], value).toBe(id);
        expect(await found(value.slice(0, Math.ceil(value.length / 2))), value).toContain(id);
      }
    }
  });

  it('by its acronym, by any two characters of a Chinese name, and by its number', async () => {
    for (const { as, data } of organizations) {
      const id = ids.get(as) ?? '';
      for (const { value, kind, lang } of data.names ?? []) {
        if (kind === 'acronym') expect((await found(value.toLowerCase()))[0]).toBe(id);
        if (!lang.startsWith('zh')) continue;
        const signs = [...value];
        for (const place of signs.keys()) expect(await found(signs.slice(place, place + 2).join(''))).toContain(id);
      }
      const body = (await (await registry.get(`/v1/organizations/${id}`)).json()) as { number: string };
      expect(await found(body.number)).toEqual([id]);
    }
  });

  it('in traditional characters, in Latin letters, and among its collection and kind', async () => {
    const exchange = ids.get('org-gzde') ?? expect.fail([...ids.keys()].join(' '));
    expect((await found('廣州鑽石交易中心'))[0]).toBe(exchange);
    expect((await found('guanchzhouskaya almaznaya birzha'))[0]).toBe(exchange);
    expect(await found('guangzhou', '&collection=organizations&kind=exchange')).toContain(exchange);
    expect(await found('guangzhou', '&collection=ceremonies')).not.toContain(exchange);
    expect(await found('guangzhou', '&kind=bank,branch')).not.toContain(exchange);
  });

  it('words of notes and evidence find nothing', async () => {
    expect(await found('translation')).toEqual([]);
  });
});

describe('the search', () => {
  it('turns pages, and takes a cursor for the same search alone', async () => {
    const { body, headers } = await find('g', '&limit=3');
    expect(body.items).toHaveLength(3);
    expect(headers.get('link')).toContain('rel="next"');
    const turned = body.items.map(({ id }: { id: string }) => id);
    for (let { next } = body; next !== undefined; ) {
      const page = (await find('g', `&limit=3&cursor=${next}`)).body;
      turned.push(...page.items.map(({ id }: { id: string }) => id));
      next = page.next;
    }
    expect(turned).toEqual(await found('g', '&limit=100'));
    expect((await find('h', `&cursor=${body.next}`)).status).toBe(400);
  });

  it.each([
    ['', ''],
    ['x'.repeat(501), ''],
    ['x', '&collection=everything'],
    ['x', '&kind=everything'],
    ['x', '&collection=awards&kind=bank'],
    ['x', '&limit=101'],
  ])('refuses %j%s', async (q, more) => {
    expect((await find(q, more)).status).toBe(400);
  });

  it('names the position of the lower of its read models, and waits for one', async () => {
    const { headers } = await find('gzde');
    const position = Number(headers.get('registry-position'));
    expect((await find('gzde', `&minPosition=${position}`)).status).toBe(200);
    expect((await find('gzde', `&minPosition=${position + 1}`)).status).toBe(409);
  });

  it('lets a receipt name the organization that is there already, in whatever characters', async () => {
    const data = { kind: 'exchange', names: [{ value: '廣州鑽石交易中心', lang: 'zh-Hant' }], evidence };
    const { body } = await registry.post('/v1/organizations', data, { headers: { Prefer: 'dry-run' } });
    expect(body.warnings).toContainEqual({
      rule: 'probable-duplicate',
      record: ids.get('org-gzde'),
      detail: `${ids.get('org-gzde')} is called 广州钻石交易中心`,
    });
  });
});
