import { certainlyBefore, type PartialDate } from '../values/partial-date.ts';
import type { Refusal } from './refusal.ts';

/** What has begun on one day does not end on an earlier one. */
export const endsBeforeItBegins = (ends: PartialDate | undefined, began: PartialDate | undefined): Refusal[] =>
  ends !== undefined && began !== undefined && certainlyBefore(ends, began)
    ? [{ rule: 'ends-before-it-begins', pointer: '/on', detail: `it began on ${began}` }]
    : [];
