import type { Count } from '../values/count.ts';
import type { PartialDate } from '../values/partial-date.ts';

/** What the statistics count. */
export const measures = [
  'signings',
  'admissions',
  'intents',
  'conferrals',
  'launches',
  'organizations',
  'members',
] as const;
export type Measure = (typeof measures)[number];

/** One thing that a record counts for: a signing, one of several admissions, those whom a cohort does not name. */
export interface Counted {
  readonly measure: Measure;
  readonly on?: PartialDate | undefined;
  /** How many; one where it is not said. */
  readonly count?: Count;
  readonly kind?: string | undefined;
  readonly ceremony?: string | undefined;
  readonly organizations: readonly CountedFor[];
  /** Whether a cohort counts it among its own: then it counts for these organizations alone. */
  readonly inCohort?: boolean;
}

/** An organization for which it counts, with its own date. */
export interface CountedFor {
  readonly organization: string;
  readonly on?: PartialDate | undefined;
  /** How many; one where it is not said. */
  readonly count?: Count;
}

/** The same things counted for several organizations on the day of the whole, each organization once. */
export const countedForAll = (
  organizations: readonly string[],
  { on, count }: Pick<Counted, 'on' | 'count'>,
): CountedFor[] => [...new Set(organizations)].map((organization) => ({ organization, on, ...(count && { count }) }));
