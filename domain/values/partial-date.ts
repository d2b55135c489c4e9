import * as z from 'zod';

/**
 * A partial date: what EDTF levels 0 and 1 (https://www.loc.gov/standards/datetime/, ISO 8601-2) can say of days in the
 * years 0001 to 9999. `2023`, `2023-02`, `2023-02-23`; the season `2023-21`; unspecified digits `201X`, `2004-XX`,
 * `2004-02-XX`; each may be uncertain (`?`), approximate (`~`) or both (`%`). An interval has two dates, of which one may
 * be open (`..`) or unknown (nothing).
 */
export type PartialDate = string;

/** A calendar day, `YYYY-MM-DD`. Days compare as strings. */
export type Day = string;

/** The days on which a fact may have happened; `exact` is false where the source doubts or approximates the date. */
export interface DayRange {
  readonly earliest: Day;
  readonly latest: Day;
  readonly exact: boolean;
}

/** The latest day that it is anywhere: that of the Line Islands, UTC+14. What is later is still to come everywhere. */
export const dayOf = (instant: string | number | Date): Day =>
  new Date(new Date(instant).getTime() + 14 * 3_600_000).toISOString().slice(0, 10);

export const FIRST_DAY: Day = '0001-01-01';
export const LAST_DAY: Day = '9999-12-31';

const DATE = /^(?:(\d{4})(?:-(\d{2}|XX(?!-\d))(?:-(\d{2}|XX))?)?|(\d{2}(?:\dX|XX)))([?~%])?$/;

const lastDayOf = (year: number, month: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
};

/** A day of the calendar's years, or the nearest one. */
const dayAt = (year: number, month: number, day: number): Day => {
  if (year < 1) return FIRST_DAY;
  if (year > 9999) return LAST_DAY;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
};

type Extent = readonly [earliest: Day, latest: Day];

/**
 * A season of one hemisphere or the other. Summers and winters may reach from the year before or into the year after;
 * spring is early in one hemisphere and late in the other, and so is autumn.
 */
function extentOfSeason(year: number, season: number): Extent | undefined {
  if (season === 21 || season === 23) return [dayAt(year, 1, 1), dayAt(year, 12, 31)];
  if (season === 22 || season === 24) return [dayAt(year - 1, 12, 1), dayAt(year + 1, 2, lastDayOf(year + 1, 2))];
  return undefined;
}

/** The calendar has no year 0000: the years 000X are 0001 to 0009. */
const extentOfYears = (years: string): Extent | undefined =>
  years === '0000'
    ? undefined
    : [dayAt(Number(years.replaceAll('X', '0')), 1, 1), `${years.replaceAll('X', '9')}-12-31`];

function extentOf(year: string, month: string | undefined, day: string | undefined): Extent | undefined {
  if (month === undefined || month === 'XX' || year === '0000') return extentOfYears(year);
  if (Number(month) > 12) return day === undefined ? extentOfSeason(Number(year), Number(month)) : undefined;
  const length = String(lastDayOf(Number(year), Number(month)));
  if (month < '01' || (day !== undefined && day !== 'XX' && (day < '01' || day > length))) return undefined;
  if (day !== undefined && day !== 'XX') return [`${year}-${month}-${day}`, `${year}-${month}-${day}`];
  return [`${year}-${month}-01`, `${year}-${month}-${length}`];
}

function rangeOfSingle(value: string): DayRange | undefined {
  const match = DATE.exec(value);
  if (!match) return undefined;
  const [, year, month, day, years = '', qualifier] = match;
  const extent = year === undefined ? extentOfYears(years) : extentOf(year, month, day);
  return extent && { earliest: extent[0], latest: extent[1], exact: qualifier === undefined };
}

/** An end of an interval at which it is open or unknown: either way no day bounds it. */
const isUnbounded = (end: string): boolean => end === '..' || end === '';

/** Level 1 allows no unspecified digits in an interval. */
const rangeOfEnd = (end: string): DayRange | undefined => (end.includes('X') ? undefined : rangeOfSingle(end));

/** The days that a partial date allows, or `undefined` when the text is no partial date. */
export function parsePartialDate(value: string): DayRange | undefined {
  const parts = value.split('/');
  if (parts.length === 1) return rangeOfSingle(value);
  const [from = '', to = ''] = parts;
  if (parts.length > 2 || (isUnbounded(from) && isUnbounded(to))) return undefined;
  const start = isUnbounded(from) ? { earliest: FIRST_DAY, exact: true } : rangeOfEnd(from);
  const end = isUnbounded(to) ? { latest: LAST_DAY, exact: true } : rangeOfEnd(to);
  if (!start || !end || start.earliest > end.latest) return undefined;
  return { earliest: start.earliest, latest: end.latest, exact: start.exact && end.exact };
}

const SEASON = /^\d{4}-2[1-4]/;

/**
 * Whether a common reader of EDTF (edtf.js 4.11) refuses a partial date: an interval whose end does not begin after its
 * start, one of seasons, or a season or unspecified digits in doubt.
 */
export function isSeldomRead(date: PartialDate): boolean {
  const [from = '', to] = date.split('/');
  if (to === undefined) return /[?~%]$/.test(date) && (date.includes('X') || SEASON.test(date));
  if (SEASON.test(from) || SEASON.test(to)) return true;
  return !isUnbounded(from) && !isUnbounded(to) && daysOf(from).earliest >= daysOf(to).earliest;
}

/** Dates that were parsed before: histories compare the same ones again and again. */
const parsed = new Map<PartialDate, DayRange>();
const MAX_PARSED = 10_000;

/** The days of a partial date that its schema has accepted. */
export function daysOf(date: PartialDate): DayRange {
  const known = parsed.get(date);
  if (known) return known;
  const range = parsePartialDate(date);
  if (!range) throw new Error(`not a partial date: ${date}`);
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(date, range);
  return range;
}

/** The day after a date is certainly over; `undefined` when it has an open end. */
export function dayAfter(date: PartialDate): Day | undefined {
  const { latest } = daysOf(date);
  if (latest === LAST_DAY) return undefined;
  const next = new Date(`${latest}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

/** The first day on which what is dated so must have happened: of a doubtful date the day behind it. */
export function certainFrom(date: PartialDate): Day | undefined {
  const { latest, exact } = daysOf(date);
  return exact ? latest : dayAfter(date);
}

/** Whether `a` has certainly ended before `b` begins: rules refuse only what is certainly violated. */
export function certainlyBefore(a: PartialDate, b: PartialDate): boolean {
  const [first, second] = [daysOf(a), daysOf(b)];
  return first.exact && second.exact && first.latest < second.earliest;
}

/** The date that begins first, whatever order they come in: of two that begin on one day, the more precise. */
export function earliestOf(dates: readonly PartialDate[]): PartialDate | undefined {
  const sortKey = (date: PartialDate) => `${daysOf(date).earliest} ${daysOf(date).latest} ${date}`;
  const [first, ...others] = dates;
  return others.reduce((least, date) => (least !== undefined && sortKey(least) <= sortKey(date) ? least : date), first);
}

/** What a date may look like, in the words of a problem. */
const EXPECTED = [
  'must be a day, month or year (2023-02-23, 2023-02, 2023)',
  'a season from spring to winter (2023-21 to 2023-24)',
  'one with unspecified digits (2023-02-XX, 2023-XX, 202X)',
  'each of these with ? (uncertain), ~ (approximate) or % (both)',
  'or an interval (2023-02-23/2023-02-25) with .. for an open end and nothing for an unknown one',
].join('; ');

export const partialDate = z
  .string()
  .max(25)
  .refine((value) => parsePartialDate(value) !== undefined, {
    error: `${EXPECTED} (EDTF level 1, years 0001 to 9999)`,
    params: { rule: 'not-a-date' },
  })
  .meta({
    description: 'Partial date (EDTF levels 0–1)',
    examples: ['2023-02-23', '2023-02?', '2023-21', '202X', '2023-02-23/..'],
  });

export const day = z
  .string()
  .refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && parsePartialDate(value) !== undefined, {
    error: 'must be a calendar day, YYYY-MM-DD, such as 2023-02-23',
    params: { rule: 'not-a-date' },
  })
  .meta({ description: 'Calendar day', examples: ['2023-02-23'] });
