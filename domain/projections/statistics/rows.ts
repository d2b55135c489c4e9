import type { Measure } from '../../kernel/counted.ts';
import type { Count } from '../../values/count.ts';
import type { Bucket } from './buckets.ts';

/** Where the figures stand, and the records that they count. */

/** What figures are told by, besides time. */
export const dimensions = ['kind', 'organization', 'ceremony', 'standing', 'state'] as const;
export type Dimension = (typeof dimensions)[number];

/** The dimensions in which everything that is counted has one value each: their figures add up to the total. */
const sharedDimensions = ['standing', 'state', 'kind'] as const satisfies readonly Dimension[];
export type SharedDimension = (typeof sharedDimensions)[number];
export const isShared = (dimension: Dimension): dimension is SharedDimension =>
  (sharedDimensions as readonly string[]).includes(dimension);

/** The others: of these a record may have several, or none. */
export type OwnDimension = Exclude<Dimension, SharedDimension>;

/** The value of what has none: a membership is of no kind. */
export const NO_VALUE = 'none';

/** The values of a record in these dimensions, as part of a sort key. */
export const sharedSort = (values: Readonly<Record<SharedDimension, string>>) =>
  sharedDimensions.map((dimension) => values[dimension]).join('/');
export function sharedValues(sort: string): Readonly<Record<SharedDimension, string>> {
  const [standing = '', state = '', kind = ''] = sort.split('/');
  return { standing, state, kind };
}

/**
 * Cells: a row for a year, with a slot for each month, `00` for what is not known by the month, and `year` for all. One for
 * each standing, state and kind that occur together in that year.
 */
export const sharedCells = (measure: Measure) => `cell/${measure}`;
export const sharedCellSort = (year: string, values: Readonly<Record<SharedDimension, string>>) =>
  `${year}/${sharedSort(values)}`;
/** The year and the values in such a key. */
export function sharedCellAt(sort: string) {
  const end = sort.indexOf('/');
  return { year: sort.slice(0, end), values: sharedValues(sort.slice(end + 1)) };
}
export const YEAR = 'year';

/** The totals of all years, likewise. */
export const sharedTotals = (measure: Measure) => `total/${measure}`;
export const TOTAL = 'total';

/** The cells of each organization or ceremony. A slot more counts the records that no earlier year of it counts. */
export const cellsBy = (measure: Measure, dimension: OwnDimension) => `cell/${measure}/${dimension}`;
export const cellSort = (value: string, year: string) => `${value}/${year}`;
/** The value and the year in such a key. */
export function cellAt(sort: string): { readonly value: string; readonly year: string } {
  const [value = '', year = ''] = sort.split('/');
  return { value, year };
}
export const FIRST = 'first';

/** Records that are counted: all of them, and those of an organization or a ceremony. */
export const membersOf = (measure: Measure) => `member/${measure}`;
export const membersBy = (measure: Measure, dimension: OwnDimension, value: string) =>
  `member/${measure}/${dimension}/${value}`;

/** That a record counts in a bucket. */
export interface MemberRow extends Partial<Readonly<Record<SharedDimension, string>>> {
  /** How often it counts there; once where it is not said. */
  readonly count?: Count;
  /** The bucket behind this one in which it counts, too. */
  readonly later?: Bucket;
}

/** Which organization an organization is now, and which others it was. */
export const MERGES = 'merge';
export interface MergeRow {
  readonly into?: string;
  readonly absorbed?: readonly string[];
}
