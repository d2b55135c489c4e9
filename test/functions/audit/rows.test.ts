import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestAfter } from '../../../domain/projections/digest.ts';
import { records } from '../../../domain/projections/records.ts';
import { readRows } from '../../../functions/audit/rows.ts';
import { canonical } from '../../../functions/runtime/canonical.ts';
import { sha256 } from '../../../functions/runtime/sha256.ts';
import { BEGINNING, type ViewCheckpoint } from '../../../functions/stores/view-items.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { landExamples } from '../../support/landed-examples.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { rowsIn } from '../../support/rows.ts';

let engine: TestEngine;
let registry: TestRegistry;
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  await landExamples(registry.post);
  await registry.seal();
  await registry.projector().deliver();
  // A new revision that is being built beside the one that serves.
  const next = { ...records, revision: records.revision + 1, build: 1 };
  const row = { partition: 'organizations', sort: 'x', value: { beside: true } };
  await registry.views.write(next, [row], BEGINNING, { ...BEGINNING, position: 3 });
});
afterAll(() => engine.stop());

const MODEL = `records@${records.revision}.1`;
const PATH = '/v1/projections/records/rows';

/** All pages, as a client follows them; the rows in the answer's own bytes. */
async function readAll(own: TestRegistry, query: string) {
  const rows: string[] = [];
  const positions = new Set<unknown>();
  let pages = 0;
  for (let path = `${PATH}${query}`; path !== ''; pages += 1) {
    const response = await own.get(path);
    const text = await response.text();
    const { items, position, next } = JSON.parse(text);
    expect(text).toContain(`"items":[${items.map(canonical).join(',')}]`);
    rows.push(...items.map(canonical));
    positions.add(position);
    path = /^<(.+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1] ?? '';
    expect(path === '' ? undefined : new URL(path, 'http://localhost').searchParams.get('cursor')).toBe(
      next ?? undefined,
    );
  }
  return { rows, positions: [...positions], pages };
}

describe('the rows of a read model', () => {
  it.each(['', '?limit=1000', '?limit=97', '?limit=7', '?limit=1'])(
    'are all of them, page by page: %s',
    async (query) => {
      const stored = (await rowsIn(engine, registry.tables.views)).filter(({ pk }) => pk.startsWith(`${MODEL}/`));
      expect(stored.length).toBeGreaterThan(200);
      const { rows, pages } = await readAll(registry, query);
      const expected = stored.map(({ pk, sk, value }) =>
        canonical([pk.slice(`${MODEL}/`.length), sk, JSON.parse(value)]),
      );
      expect(rows.toSorted()).toEqual(expected.toSorted());
      if (query !== '' && query !== '?limit=1000') expect(pages).toBeGreaterThan(3);
    },
  );

  it('make the digest of the read model, at its position', async () => {
    const { position, digest } = await bodyOf(registry.get('/v1/projections/records'));
    const { rows, positions } = await readAll(registry, '?limit=100');
    expect(digestAfter(sha256, BEGINNING.digest, [], rows)).toBe(digest);
    expect(positions).toEqual([position]);
    const response = await registry.get(PATH);
    expect(response.headers.get('registry-position')).toBe(String(position));
    expect(response.headers.get('cache-control')).toBe('public, no-cache');
  });

  it('are none, at no position, before the first event', async () => {
    const empty = await testRegistry(engine);
    expect(await (await empty.get(PATH)).text()).toBe('{"items":[]}');
  });

  it('are of a read model that there is', async () => {
    expect((await registry.get('/v1/projections/nonsense/rows')).status).toBe(404);
  });
});

describe('a cursor of rows', () => {
  const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each([
    ['is no base64url', '%20!'],
    ['is empty', ''],
    ['is no JSON', Buffer.from('[').toString('base64url')],
    ['is no place', text({ pk: 'a', sk: 'b' })],
    ['has no key', text([MODEL, 'a'])],
    ['has more than a key', text([MODEL, 'a', 'b', 'c'])],
    ['has an empty key', text([MODEL, '', 'b'])],
    ['has numbers for a key', text([MODEL, 1, 2])],
    ['has a key that no item can have', text([MODEL, 'a', 'x'.repeat(1025)])],
    ['is not well-formed', text([MODEL, 'a', '\ud800'])],
    ['is of another revision', text([`records@${records.revision - 1}`, 'a', 'b'])],
    ['is of another read model', text([`search@${records.revision}`, 'a', 'b'])],
    ['is much too long', 'A'.repeat(6000)],
  ])('is refused when it %s', async (_, cursor) => {
    const response = await registry.get(`${PATH}?cursor=${cursor}`);
    expect([response.status, (await bodyOf(response)).type]).toEqual([400, '/problems/parameter-invalid']);
  });

  it('that somebody made up leads to rows of this read model, and to nothing else', async () => {
    const { rows } = await readAll(registry, '?limit=1000');
    for (const key of ['nobody', `${MODEL}/checkpoint`, `records@${records.revision + 1}.1/organizations`]) {
      const response = await registry.get(`${PATH}?cursor=${text([MODEL, key, 'nothing'])}`);
      expect(response.status).toBe(200);
      expect(rows).toEqual(expect.arrayContaining((await bodyOf(response)).items.map(canonical)));
    }
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'after=1', 'cursor=a&cursor=b'])('comes with no %s', async (query) => {
    expect((await registry.get(`${PATH}?${query}`)).status).toBe(400);
  });
});

describe('a page that is read while the projector writes', () => {
  const at = (position: number, part = 0): ViewCheckpoint => ({ ...BEGINNING, position, part });
  /** Views whose checkpoint is read as these say, one after the other; the last one stays. */
  async function reading(...checkpoints: [ViewCheckpoint, ...ViewCheckpoint[]]) {
    let reads = 0;
    const slept: number[] = [];
    const views = {
      served: async () => ({ ...records, build: 1, checkpoint: BEGINNING, isReadable: true }),
      checkpoint: async () =>
        checkpoints.splice(0, checkpoints.length > 1 ? 1 : 0)[0] ?? (checkpoints[0] as ViewCheckpoint),
      rows: async () => ({ rows: [{ partition: 'p', sort: 's', value: { read: ++reads } }], next: undefined }),
    };
    const page = await readRows(records, { limit: 10 }, { views, sleep: async (ms) => slept.push(ms) });
    return { page, reads, slept };
  }

  it('is read once while the read model stands still', async () => {
    const { page, slept } = await reading(at(4));
    expect([page, slept]).toEqual([{ position: 4, rows: ['["p","s",{"read":1}]'] }, []]);
  });
  it('is read again when the read model has moved', async () => {
    const { page, slept } = await reading(at(4), at(5), at(5), at(5));
    expect(page).toEqual({ position: 5, rows: ['["p","s",{"read":2}]'] });
    expect(slept).toHaveLength(1);
  });
  it('is read again while a commit is written in parts', async () => {
    const { page } = await reading(at(4, 1), at(4, 1), at(4, 2), at(4, 2), at(5));
    expect(page).toEqual({ position: 5, rows: ['["p","s",{"read":3}]'] });
  });
  it('gives the earlier position when the read model keeps moving: rows are ahead of it, never behind', async () => {
    const { page, reads } = await reading(at(1), at(2), at(3), at(4), at(5), at(6), at(7));
    expect([page.position, reads]).toEqual([5, 3]);
  });
});
