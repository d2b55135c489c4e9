import type { Context } from '../kernel/aggregate.ts';
import type { Warning } from '../kernel/refusal.ts';
import { isContainer } from '../values/container.ts';
import { escapePointer } from '../values/ids.ts';
import { isSeldomRead, parsePartialDate } from '../values/partial-date.ts';

/** The fields that hold a date, wherever they stand in what a command or an event says. */
export const DATE_FIELDS: readonly string[] = [
  'on',
  'until',
  'effectiveOn',
  'takesEffectOn',
  'expected',
  'period',
  'publishedOn',
  // The new date of a ceremony; elsewhere an organization.
  'to',
];

interface DateAt {
  readonly pointer: string;
  readonly date: string;
}

function datesIn(value: unknown, pointer = ''): DateAt[] {
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${pointer}/${escapePointer(key)}`;
    if (typeof inner !== 'string') return datesIn(inner, at);
    return DATE_FIELDS.includes(key) && parsePartialDate(inner) ? [{ pointer: at, date: inner }] : [];
  });
}

/** Dates that the registry reads, and other readers of the same standard do not. */
export const seldomRead = (data: object, { id }: Pick<Context, 'id'>): Warning[] =>
  datesIn(data)
    .filter(({ date }) => isSeldomRead(date))
    .map(({ pointer, date }) => ({
      rule: 'date-seldom-read',
      record: id,
      detail: `${date} at ${pointer} stands as it is; common readers of EDTF refuse it`,
    }));
