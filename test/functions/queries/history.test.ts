import { describe, expect, it } from 'vitest';
import { presentRecord } from '../../../domain/presentation.ts';
import { applyCommit, isRecordStream, type SealedRecord } from '../../../domain/projections/projection.ts';
import { escapePointer } from '../../../domain/values/ids.ts';
import { historyPage } from '../../../functions/queries/history.ts';
import type { Commit } from '../../../functions/stores/commits.ts';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { grownRecord } from '../../growth/grown.ts';
import { acceptedCommits } from '../../support/accepted-history.ts';
import { idOf } from '../../support/decider.ts';

const PAGE_BYTES = 2_000_000;
const CHANGES_BYTES = 250_000;
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

interface Placed {
  readonly commit: Commit;
  readonly position: number;
}
type Page = Awaited<ReturnType<typeof historyPage>>;

async function* placed(commits: readonly Placed[]): AsyncGenerator<Placed> {
  yield* commits;
}

/** Where two values differ, place by place. */
function differences(was: unknown, is: unknown, pointer = ''): object[] {
  if (Object.is(was, is)) return [];
  const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  if (isContainer(was) && isContainer(is) && Array.isArray(was) === Array.isArray(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return keys.flatMap((key) => differences(was[key], is[key], `${pointer}/${escapePointer(key)}`));
  }
  return [{ pointer, ...(was !== undefined && { was }), ...(is !== undefined && { is }) }];
}

/** The history event by event: each presented, and compared with the one before. */
function oneByOne(commits: readonly Placed[]): object[] {
  let before: SealedRecord | undefined;
  let was: object = {};
  return commits.flatMap(({ commit, position }) =>
    eventsOf(commit).map((event, index) => {
      before = applyCommit(before, [event], position + index);
      const is = presentRecord(before);
      const changes = differences(was, is);
      was = is;
      return { ...JSON.parse(commit.events[index] as string), position: position + index, changes };
    }),
  );
}

/** All pages of a history. */
async function pagesOf(read: (after: number) => Promise<Page>): Promise<Page[]> {
  const pages: Page[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = await read(after);
    pages.push(page);
    after = page.next === undefined ? undefined : Number(page.next);
  }
  return pages;
}

describe('a history', () => {
  const streams = Map.groupBy(
    acceptedCommits().filter(({ stream }) => isRecordStream(stream)),
    ({ stream }) => stream,
  );

  it('is the same in pages of any length, and as each event by itself tells it', async () => {
    for (const commits of streams.values()) {
      const own = commits.map(({ position, ...commit }) => ({ commit, position }));
      const expected = oneByOne(own);
      for (const limit of [1, 2, 3, 100]) {
        const pages = await pagesOf((after) => historyPage(placed(own), { limit, after }));
        expect(pages.flatMap(({ items }) => items)).toEqual(expected);
        expect(pages.length).toBe(Math.max(1, Math.ceil(expected.length / limit)));
      }
      expect(await historyPage(placed(own), { limit: 5, after: 1_000 })).toEqual({ items: [] });
    }
  });

  it('is cut by bytes, and told as a whole by the pages together', async () => {
    const { id, size, register } = grownRecord(
      {
        id: idOf('launch'),
        opening: [['launch.performed', { kind: 'platform', on: '1999' }]],
        fact: (index) => [
          'launch.evidence-added',
          {
            evidence: Array.from({ length: 20 }, (_, part) => ({
              source: { notes: [{ text: `${index} ${part}`.padEnd(600, '\\'), lang: 'en' }] },
              basis: 'stated',
            })),
          },
        ],
      },
      150,
    );
    const pages = await pagesOf((after) => register.history(id, { limit: 100, after, position: size - 1 }));
    for (const page of pages) expect(bytesOf(page)).toBeLessThan(PAGE_BYTES + 1_000);
    expect(pages.length).toBeGreaterThan(2);
    const versions = pages.flatMap(({ items }) => items.map(({ streamversion }) => streamversion));
    expect(versions).toEqual(Array.from({ length: size }, (_, index) => index + 1));
  });
});

describe('what one event of a history changed', () => {
  const [body, organization] = [idOf('organization', 'a'), idOf('organization', 'b')];
  /** A stay with many facts, another one, and the first of them retracted. */
  const retraction = (renewals: number, reason: string) =>
    grownRecord(
      {
        id: idOf('membership'),
        opening: [['membership.admitted', { body, organization, on: '2000' }]],
        fact: (index, n) => {
          if (index === n - 1) return ['membership.retracted', { period: 1, reason: 'Another one' }];
          if (index === n - 2) return ['membership.admitted', { body, organization, on: '2010' }];
          if (index === n - 3) return ['membership.resigned', { on: '2009', reason }];
          return ['membership.suspended', { on: '2001', reason: `${index} ${reason}` }];
        },
      },
      renewals,
    );
  const lastOf = async ({ id, size, register }: ReturnType<typeof retraction>) => {
    const { items } = await register.history(id, { limit: 1, after: size - 1, position: size - 1 });
    return items[0] as Page['items'][number];
  };

  it('is told in at most 100 places, and how many more there are', async () => {
    const { changes, changesLeftOut } = await lastOf(retraction(300, 'short'));
    expect(changes).toHaveLength(100);
    expect(changesLeftOut).toBeGreaterThan(100);
    expect((await lastOf(retraction(10, 'short'))).changesLeftOut).toBeUndefined();
  });

  it('is told in at most 250 KB', async () => {
    const { changes, changesLeftOut } = await lastOf(retraction(90, 'x'.repeat(4_000)));
    expect(bytesOf(changes)).toBeLessThanOrEqual(CHANGES_BYTES);
    expect(changes.length).toBeGreaterThan(20);
    expect(changesLeftOut).toBeGreaterThan(20);
  });
});
