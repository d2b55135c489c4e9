import type { Measure } from '../kernel/counted.ts';
import { type Bucket, UNDATED } from '../projections/statistics/buckets.ts';
import { both, type Figure, figureIn, figureOf, NO_FIGURE, ofOneRecord } from '../projections/statistics/figures.ts';
import {
  cellSort,
  cellsBy,
  FIRST,
  MERGES,
  type MemberRow,
  type MergeRow,
  membersBy,
  type OwnDimension,
  YEAR,
} from '../projections/statistics/rows.ts';
import { type Counters, rowKey } from '../projections/sums.ts';
import { compareUtf8, endOf } from '../values/utf8-order.ts';
import type { RowReader, SortedRow } from './row-reader.ts';
import { type Look, rowsWith } from './statistics-rows.ts';

/** After a merge several ids stand for one organization: what is counted under each of them is counted once. */

const mergeKey = (id: string) => ({ partition: MERGES, sort: id });

/** The merges of these organizations, as far as there are such. */
export async function mergesOf(
  reader: Pick<RowReader, 'get'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, MergeRow>> {
  const rows = ids.length === 0 ? new Map() : await reader.get<MergeRow>(ids.map(mergeKey));
  return new Map(ids.flatMap((id) => [rows.get(rowKey(mergeKey(id)))].flatMap((row) => (row ? [[id, row]] : []))));
}

/** All ids of an organization, the final one first. */
export async function idsCounted(
  reader: Pick<RowReader, 'get'>,
  id: string,
  known?: ReadonlyMap<string, MergeRow>,
): Promise<readonly string[]> {
  const row = (known ?? (await mergesOf(reader, [id]))).get(id);
  if (row?.into !== undefined) return idsCounted(reader, row.into);
  return [id, ...(row?.absorbed ?? [])];
}

interface CellsOf {
  readonly measure: Measure;
  readonly dimension: OwnDimension;
}

/** The cells of one organization or ceremony, the last year first. */
export const cellsWith = (
  reader: Pick<RowReader, 'newest'>,
  { measure, dimension }: CellsOf,
  value: string,
  look: Look,
) =>
  rowsWith<Counters>(
    reader,
    { partition: cellsBy(measure, dimension), prefix: cellSort(value, ''), behind: endOf(cellSort(value, '')) },
    look,
  );

/** What the cells of all years count together. */
export const totalOfCells = (cells: readonly Counters[]): Figure =>
  cells.map((cell) => ({ ...figureIn(cell, YEAR), records: cell[FIRST] ?? 0 })).reduce(both, NO_FIGURE);

/** What is counted under each of these ids; those under which nothing is are left out. */
export async function totalsOfIds(
  reader: Pick<RowReader, 'newest'>,
  measure: Measure,
  ids: readonly string[],
  look: Look,
): Promise<ReadonlyMap<string, Figure>> {
  const asked = { measure, dimension: 'organization' } as const;
  const all = await Promise.all(ids.map((id) => cellsWith(reader, asked, id, look)));
  return new Map(
    all.flatMap((cells, place): [string, Figure][] =>
      cells.length > 0 ? [[ids[place] as string, totalOfCells(cells.map(({ value }) => value))]] : [],
    ),
  );
}

/** Records that several ids count together, at most, to be told apart one by one; else the figures are ranges. */
const TOLD_APART = 500;

export const canTellApart = (parts: ReadonlyMap<string, Figure>): boolean =>
  [...parts.values()].reduce((sum, { records }) => sum + records, 0) <= TOLD_APART;

export type CountedRow = SortedRow<MemberRow>;

/** The rows of the records that count for an organization under any of its ids, each record under the id of its first. */
export async function membersOfIds(
  reader: Pick<RowReader, 'newest'>,
  measure: Measure,
  ids: Iterable<string>,
  look: Look,
): Promise<CountedRow[]> {
  const read = (id: string) =>
    rowsWith<MemberRow>(
      reader,
      { partition: membersBy(measure, 'organization', id), prefix: '', behind: endOf('') },
      look,
    );
  const all = await Promise.all([...ids].map(read));
  const chosen = new Map<string, readonly CountedRow[]>();
  for (const rows of all) {
    for (const [id, own] of Map.groupBy(rows, ({ sort }) => recordAt(sort))) {
      const there = chosen.get(id);
      if (!there || firstBucket(own) < firstBucket(there)) chosen.set(id, own);
    }
  }
  return [...chosen.values()].flat().sort((one, other) => compareUtf8(other.sort, one.sort));
}

export const recordAt = (sort: string): string => sort.slice(sort.lastIndexOf('/') + 1);
export const bucketAt = (sort: string): Bucket => sort.slice(0, sort.indexOf('/'));

/** No date is behind every date. */
const firstBucket = (rows: readonly CountedRow[]): Bucket =>
  rows.map(({ sort }) => (bucketAt(sort) === UNDATED ? '9999-99' : bucketAt(sort))).sort()[0] ?? '';

/** What members count in each bucket. */
export function bucketsOf(members: readonly CountedRow[]): Map<Bucket, Figure> {
  const buckets = new Map<Bucket, Figure>();
  for (const { sort, value } of members) {
    const figure = figureOf(value.count ?? { exact: 1 });
    buckets.set(bucketAt(sort), both(buckets.get(bucketAt(sort)) ?? NO_FIGURE, figure));
  }
  return buckets;
}

/** What members count together: one that counts in several buckets is one record. */
export function figureOfMembers(members: readonly CountedRow[]): Figure {
  const byRecord = Map.groupBy(members, ({ sort }) => recordAt(sort));
  const ofRecord = (own: readonly CountedRow[]) =>
    ofOneRecord(own.map(({ value }) => figureOf(value.count ?? { exact: 1 })).reduce(both, NO_FIGURE));
  return [...byRecord.values()].map(ofRecord).reduce(both, NO_FIGURE);
}
