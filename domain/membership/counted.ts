import type { FoldedRecord } from '../kernel/aggregate.ts';
import { type Counted, countedForAll } from '../kernel/counted.ts';
import type { PartialDate } from '../values/partial-date.ts';
import { dayOf } from '../values/partial-date.ts';
import type { MembershipFact } from './events.ts';
import { isMember } from './lifecycle.ts';
import { periods } from './roster.ts';
import { type MembershipState, statusOn } from './state.ts';

type Beginning = Extract<
  MembershipFact,
  { type: 'membership.intent-declared' | 'membership.applied' | 'membership.admitted' }
>;
type Occasion = Pick<Counted, 'measure' | 'on' | 'ceremony'>;

/** The intent to join is one of each period, whether it was declared, applied for, or both. */
function intentsOf(state: MembershipState): Occasion[] {
  const facts = new Map(state.facts.map((fact) => [fact.version, fact]));
  return periods(state).flatMap((period): Occasion[] => {
    const told = period.facts
      .filter(({ type }) => type === 'membership.intent-declared' || type === 'membership.applied')
      .map(({ version }) => facts.get(version) as Beginning);
    if (told.length === 0) return [];
    const [on] = told.flatMap((fact) => fact.on ?? []);
    const [ceremony] = told.flatMap((fact) => fact.ceremony ?? []);
    return [{ measure: 'intents', on, ceremony }];
  });
}

const admissionsOf = (state: MembershipState): Occasion[] =>
  state.facts
    .filter((fact) => fact.type === 'membership.admitted')
    .map(({ on, ceremony }) => ({ measure: 'admissions', on, ceremony }));

/** It is one of a member as of its last event, since its last period became a membership. */
function memberSince(state: MembershipState, changedAt: string): Occasion[] {
  if (!isMember(statusOn(state, dayOf(changedAt)))) return [];
  const from: PartialDate | 'unknown' =
    periods(state).findLast((period) => period.from !== undefined)?.from ?? 'unknown';
  return [{ measure: 'members', on: from === 'unknown' ? undefined : from, ceremony: undefined }];
}

/**
 * Intents, admissions, and whether there is a member; each counts for the body and for the organization. Of those that a
 * cohort counts as well, it counts one.
 */
export function countedIn({
  state,
  isRetracted,
  cohort,
  countedAs,
  changedAt,
}: FoldedRecord<MembershipState>): Counted[] {
  if (isRetracted) return [];
  const { body, organization } = state;
  const [intents, admissions] = [intentsOf(state), admissionsOf(state)];
  // Earlier releases did not record as what a cohort counts a membership.
  const subject = countedAs ?? (intents.length > 0 ? 'intents' : 'members');
  const taken = cohort === undefined ? [] : subject === 'intents' ? ['intents'] : ['admissions', 'members'];
  return [intents, admissions, memberSince(state, changedAt)].flatMap((occasions) =>
    occasions.map((occasion, at): Counted => {
      const inCohort = at === 0 && taken.includes(occasion.measure);
      const organizations = countedForAll(inCohort ? [organization] : [body, organization], occasion);
      return { ...occasion, organizations, inCohort };
    }),
  );
}
