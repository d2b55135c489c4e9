import * as z from 'zod';

/**
 * A partial date: EDTF levels 0–1 (ISO 8601-2) as far as sources of signings need them: `2023`, `2023-02`,
 * `2023-02-23`, each optionally uncertain (`?`) or approximate (`~`), and intervals with open ends.
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

export const FIRST_DAY: Day = '0001-01-01';
export const LAST_DAY: Day = '9999-12-31';

const single = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([?~])?$/;

const daysInMonth = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

function rangeOfSingle(value: string): DayRange | undefined {
  const match = single.exec(value);
  if (!match) return undefined;
  const [, year = '', month, day, qualifier] = match;
  if (year === '0000' || (month !== undefined && (month < '01' || month > '12'))) return undefined;
  const length = daysInMonth(Number(year), Number(month ?? '12'));
  if (day !== undefined && (day < '01' || Number(day) > length)) return undefined;
  return {
    earliest: `${year}-${month ?? '01'}-${day ?? '01'}`,
    latest: `${year}-${month ?? '12'}-${day ?? String(length).padStart(2, '0')}`,
    exact: qualifier === undefined,
  };
}

/** The days that a partial date allows, or `undefined` when the text is no partial date. */
export function parsePartialDate(value: string): DayRange | undefined {
  const parts = value.split('/');
  if (parts.length === 1) return rangeOfSingle(value);
  const [from = '', to = ''] = parts;
  if (parts.length > 2 || (from === '..' && to === '..')) return undefined;
  const start = from === '..' ? { earliest: FIRST_DAY, exact: true } : rangeOfSingle(from);
  const end = to === '..' ? { latest: LAST_DAY, exact: true } : rangeOfSingle(to);
  if (!start || !end || start.earliest > end.latest) return undefined;
  return { earliest: start.earliest, latest: end.latest, exact: start.exact && end.exact };
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

export const partialDate = z
  .string()
  .max(25)
  .refine((value) => parsePartialDate(value) !== undefined, {
    error: 'must be a date such as 2023, 2023-02, 2023-02-23?, 2023-02-23/2023-02-25 or 2023-02-23/.. (EDTF level 1)',
    params: { rule: 'not-a-date' },
  })
  .meta({ description: 'Partial date (EDTF levels 0–1)', examples: ['2023-02-23', '2023-02?', '2023-02-23/..'] });

export const day = z
  .string()
  .refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && parsePartialDate(value) !== undefined, {
    error: 'must be a calendar day, YYYY-MM-DD',
    params: { rule: 'not-a-date' },
  })
  .meta({ description: 'Calendar day', examples: ['2023-02-23'] });
