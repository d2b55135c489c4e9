import type { Rule } from '../problems.ts';
import { type Day, daysOf, type PartialDate } from '../values/partial-date.ts';
import { type DatedFact, type Dates, dayNumber, moves, type Placed, placeIn } from './history.ts';
import { orderingOf } from './ordering.ts';
import { statesOn } from './worlds.ts';

/**
 * States that are derived, not set. A record collects dated facts, which arrive in any order. They are put into the order
 * of their days and, where these overlap, into one that the lifecycle allows (`ordering.ts`); the state on a day is where
 * the last of those leads that have happened by then.
 */

/** What a type of fact does. */
export interface Step<Status extends string> {
  /** The states that it may follow. */
  readonly after: readonly Status[];
  /** States from which only an earlier step is missing: sources of the past seldom tell them all. */
  readonly skips?: readonly Status[];
  /** The state that it leads to; without it, the state stays what it is. */
  readonly to?: Status;
  /** Further states that a fact of this type may lead to, as the fact itself says. */
  readonly or?: readonly Status[];
  /** The state that it leads to once its effect has ended by itself. */
  readonly afterwards?: Status;
  /** The rule that is broken where it cannot follow; without one of its own `wrong-state`, or `step-missing`. */
  readonly rule?: Rule;
}

/** The steps of a lifecycle by type of fact, in the order of the lifecycle: their place is their rank. */
export interface Lifecycle<Status extends string, Type extends string> {
  /** Before any fact. */
  readonly start: Status;
  readonly steps: Readonly<Record<Type, Step<Status>>>;
}

/** Whether a day counts as reached when the fact may have happened by then, or only when it must have. */
export type Reading = 'possible' | 'certain';

/**
 * Whether a fact counts on a day. As what may have happened by then: one without a date counts, its record says that it
 * did. As what must have happened: a doubtful date counts from the day behind it, no date never.
 */
export const happenedBy =
  (day: Day, reading: Reading = 'possible') =>
  ({ on }: { readonly on?: PartialDate | undefined }): boolean => {
    if (on === undefined) return reading === 'possible';
    const { earliest, latest, exact } = daysOf(on);
    if (reading === 'possible') return earliest <= day;
    return exact ? latest <= day : latest < day;
  };

/** The same of a fact that has its place. */
const hasHappened = ({ dated, earliest, latest, exact }: Dates, day: number, reading: Reading): boolean => {
  if (!dated) return reading === 'possible';
  if (reading === 'possible') return earliest <= day;
  return exact ? latest <= day : latest < day;
};

/** The facts in their order. */
export const inOrder = <Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
): Fact[] => orderingOf(lifecycle, facts).all.map(({ fact }) => fact);

/** Where a fact leads, as seen on a day: its effect may have ended by itself. */
export function target<Status extends string, Type extends string>(
  { start, steps }: Lifecycle<Status, Type>,
  at: Placed<DatedFact<Type>> | undefined,
  day: number,
): Status {
  if (!at) return start;
  const { fact, ends } = at;
  const step = steps[fact.type];
  const to = (fact.leadsTo as Status | undefined) ?? step.to ?? start;
  const { afterwards = to } = step;
  return ends <= day ? afterwards : to;
}

/** Of facts in their order, the last that has happened by a day. */
const lastOf = <Fact extends DatedFact>(
  moving: readonly Placed<Fact>[],
  day: number,
  reading: Reading,
): Placed<Fact> | undefined => moving.findLast((one) => hasHappened(one, day, reading));

/** Of the facts that move the state and have happened by a day, the last in their order. */
export const lastBy = <Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
  day: Day,
  reading: Reading = 'possible',
): Fact | undefined => lastOf(orderingOf(lifecycle, facts).moving, dayNumber(day), reading)?.fact;

/**
 * The state that the facts give for a day: where the last of them leads. One that may not follow what is before it moves
 * the state all the same: what is recorded has happened.
 */
export function statusBy<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  day: Day,
  reading: Reading = 'possible',
): Status {
  const at = dayNumber(day);
  return target(lifecycle, lastOf(orderingOf(lifecycle, facts).moving, at, reading), at);
}

/** The same of facts that are in their order. */
export function statusOfOrdered<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  day: Day,
  reading: Reading,
): Status {
  const last = facts.findLast((fact) => moves(lifecycle, fact) && happenedBy(day, reading)(fact));
  return target(lifecycle, last && placeIn(lifecycle, last), dayNumber(day));
}

/** What `lastBy` gives for each of several days, which are in their order: what may have happened by then counts. */
function* lastOnEach<Fact extends DatedFact>(moving: readonly Placed<Fact>[], days: readonly Day[]) {
  const beginning = moving.map((one, place) => ({ begins: beginningOf(one), place }));
  beginning.sort((a, b) => a.begins - b.begins);
  let [begun, last] = [0, -1];
  for (const day of days) {
    const at = dayNumber(day);
    for (; begun < beginning.length; begun++) {
      const { begins, place } = beginning[begun] as (typeof beginning)[number];
      if (begins > at) break;
      last = Math.max(last, place);
    }
    yield { last: moving[last], at };
  }
}

/** The day from which a fact may have happened; one without a date has, on any day. */
const beginningOf = ({ dated, earliest }: Dates): number => (dated ? earliest : 0);

/** What `lastBy` gives for each of several days, which are in their order. */
export const lastByDay = <Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
  days: readonly Day[],
): (Fact | undefined)[] => [...lastOnEach(orderingOf(lifecycle, facts).moving, days)].map(({ last }) => last?.fact);

/** What `statusBy` gives for each of several days, which are in their order. */
export const statusesByDay = <Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  days: readonly Day[],
): Status[] =>
  [...lastOnEach(orderingOf(lifecycle, facts).moving, days)].map(({ last, at }) => target(lifecycle, last, at));

/**
 * Whether it is open which state a day finds: besides the one that is `shown` another order that fits, or what need not
 * have happened by then, leads elsewhere.
 */
export function isStatusOpenOn<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  day: Day,
  shown: Status = statusBy(lifecycle, facts, day),
): boolean {
  const at = dayNumber(day);
  const { parts } = orderingOf(lifecycle, facts);
  const states = statesOn(parts(), {
    day: at,
    may: (one) => hasHappened(one, at, 'possible'),
    must: (one) => hasHappened(one, at, 'certain'),
  });
  return states?.add(shown).size !== 1;
}

/** The states that facts of open order may have led to from these, as seen on the days on which one more may have happened. */
export function reached<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  from: ReadonlySet<Status>,
  open: readonly Placed<DatedFact<Type>>[],
  days: Pick<Dates, 'earliest' | 'latest'>,
): Set<Status> {
  const statuses = new Set(from);
  let left = distinct(open, days);
  for (let size = -1; size < statuses.size; ) {
    size = statuses.size;
    const next = left.filter(({ fact }) => !hasItsPlaceBefore(lifecycle, fact, statuses));
    left = left.filter((one) => !next.includes(one));
    for (const one of next) {
      statuses.add(target(lifecycle, one, days.earliest)).add(target(lifecycle, one, days.latest));
    }
  }
  return statuses;
}

/** Of facts that lead to the same states the first. */
function distinct<Fact extends DatedFact>(
  facts: readonly Placed<Fact>[],
  { earliest, latest }: Pick<Dates, 'earliest' | 'latest'>,
): Placed<Fact>[] {
  const seen = new Map<string | undefined, number[]>();
  return facts.filter(({ fact, rank, ends }) => {
    const outcome = ends <= earliest ? 1 : ends <= latest ? 2 : 4;
    const outcomes = seen.get(fact.leadsTo) ?? [];
    const before = outcomes[rank] ?? 0;
    if (before & outcome) return false;
    outcomes[rank] = before | outcome;
    seen.set(fact.leadsTo, outcomes);
    return true;
  });
}

/** Whether a fact can follow the start, but none of these states: an opening never comes after what it opened. */
function hasItsPlaceBefore<Status extends string, Type extends string>(
  { start, steps }: Lifecycle<Status, Type>,
  { type }: DatedFact<Type>,
  statuses: ReadonlySet<Status>,
): boolean {
  const { after, skips = [] } = steps[type];
  const mayFollow = [...after, ...skips];
  return mayFollow.includes(start) && !mayFollow.some((status) => statuses.has(status));
}

/** The days on which facts of a history begin to count, or end by themselves. */
export const daysOfChange = (facts: readonly Omit<DatedFact, 'type'>[]): Day[] =>
  facts.flatMap(({ on, ends }) => [
    ...(on === undefined ? [] : [daysOf(on).earliest]),
    ...(ends === undefined ? [] : [ends]),
  ]);
