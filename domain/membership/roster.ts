import type { Period } from '../aggregate.ts';
import { inOrder, statusBy } from '../lifecycle.ts';
import { type Day, daysOf, FIRST_DAY, LAST_DAY } from '../values/partial-date.ts';
import { beginnings, endings, isMember, type MembershipStatus, membershipLifecycle, ranks } from './lifecycle.ts';
import { type MembershipState, type TimedFact, timed } from './state.ts';

/** The stays of an organization in a body: joining again after an end begins a new one. */
export function periods(state: MembershipState): Period[] {
  const stays: TimedFact[][] = [];
  let last: string | undefined;
  for (const fact of inOrder(timed(state), ranks)) {
    const anew = last === undefined || (endings.includes(last) && beginnings.includes(fact.type));
    if (anew) stays.push([fact]);
    else stays.at(-1)?.push(fact);
    last = fact.type;
  }
  return stays.map((facts) => periodOf(state, facts));
}

function periodOf({ body, organization }: MembershipState, facts: readonly TimedFact[]): Period {
  const last = facts.at(-1);
  const first = facts.find(({ type }) => membershipOf(type));
  const from = first && (first.on === undefined ? FIRST_DAY : daysOf(first.on).earliest);
  const to =
    last && endings.includes(last.type) ? (last.on === undefined ? LAST_DAY : daysOf(last.on).latest) : undefined;
  return {
    body,
    organization,
    version: Math.min(...facts.map(({ version }) => version)),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    facts,
  };
}

/** Whether a fact tells of a membership: intents, applications and refusals do not. */
const membershipOf = (type: TimedFact['type']) =>
  type === 'membership.admitted' || !(beginnings.includes(type) || type === 'membership.refused');

export interface Seat {
  readonly state: MembershipStatus;
  readonly class?: string;
  /** Whether it was a membership on that day for certain, or only as far as partial dates allow. */
  readonly certainty: 'certain' | 'possible';
}

/** How a stay stood on a day; `undefined` when it certainly was no membership then. */
export function seatOn(facts: readonly TimedFact[], day: Day): Seat | undefined {
  const possible = statusBy(membershipLifecycle, facts, day, 'possible');
  const certain = statusBy(membershipLifecycle, facts, day, 'certain');
  if (!isMember(possible) && !isMember(certain)) return undefined;
  const { class: membershipClass } =
    facts.findLast((fact) => fact.class !== undefined && (fact.on === undefined || daysOf(fact.on).earliest <= day)) ??
    {};
  return {
    state: isMember(possible) ? possible : certain,
    ...(membershipClass === undefined ? {} : { class: membershipClass }),
    certainty: isMember(possible) && isMember(certain) ? 'certain' : 'possible',
  };
}
