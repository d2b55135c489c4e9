import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RelationEdge, RelationNode } from '../../../domain/answers/relations.ts';
import { evidence, REGISTRAR } from '../../support/api.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { landExamples } from '../../support/landed-examples.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';

interface Graph {
  readonly nodes: readonly RelationNode[];
  readonly edges: readonly RelationEdge[];
  readonly next?: string;
}

let engine: TestEngine;
let registry: TestRegistry;
let ids: ReadonlyMap<string, string>;
const idOf = (name: string) => ids.get(name) ?? '';
const graph = async (query: string) => (await bodyOf(registry.get(`/v1/relations?${query}`))) as Graph;

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  ids = await landExamples(registry.post);
  await registry.seal();
  await registry.project();
});
afterAll(() => engine?.stop());

describe('GET /v1/relations', () => {
  it('tells with whom the two exchanges of the example have signed', async () => {
    const { edges, nodes, next } = await graph(`organization=${idOf('org-gzde')}`);
    expect(next).toBeUndefined();
    const once = { count: { exact: 1 }, first: '2023-02-23?', last: '2023-02-23?' };
    const expected = [
      ['org-spdb-panyu', 'project'],
      ['org-ccb-panyu', 'cooperation'],
      ['org-igi', 'cooperation'],
      ['org-fdj', 'supply'],
      ['org-aiying', 'service'],
    ].map(([name = '', kind = '']) => ({
      between: [idOf('org-gzde'), idOf(name)],
      ...once,
      kinds: { [kind]: { exact: 1 } },
    }));
    const byOther = (one: { between: readonly string[] }, other: { between: readonly string[] }) =>
      String(one.between[1]) < String(other.between[1]) ? -1 : 1;
    const plain = edges.map(({ represented: _, ...edge }) => edge);
    expect(plain.toSorted(byOther)).toEqual(expected.toSorted(byOther));
    expect(nodes.find(({ id }) => id === idOf('org-gzde'))).toMatchObject({ degree: 5, kind: 'exchange' });
    expect(nodes.every(({ names }) => names.length > 0)).toBe(true);

    const other = await graph(`organization=${idOf('org-gdgje')}`);
    expect(other.edges).toEqual([]);
    expect(other.nodes).toMatchObject([{ id: idOf('org-gdgje'), degree: 0 }]);
  });

  it('tells all of it in pages', async () => {
    const edges: RelationEdge[] = [];
    let pages = 0;
    for (let query = 'limit=2'; ; ) {
      const page = await graph(query);
      edges.push(...page.edges);
      pages += 1;
      if (page.next === undefined) break;
      query = `limit=2&cursor=${page.next}`;
    }
    expect(edges).toHaveLength(5);
    expect(pages).toBeGreaterThan(2);
    expect(edges.every(({ between }) => (between as readonly string[]).includes(idOf('org-gzde')))).toBe(true);
  });

  it('names the lowest position of the read models that it is from, and the next page', async () => {
    const response = await registry.get('/v1/relations?limit=1');
    expect(Number(response.headers.get('Registry-Position'))).toBe(((await registry.log.readHead())?.size ?? 0) - 1);
    expect(response.headers.get('Link')).toMatch(/^<\/v1\/relations\?limit=1&cursor=[\w-]+>; rel="next"$/);
  });

  it('refuses an organization that there is none of, and a cursor of another graph', async () => {
    const { next } = await graph('limit=1');
    const queries = [
      `organization=organization-${'z'.repeat(26)}`,
      `organization=${idOf('org-gzde')}&cursor=${next}`,
      'cursor=x',
      'kind=supply',
    ];
    for (const query of queries) expect((await registry.get(`/v1/relations?${query}`)).status, query).toBe(400);
  });

  it('shows of a merged organization no edge of its own, and none from one to itself', async () => {
    const into = idOf('org-igi');
    const merged = idOf('org-fdj');
    const answer = await registry.post(
      `/v1/organizations/${merged}/merge`,
      { into, evidence },
      { client: REGISTRAR, key: 'merge' },
    );
    expect(answer.status, answer.text).toBe(200);
    await registry.seal();
    await registry.project();
    for (const query of [`organization=${idOf('org-gzde')}`, `organization=${merged}`, 'limit=100']) {
      const { edges, nodes } = await graph(query);
      expect(nodes.map(({ id }) => id)).not.toContain(merged);
      expect(edges.every(({ between: [one, other] }) => one !== other)).toBe(true);
      const both = edges.filter(({ between }) => (between as readonly string[]).includes(into));
      expect(both).toMatchObject([{ count: { exact: 2 }, kinds: { cooperation: { exact: 1 }, supply: { exact: 1 } } }]);
    }
  });
});
