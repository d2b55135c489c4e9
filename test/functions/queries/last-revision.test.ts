import { beforeAll, describe, expect, it } from 'vitest';
import { aggregates } from '../../../domain/catalog.ts';
import { records } from '../../../domain/projections/records.ts';
import { landHistory } from '../../generated/land.ts';
import { organization } from '../../support/api.ts';
import { landExamples } from '../../support/landed-examples.ts';
import { recordsThen } from '../../support/last-revision.ts';
import { engineInMemory } from '../../support/memory-registry.ts';
import { type TestRegistry, testRegistry } from '../../support/registry.ts';

/**
 * A registry whose read model an earlier release has built in revision 9: what it answers until that of this release is
 * built, and then.
 */

// biome-ignore lint/suspicious/noExplicitAny: the test asserts what it is
type Json = any;

async function read(registry: TestRegistry, path: string) {
  const response = await registry.apps.queries.request(path);
  const body: Json = JSON.parse(await response.text());
  return { status: response.status, position: response.headers.get('Registry-Position'), body };
}

/** All pages of a list. */
async function pagesOf(registry: TestRegistry, path: string): Promise<Json[]> {
  const pages: Json[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, body } = await read(registry, next);
    expect(status, `${next}: ${JSON.stringify(body)}`).toBe(200);
    pages.push(body);
    next = body.next && `${path}${path.includes('?') ? '&' : '?'}cursor=${body.next}`;
  }
  return pages;
}

/** What they tell but for totals and counts: pages of lists with filters may end elsewhere. */
const toldBy = (pages: readonly Json[]) => ({
  items: pages.flatMap(({ items }) => items.map(({ counts: _, ...item }: Json) => item)),
  references: Object.assign({}, ...pages.map(({ references }) => references)),
});

/** A registry over the example and a generated history, with the read model of the earlier release. */
async function registryThen() {
  const engine = engineInMemory();
  const registry = await testRegistry(engine);
  await landHistory(registry, engine, { records: 80, seed: 9 });
  await landExamples(registry.post);
  await registry.seal();
  await registry.project([recordsThen]);
  const { position } = await registry.views.checkpoint(recordsThen);
  const ids = new Map<string, string[]>();
  for (const { collection } of aggregates) {
    const { items } = toldBy(await pagesOf(registry, `/v1/${collection}?limit=100`));
    expect(items.length, collection).toBeGreaterThan(0);
    ids.set(
      collection,
      items.map(({ id }: Json) => id),
    );
  }
  return { registry, position, idsIn: (collection: string) => ids.get(collection) ?? [] };
}

let world: Awaited<ReturnType<typeof registryThen>>;
beforeAll(async () => {
  world = await registryThen();
});

/** Lists by whatever filters lists have, and activities. */
function lists(idsIn: (collection: string) => readonly string[]): string[] {
  const organizations = idsIn('organizations').slice(0, 10);
  return [
    ...aggregates.flatMap(({ collection, states, kinds = [] }) => {
      const [state, ...others] = states;
      const filters = [
        '',
        ...states.map((one) => `state=${one}`),
        `state=${others.join(',')}`,
        'standing=reported,hosted',
        'from=2023-01-01&to=2023-06-27',
        ...kinds.slice(0, 1).flatMap((kind) => [`kind=${kind}`, `kind=${kinds.slice(0, 2).join(',')}&state=${state}`]),
        ...organizations.slice(0, 4).flatMap((id) => [`organization=${id}`, `organization=${id}&state=${state}`]),
        ...idsIn('ceremonies').map((id) => `ceremony=${id}`),
      ];
      return filters.map((filter) => `/v1/${collection}?limit=9&${filter}`.replace(/&$/, ''));
    }),
    ...idsIn('award-programmes').map((id) => `/v1/awards?programme=${id}`),
    ...organizations.flatMap((id) => [`/v1/memberships?body=${id}`, `/v1/organizations/${id}/activity?limit=3`]),
  ];
}

describe('until the new build is served, rows of the last revision', () => {
  it('have no part in what is told from others beside them', async () => {
    const { registry } = world;
    for (const path of ['/v1/search?q=exchange', '/v1/relations', '/v1/overview', '/v1/statistics?measure=signings']) {
      const { status, body } = await read(registry, path);
      expect([status, body.type], path).toEqual([503, '/problems/rebuilding']);
    }
  });

  it('tell the same as those of the new one, but for totals and counts', async () => {
    const { registry, position, idsIn } = world;
    const then = new Map<string, Json[]>();
    for (const path of lists(idsIn)) then.set(path, await pagesOf(registry, path));
    const programmes = idsIn('ceremonies').map((id) => `/v1/ceremonies/${id}/programme`);
    for (const path of programmes) {
      const { status, body } = await read(registry, path);
      expect(status, path).toBe(200);
      then.set(path, [body]);
    }
    const counted = (pages: Iterable<Json[]>) => /"(total|counts)":/.test(JSON.stringify([...pages]));
    expect(counted(then.values())).toBe(false);
    // What lands meanwhile shows afterwards.
    const first = await pagesOf(registry, '/v1/agreements?kind=cooperation&limit=2');
    const { status } = await registry.post('/v1/organizations', organization('Newcomer'));
    expect(status).toBe(201);
    await registry.seal();
    const late = await read(registry, '/v1/organizations?limit=100');
    expect(late.position).toBe(String(position));
    expect(JSON.stringify(late.body)).not.toContain('Newcomer');
    const beyond = await read(registry, `/v1/organizations?minPosition=${position + 1}`);
    expect([beyond.status, beyond.body.type]).toEqual([409, '/problems/not-yet']);

    await registry.project([records]);
    expect(await read(registry, '/v1/organizations?limit=100')).toMatchObject({ position: String(position + 1) });
    for (const path of programmes) expect((await read(registry, path)).body, path).toEqual(then.get(path)?.[0]);
    const now = new Map<string, Json[]>();
    for (const path of lists(idsIn)) now.set(path, await pagesOf(registry, path));
    expect(counted(now.values())).toBe(true);
    for (const [path, pages] of now) {
      const { items, references } = toldBy(pages);
      const older = items.filter(({ names = [] }: Json) => names[0]?.value !== 'Newcomer');
      expect(toldBy(then.get(path) ?? []), path).toEqual({ items: older, references });
    }
    // A page that was asked for before leads on.
    const [{ next }, second] = first;
    const after = await read(registry, `/v1/agreements?kind=cooperation&limit=2&cursor=${next}`);
    expect(after.body.items).toEqual(second.items);
  });
});
