import type { Bounds, Period, Seat } from '../kernel/aggregate.ts';
import { inOrder, isStatusOpenOn, statusOfOrdered } from '../kernel/lifecycle.ts';
import { certainFrom, type Day, daysOf } from '../values/partial-date.ts';
import { beginnings, endings, isMember, isOfMember, type MembershipStatus, membershipLifecycle } from './lifecycle.ts';
import { classOn, isBeginningUntold, type MembershipState, type TimedFact, timed, whereUntold } from './state.ts';

/** The stays of an organization in a body: joining again after an end begins a new one. */
export function periods(state: MembershipState): Period[] {
  const stays: TimedFact[][] = [];
  let last: string | undefined;
  for (const fact of inOrder(membershipLifecycle, timed(state))) {
    const begins = last === undefined || (endings.includes(last) && beginnings.includes(fact.type));
    if (begins) stays.push([fact]);
    else stays.at(-1)?.push(fact);
    last = fact.type;
  }
  return stays.map((facts, place) => ({
    ...periodOf(state, facts),
    ...boundsBetween(stays[place - 1]?.at(-1), stays[place + 1]?.[0]),
  }));
}

function periodOf({ body, organization }: MembershipState, facts: readonly TimedFact[]): Period {
  const [first, last] = [facts.find(({ type }) => membershipOf(type)), facts.at(-1)];
  return {
    body,
    organization,
    version: (facts[0] as TimedFact).version,
    ...(first && { from: (isBeginningUntold(facts[0]) ? undefined : first.on) ?? 'unknown' }),
    ...(last && endings.includes(last.type) && { to: last.on ?? 'unknown' }),
    facts,
  };
}

/** A stay begins after the one before it may have ended, and is over when the next one must have begun. */
function boundsBetween(ending: TimedFact | undefined, beginning: TimedFact | undefined): Bounds {
  const ended = ending?.on === undefined ? undefined : daysOf(ending.on);
  const notBefore = ended?.exact ? ended.earliest : undefined;
  const over = beginning?.on === undefined ? undefined : certainFrom(beginning.on);
  return { ...(notBefore !== undefined && { notBefore }), ...(over !== undefined && { over }) };
}

/** Whether a fact tells of a membership: intents, applications and refusals do not. */
const membershipOf = (type: TimedFact['type']) => type === 'membership.admitted' || isOfMember(type);

/** How a stay with these facts, in their order, stood on a day; `undefined` when it certainly was no membership then. */
export function seatOn(facts: readonly TimedFact[], day: Day, { notBefore, over }: Bounds = {}): Seat | undefined {
  if ((notBefore !== undefined && day < notBefore) || (over !== undefined && day >= over)) return undefined;
  const [possible, certain] = (['possible', 'certain'] as const).map((reading) => ({
    state: whereUntold(statusOfOrdered(membershipLifecycle, facts, day, reading), facts[0], reading),
    class: classOn(facts, day, reading),
  })) as [StateAndClass, StateAndClass];
  if (!isMember(possible.state) && !isMember(certain.state)) return undefined;
  const shown = isMember(possible.state) ? possible : certain;
  const agree = !isStatusOpenOn(membershipLifecycle, facts, day, shown.state) && possible.class === certain.class;
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
