import { describe, expect, it } from 'vitest';
import { rowKey } from '../../../domain/projections/sums.ts';
import { placeOfCursor } from '../../../domain/reading/cursors.ts';
import { readPage } from '../../../domain/reading/pages.ts';
import { programmeOf } from '../../../domain/reading/programme.ts';
import type { RowReader, SortedRow } from '../../../domain/reading/row-reader.ts';
import { createRegister } from '../../../functions/queries/register.ts';
import { idOf } from '../../support/decider.ts';

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** The n-th organization, agreement … with summaries as large as they get. */
const idAt = (aggregate: string, number: number) =>
  `${aggregate}-${letters[Math.floor(number / 26)]}${letters[number % 26]}${'a'.repeat(24)}`;
const longNames = Array.from({ length: 20 }, () => ({ value: '𠮷'.repeat(500), lang: 'en' }));
const summaryAt = (aggregate: string, number: number) => ({
  id: idAt(aggregate, number),
  collection: `${aggregate}s`,
  version: 1,
  names: longNames,
});
type Summaries = readonly ReturnType<typeof summaryAt>[];
/** Rows whose lists have these entries; `newest` as the table answers it. */
const readerOf = (rowsIn: (partition: string) => Summaries): RowReader => ({
  newest: async (partition, before, limit) => {
    const all = rowsIn(partition).map((value) => ({ sort: value.id, value }));
    const rows = all
      .filter(({ sort }) => before === undefined || sort < before)
      .sort((a, b) => (a.sort < b.sort ? 1 : -1));
    return { rows: rows.slice(0, limit), more: rows.length > limit } as never;
  },
  get: async (keys) => {
    const found = rowsIn('record').filter(({ id }) => keys.some(({ sort }) => sort === id));
    return new Map(found.map((one) => [rowKey({ partition: `record/${one.id}`, sort: one.id }), one])) as never;
  },
});

describe('a page', () => {
  /** All pages of a list whose items are padded to a size. */
  async function pagesOf(summaries: Summaries, bytes: number) {
    const reader = readerOf(() => summaries);
    const show = async (rows: readonly SortedRow<Summaries[number]>[]) => ({
      items: rows.map(({ sort: id }) => ({ id, fill: 'x'.repeat(bytes) })),
    });
    const pages: { id: string }[][] = [];
    for (let cursor: string | undefined; ; ) {
      const page: { items: { id: string }[]; next?: string } = await readPage(
        reader,
        'list/x',
        { limit: 100, ...(cursor !== undefined && { cursor: placeOfCursor(cursor) }) },
        show,
      );
      pages.push(page.items);
      expect(page.items.length === 1 || bytesOf(page.items) < 2_000_000 + 200).toBe(true);
      cursor = page.next;
      if (cursor === undefined) return pages;
    }
  }

  it('ends after 2 MB, and the next one begins there: nothing is missing, nothing comes twice', async () => {
    for (const [length, bytes, pages] of [
      [200, 100, 2],
      [100, 60_000, 4],
      [3, 2_500_000, 3],
    ] as const) {
      const summaries = Array.from({ length }, (_, number) => ({ ...summaryAt('agreement', number), names: [] }));
      const read = await pagesOf(summaries, bytes);
      expect(read.flat().map(({ id }) => id)).toEqual(summaries.map(({ id }) => id).reverse());
      expect(read).toHaveLength(pages);
    }
  });
});

describe('the names of what an answer refers to', () => {
  it('take 500 KB at most', async () => {
    const organizations = Array.from({ length: 100 }, (_, number) => summaryAt('organization', number));
    const register = createRegister({
      reader: readerOf(() => organizations),
      commits: {} as never,
      log: {} as never,
    });
    const parties = organizations.map(({ id }) => ({ organization: id }));
    const references = await register.referencesOf({ parties }, idOf('agreement'));
    expect(bytesOf(references)).toBeLessThan(500_000);
    expect(Object.keys(references)).toEqual(organizations.slice(0, Object.keys(references).length).map(({ id }) => id));
    expect(Object.keys(references).length).toBeGreaterThan(10);
  });
});

describe('a programme', () => {
  it('takes some 2 MB, and links what it leaves out', async () => {
    const whole = summaryAt('ceremony', 0);
    const at = (collection: string, ceremony: string) => `list/${collection}/ceremony/${ceremony}`;
    const parts = Array.from({ length: 60 }, (_, number) => summaryAt('ceremony', number + 1));
    const agreements = Array.from({ length: 40 }, (_, number) => summaryAt('agreement', number));
    const rowsIn = (partition: string): Summaries => {
      if (partition === at('ceremonies', whole.id)) return parts;
      return partition.startsWith('list/agreements/ceremony/') ? agreements : [];
    };
    const all = [whole, ...parts, ...agreements].map((one) => ({
      ...one,
      collection: one.id.startsWith('ceremony') ? 'ceremonies' : one.collection,
    }));
    const reader = readerOf((partition) => (partition === 'record' ? all : rowsIn(partition)));
    const { references: _, ...programme } = await programmeOf(reader, all[0] as never);
    expect(bytesOf(programme)).toBeGreaterThan(1_500_000);
    expect(bytesOf(programme)).toBeLessThan(2_100_000);
    expect(programme.recorded.agreements).toHaveLength(40);
    expect(programme.parts.length).toBeLessThan(60);
    expect(programme.more).toContain(`/v1/ceremonies?ceremony=${whole.id}`);
  });
});
