import type { Period, Seat } from '../kernel/aggregate.ts';
import { inOrder, isStatusOpenOn } from '../kernel/lifecycle.ts';
import type { Day } from '../values/partial-date.ts';
import {
  beginnings,
  endings,
  isMember,
  isOfMember,
  type MembershipStatus,
  membershipLifecycle,
  ranks,
} from './lifecycle.ts';
import { classOn, isBeginningUntold, type MembershipState, statusBetween, type TimedFact, timed } from './state.ts';

/** The stays of an organization in a body: joining again after an end begins a new one. */
export function periods(state: MembershipState): Period[] {
  const stays: TimedFact[][] = [];
  let last: string | undefined;
  for (const fact of inOrder(timed(state), ranks)) {
    const begins = last === undefined || (endings.includes(last) && beginnings.includes(fact.type));
    if (begins) stays.push([fact]);
    else stays.at(-1)?.push(fact);
    last = fact.type;
  }
  return stays.map((facts) => periodOf(state, facts));
}

function periodOf({ body, organization }: MembershipState, facts: readonly TimedFact[]): Period {
  const [first, last] = [facts.find(({ type }) => membershipOf(type)), facts.at(-1)];
  return {
    body,
    organization,
    version: Math.min(...facts.map(({ version }) => version)),
    ...(first && { from: (isBeginningUntold(facts) ? undefined : first.on) ?? 'unknown' }),
    ...(last && endings.includes(last.type) && { to: last.on ?? 'unknown' }),
    facts,
  };
}

/** Whether a fact tells of a membership: intents, applications and refusals do not. */
const membershipOf = (type: TimedFact['type']) => type === 'membership.admitted' || isOfMember(type);

/** How a stay stood on a day; `undefined` when it certainly was no membership then. */
export function seatOn(facts: readonly TimedFact[], day: Day): Seat | undefined {
  const [possible, certain] = (['possible', 'certain'] as const).map((reading) => ({
    state: statusBetween(facts, day, reading),
    class: classOn(facts, day, reading),
  })) as [StateAndClass, StateAndClass];
  if (!isMember(possible.state) && !isMember(certain.state)) return undefined;
  const shown = isMember(possible.state) ? possible : certain;
  const agree =
    possible.state === certain.state &&
    possible.class === certain.class &&
    !isStatusOpenOn(membershipLifecycle, facts, day);
  return {
    state: shown.state,
    ...(shown.class === undefined ? {} : { class: shown.class }),
    certainty: agree ? 'certain' : 'possible',
  };
}

interface StateAndClass {
  readonly state: MembershipStatus;
  readonly class: string | undefined;
}
