import { expect } from 'vitest';
import type { Measure } from '../../domain/kernel/counted.ts';
import type { Dimension, MemberRow } from '../../domain/projections/statistics/rows.ts';
import { placeOfCursor } from '../../domain/reading/cursors.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { type FigureRow, type StatisticsAsked, statisticsPage } from '../../domain/reading/statistics.ts';
import { cellList } from '../../domain/reading/statistics-members.ts';
import { recordAt } from '../../domain/reading/statistics-merges.ts';
import type { Count } from '../../domain/values/count.ts';

export type Asked = Omit<StatisticsAsked, 'limit' | 'cursor'>;

/** All rows of an answer, by pages of this many. */
export async function allRowsOf(reader: RowReader, asked: Asked, limit = 100): Promise<FigureRow[]> {
  const rows: FigureRow[] = [];
  for (let cursor: string | undefined, pages = 0; ; pages += 1) {
    if (pages > 5_000) throw new Error('the pages do not end');
    const page = await statisticsPage(reader, { ...asked, limit, cursor: cursor ? placeOfCursor(cursor) : undefined });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    cursor = page.next;
    if (cursor === undefined) return rows;
  }
}

export interface ListedMember {
  readonly id: string;
  readonly row: MemberRow;
}

/** The records that a figure's link lists, by pages of this many rows. */
export async function membersBehind(reader: RowReader, link: string, limit = 7): Promise<ListedMember[]> {
  const { measure, month, year, ...dimension } = Object.fromEntries(new URL(link, 'http://registry.test').searchParams);
  const [[name, value] = []] = Object.entries(dimension);
  const cell = await cellList(reader, {
    measure: measure as Measure,
    month,
    year,
    dimension: name as Dimension | undefined,
    value,
  });
  const found: ListedMember[] = [];
  for (let before = cell.range.before; ; ) {
    const { rows, more } = await cell.reader.newest<MemberRow>(cell.list, before, limit);
    const within = rows.filter(({ sort }) => sort >= cell.range.notBefore);
    found.push(
      ...within.filter((row) => cell.entry(row.value)).map(({ sort, value: row }) => ({ id: recordAt(sort), row })),
    );
    if (!more || within.length < rows.length) return found;
    before = rows.at(-1)?.sort as string;
  }
}

const least = ({ exact, min = 0 }: Count): number => exact ?? min;
const most = ({ exact, min = 0, max }: Count): number => exact ?? (max === undefined ? Infinity : Math.max(min, max));

/** What figures come to together. */
export function sumOf(rows: readonly { readonly count: Count }[]) {
  const [min, max] = [least, most].map((end) => rows.reduce((sum, { count }) => sum + end(count), 0)) as [
    number,
    number,
  ];
  return { min, max };
}

export const rangeOf = (count: Count) => ({ min: least(count), max: most(count) });
