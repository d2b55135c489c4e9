import * as z from 'zod';
import { aggregateByName } from '../catalog.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { measures } from '../kernel/counted.ts';
import { dimensions, NO_VALUE } from '../projections/statistics/rows.ts';
import { RETRACTED, standings } from '../record/record.ts';
import { ref } from '../values/ids.ts';
import { someOf } from './parameter-kinds.ts';
import { paging } from './parameters.ts';
import { measuresIn } from './statistics.ts';

/** The parameters of figures, and of the lists of what they count. */

const times = ['month', 'year'] as const;
export type FigureTime = (typeof times)[number];

const bucketText = (pattern: RegExp, expected: string) => z.string().regex(pattern, { error: `must be ${expected}` });
const month = bucketText(
  /^(?:\d{4}(?:-(?:0[1-9]|1[0-2]))?|unknown)$/,
  'a month such as 2023-02, a year such as 2023 for what is not known by the month, or `unknown`',
);
const year = bucketText(/^(?:\d{4}|unknown)$/, 'a year such as 2023, or `unknown`');
const end = bucketText(
  /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/,
  'a month such as 2023-02, or a year or a day',
);

/** One of each value of a dimension. */
const values = (kinds: readonly string[], states: readonly string[]) => ({
  kind: z.enum([...new Set([...kinds, NO_VALUE])]).optional(),
  organization: ref('organization').optional(),
  ceremony: ref('ceremony').optional(),
  standing: z.enum(standings).optional(),
  state: z.enum([...new Set([...states, RETRACTED])]).optional(),
});

const cohortStates = aggregateByName('cohort').states;
const counted = ['agreement', 'membership', 'award', 'launch', 'organization'].map(aggregateByName);
const kindsOf = (some: readonly Aggregate[]) => some.flatMap(({ kinds = [] }) => kinds);
const statesOf = (some: readonly Aggregate[]) => [...some.flatMap(({ states }) => states), ...cohortStates];

export const statisticsParameters = {
  measure: z.enum(measures).default('signings'),
  by: someOf([...times, ...dimensions]).optional(),
  from: end.optional(),
  to: end.optional(),
  ...values(kindsOf(counted), statesOf(counted)),
  ...paging,
};

/** The parameters of the list of what one figure counts. */
export const cellParameters = (aggregate: Aggregate) => ({
  measure: z.enum(measuresIn(aggregate.collection)),
  month: month.optional(),
  year: year.optional(),
  ...values(kindsOf([aggregate]), statesOf([aggregate])),
  ...paging,
});

export const isTime = (name: string): name is FigureTime => (times as readonly string[]).includes(name);
