import { certainlyBefore, dayAfter, daysOf, type PartialDate } from '../values/partial-date.ts';
import type { Context } from './aggregate.ts';
import type { Refusal } from './refusal.ts';

/** What the dates of facts may be that take effect when they are recorded, whatever their day. */

/**
 * What takes effect at once cannot be still to come, also where a source doubts the day. The registry's day is that of
 * UTC; east of it the next one may have begun.
 */
export const inTheFuture = (on: PartialDate | undefined, { today }: Pick<Context, 'today'>): Refusal[] =>
  on !== undefined && daysOf(on).earliest > (dayAfter(today) ?? today)
    ? [{ rule: 'in-the-future', pointer: '/on', detail: `${on} is still to come: today is ${today}` }]
    : [];

/** What has begun on one day does not end on an earlier one. */
export const endsBeforeItBegins = (ends: PartialDate | undefined, began: PartialDate | undefined): Refusal[] =>
  ends !== undefined && began !== undefined && certainlyBefore(ends, began)
    ? [{ rule: 'ends-before-it-begins', pointer: '/on', detail: `it began on ${began}` }]
    : [];
