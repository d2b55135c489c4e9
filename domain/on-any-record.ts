import * as z from 'zod';
import type { Aggregate, EventDefinition } from './aggregate.ts';
import type { EventDraft } from './event.ts';
import { recorded } from './recorded.ts';
import { ref } from './values/ids.ts';
import { type Day, day } from './values/partial-date.ts';

/** Facts that a record of any aggregate may have; the record keeps them, not the aggregate's own state. */

/** The end of an event type: `membership.day-reached`. */
const DAY_REACHED = 'day-reached';
const IDENTIFIED = 'identified-in-cohort';

export const identified = z.strictObject({ cohort: ref('cohort'), ...recorded });
const dayReached = z.strictObject({ day });

export const dayReachedIn = (aggregate: string, reached: Day): EventDraft => ({
  type: `${aggregate}.${DAY_REACHED}`,
  data: { day: reached },
});

export const identifiedIn = (
  aggregate: string,
  data: z.infer<z.ZodObject<Omit<typeof identified.shape, 'speaksAs'>>>,
) => ({
  type: `${aggregate}.${IDENTIFIED}`,
  data,
});

/** Whether an event belongs to the record as such, and its aggregate's `evolve` does not see it. */
export const isOnAnyRecord = ({ name }: Pick<Aggregate, 'name'>, type: string): boolean =>
  type === `${name}.${DAY_REACHED}` || isIdentified({ name }, type);

export const isIdentified = ({ name }: Pick<Aggregate, 'name'>, type: string): boolean =>
  type === `${name}.${IDENTIFIED}`;

/** The definitions of these facts for one aggregate. */
export const definitionsOnAnyRecord = ({ name, days, identifiable }: Aggregate): EventDefinition[] => [
  ...(days === undefined
    ? []
    : [
        {
          type: `${name}.${DAY_REACHED}`,
          version: 1,
          schema: dayReached,
          meaning: 'A day came on which the state changed by itself; the registry took note of it.',
        },
      ]),
  ...(identifiable
    ? [
        {
          type: `${name}.${IDENTIFIED}`,
          version: 1,
          schema: identified,
          meaning: 'The record is one of those that a cohort counts without naming them.',
        },
      ]
    : []),
];
