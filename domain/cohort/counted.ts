import type { FoldedRecord } from '../kernel/aggregate.ts';
import { type Counted, type CountedFor, countedForAll, type Measure } from '../kernel/counted.ts';
import { type CohortState, identifiedIn, tally } from './state.ts';

/** What those are counted as whom a cohort does not name. Nobody counts guests and shortlists. */
const measuresOf: Readonly<Record<CohortState['subject'], readonly Measure[]>> = {
  intents: ['intents'],
  members: ['admissions', 'members'],
  recipients: ['conferrals'],
  honourees: ['conferrals'],
  agreements: ['signings'],
  shortlists: [],
  guests: [],
};

/** Those that were identified by their names alone; records count for their organizations themselves. */
const namedOnly = (state: CohortState): string[] =>
  identifiedIn(state).flatMap(({ organization, record }) => (record === undefined ? (organization ?? []) : []));

/**
 * A cohort counts as many as its sources do, and never fewer than were identified: records among these are left to it in
 * every total. So one that was retracted still counts these records, which stand.
 */
export function countedIn({ state, isRetracted }: FoldedRecord<CohortState>): Counted[] {
  const records = identifiedIn(state).filter(({ record }) => record !== undefined).length;
  if (isRetracted && records === 0) return [];
  const count = isRetracted ? { exact: records } : tally(state).counted;
  const { on, ceremony, body } = state;
  const bodies = countedForAll(body === undefined ? [] : [body], { on, count });
  const others: CountedFor[] = isRetracted ? [] : countedForAll(namedOnly(state), { on });
  return measuresOf[state.subject].map((measure) => ({
    measure,
    on,
    count,
    ceremony,
    organizations: [...bodies, ...others.filter(({ organization }) => organization !== body)],
  }));
}
