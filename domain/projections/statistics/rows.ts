import type { Measure } from '../../kernel/counted.ts';
import type { Count } from '../../values/count.ts';
import type { Bucket } from './buckets.ts';

/** Where the figures stand, and the records that they count. */

/** What figures are told by, besides time. */
export const dimensions = ['kind', 'organization', 'ceremony', 'standing', 'state'] as const;
export type Dimension = (typeof dimensions)[number];

/** The dimensions in which everything that is counted has one value each: their figures add up to the total. */
export const sharedDimensions = ['standing', 'state', 'kind'] as const satisfies readonly Dimension[];
export type SharedDimension = (typeof sharedDimensions)[number];
export const isShared = (dimension: Dimension): dimension is SharedDimension =>
  (sharedDimensions as readonly string[]).includes(dimension);

/** The value of what has none: a membership is of no kind. */
export const NO_VALUE = 'none';

/**
 * The cells of a dimension: one row for a year and a value, with a slot for each month, `00` for what is not known by the
 * month, and `year` for all. Sorted by year, then value; of organizations and ceremonies, which are many, by value first.
 */
export const cellsBy = (measure: Measure, dimension: Dimension) => `cell/${measure}/${dimension}`;
export const cellSort = (dimension: Dimension, value: string, year: string) =>
  isShared(dimension) ? `${year}/${value}` : `${value}/${year}`;
/** Year and value in such a key. */
export function cellAt(dimension: Dimension, sort: string): { readonly value: string; readonly year: string } {
  const [first = '', second = ''] = sort.split('/');
  return isShared(dimension) ? { year: first, value: second } : { value: first, year: second };
}
export const YEAR = 'year';

/** The totals of all years: one row for each standing, state and kind that occur together. */
export const sharedTotals = (measure: Measure) => `total/${measure}`;
export const totalSort = (values: Readonly<Record<SharedDimension, string>>) =>
  sharedDimensions.map((dimension) => values[dimension]).join('/');
export const valuesAt = (sort: string) => {
  const [standing = '', state = '', kind = ''] = sort.split('/');
  return { standing, state, kind };
};
/** The totals of each organization or ceremony. */
export const totalsBy = (measure: Measure, dimension: Exclude<Dimension, SharedDimension>) =>
  `total/${measure}/${dimension}`;
/** The sort key of a value, and the value in it. */
export const totalSortOf = (value: string) => `${value}/all`;
export const valueAt = (sort: string): string => sort.slice(0, sort.lastIndexOf('/'));
export const TOTAL = 'total';

/** Records that are counted: all of them, and those of an organization or a ceremony. */
export const membersOf = (measure: Measure) => `member/${measure}`;
export const membersBy = (measure: Measure, dimension: Exclude<Dimension, SharedDimension>, value: string) =>
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
