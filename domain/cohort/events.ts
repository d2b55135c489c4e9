import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import { recorded } from '../kernel/recorded.ts';
import { count } from '../values/count.ts';
import { ref } from '../values/ids.ts';
import { names } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';

export const cohortSubject = z.enum([
  'intents',
  'members',
  'recipients',
  'shortlists',
  'honourees',
  'agreements',
  'guests',
]);

export const cohortRecorded = z.strictObject({
  subject: cohortSubject.meta({ description: 'What is counted' }),
  body: ref('organization').optional().meta({ description: 'The organization that they join, or wish to' }),
  programme: ref('award-programme').optional(),
  ceremony: ref('ceremony').optional(),
  count,
  names: names.optional(),
  on: partialDate.optional(),
  ...recorded,
});

/** What another source says of how many there are. */
export const countStated = z.strictObject({ count, on: partialDate.optional(), ...recorded });

/** A record that may be one of those that are counted. */
const countedRecord = z.union([ref('membership'), ref('award'), ref('agreement')]);

/**
 * One that was among the unnamed: an organization, or its record, which then tells the organization too. Of a record that
 * several share the submitter says whose part of it is meant.
 */
export const identified = z.strictObject({
  organization: ref('organization').optional(),
  record: countedRecord.optional(),
  on: partialDate.optional(),
  ...recorded,
});
export const reconciled = z.strictObject({
  exact: z.int().min(0).max(1_000_000_000),
  on: partialDate.optional(),
  ...recorded,
});

export const events = [
  {
    type: 'cohort.recorded',
    version: 1,
    schema: cohortRecorded,
    meaning: 'A source counts some whom it does not name.',
  },
  {
    type: 'cohort.count-stated',
    version: 1,
    schema: countStated,
    meaning: 'A further source counts them; what it says stands beside the other counts.',
  },
  {
    type: 'cohort.identified',
    version: 1,
    schema: identified,
    joint: true,
    meaning: 'The organization is one of those that the cohort counts; the record, where there is one, is its record.',
  },
  {
    type: 'cohort.reconciled',
    version: 1,
    schema: reconciled,
    meaning: 'The number is exact, and nothing more is recorded of the cohort.',
  },
] as const satisfies readonly EventDefinition[];
