import type { CommandDefinition, Context } from '../kernel/aggregate.ts';
import type { Refusal, Warning } from '../kernel/refusal.ts';
import { containersIn } from '../values/containers-in.ts';
import { certainlyBefore, daysOf, isSeldomRead, parsePartialDate } from '../values/partial-date.ts';

/** The fields that hold a date, wherever they stand in what a command or an event says. */
export const DATE_FIELDS: readonly string[] = [
  'on',
  'since',
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

const datesIn = (value: unknown, fields: readonly string[]): DateAt[] =>
  [...containersIn(value)].flatMap(({ pointer, value: container }) =>
    fields.flatMap((field) => {
      const date = container[field];
      return typeof date === 'string' && parsePartialDate(date) ? [{ pointer: `${pointer}/${field}`, date }] : [];
    }),
  );

/** Dates that the registry reads, and other readers of the same standard do not. */
export const seldomRead = (data: object, { id }: Pick<Context, 'id'>): Warning[] =>
  datesIn(data, DATE_FIELDS)
    .filter(({ date }) => isSeldomRead(date))
    .map(({ pointer, date }) => ({
      rule: 'date-seldom-read',
      record: id,
      detail: `${date} at ${pointer} stands as it is; common readers of EDTF refuse it`,
    }));

/** What is said to end before it begins, wherever it stands. */
export const endingTooEarly = (data: unknown, base = ''): Refusal[] =>
  [...containersIn(data, base)].flatMap(({ pointer, value: { since, until } }) =>
    typeof since === 'string' && typeof until === 'string' && certainlyBefore(until, since)
      ? [{ rule: 'ends-before-it-begins', pointer: `${pointer}/until`, detail: `it began on ${since}` }]
      : [],
  );

/** Facts whose `on` is a day that is planned. A correction is judged by the command whose event it corrects. */
const PLANS: readonly string[] = ['ceremony.announced'];

/** Whether the `on` of a command is a day on which something has happened. */
export const tellsOfThePast = ({ records, judgesHistory }: Pick<CommandDefinition, 'records' | 'judgesHistory'>) =>
  !judgesHistory && !PLANS.includes(records);

/** What has happened is not dated later than today, also where a source doubts the day. */
export const inTheFuture = (
  definition: Pick<CommandDefinition, 'records' | 'judgesHistory'>,
  data: object,
  { today }: Pick<Context, 'today'>,
): Refusal[] =>
  tellsOfThePast(definition)
    ? datesIn({ ...data, evidence: undefined }, ['on'])
        .filter(({ date }) => daysOf(date).earliest > today)
        .map(({ pointer, date }) => ({
          rule: 'in-the-future',
          pointer,
          detail: `${date} is still to come: at UTC+14 today is ${today}`,
        }))
    : [];
