import { daysOf, type PartialDate } from '../../values/partial-date.ts';

/**
 * When something counts: a month (`2023-02`), a year of which the month is not known (`2023-00`), or no year that is known
 * (`0000-00`): as precise as its date. Of several that may be meant, such as a season, it is what they have in common.
 */
export type Bucket = string;

export const NO_YEAR = '0000';
const NO_MONTH = '00';
export const UNDATED: Bucket = `${NO_YEAR}-${NO_MONTH}`;

export function bucketOf(on: PartialDate | undefined): Bucket {
  if (on === undefined) return UNDATED;
  const { earliest, latest } = daysOf(on);
  if (earliest.slice(0, 7) === latest.slice(0, 7)) return earliest.slice(0, 7);
  return earliest.slice(0, 4) === latest.slice(0, 4) ? `${earliest.slice(0, 4)}-${NO_MONTH}` : UNDATED;
}

export const yearOf = (bucket: Bucket): string => bucket.slice(0, 4);
export const monthOf = (bucket: Bucket): string => bucket.slice(5);

/** The bucket in words: `2023-02`, `2023` or `unknown`. */
export function shownBucket(bucket: Bucket): string {
  if (bucket === UNDATED) return 'unknown';
  return monthOf(bucket) === NO_MONTH ? yearOf(bucket) : bucket;
}

/** The bucket that is meant by such a word. */
export function bucketIn(shown: string): Bucket {
  if (shown === 'unknown') return UNDATED;
  return shown.length === 4 ? `${shown}-${NO_MONTH}` : shown;
}

/** The year in words: `2023` or `unknown`. */
export const shownYear = (year: string): string => (year === NO_YEAR ? 'unknown' : year);
export const yearIn = (shown: string): string => (shown === 'unknown' ? NO_YEAR : shown);
