import type { Rule } from '../problems.ts';
import { type Day, daysOf, type PartialDate } from '../values/partial-date.ts';
import { heapOf } from './heap.ts';
import {
  type Alike,
  byRank,
  type DatedFact,
  type Dates,
  dayNumber,
  historyOf,
  newestOf,
  type Placed,
  placed,
  ranksIn,
} from './history.ts';

/**
 * States that are derived, not set. A record collects dated facts, which arrive in any order; its state on a day follows
 * from those that have happened by then, put into order: by their days, and where these overlap by the place of their
 * types in the lifecycle. The order of arrival decides only between facts of one type.
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

/**
 * The facts in the one order that their days and ranks give. "Certainly before" is no total order, since days overlap in
 * chains; so of the facts that nothing left over certainly precedes, the lowest in rank comes next, again and again.
 */
export function inOrder<Fact extends DatedFact>(facts: readonly Fact[], types: readonly string[]): Fact[] {
  const ranks = ranksIn(types);
  const ranked = facts.map((fact) => placed(fact, ranks)).sort(byRank);
  const places = ranked.map((_, place) => place);
  const at = (place: number) => ranked[place] as Placed<Fact>;
  const ending = places.toSorted((a, b) => at(a).latest - at(b).latest);
  const beginning = places.toSorted((a, b) => at(a).earliest - at(b).earliest);
  const taken = new Set<number>();
  const next = heapOf<number>((one, other) => one < other);
  const ordered: Fact[] = [];
  for (let [ended, begun] = [0, 0]; ordered.length < ranked.length; ) {
    while (taken.has(ending[ended] as number)) ended += 1;
    // Nothing left over ends before this: what begins later is certainly preceded.
    const { latest: end } = at(ending[ended] as number);
    for (; begun < beginning.length && at(beginning[begun] as number).earliest <= end; begun++) {
      next.put(beginning[begun] as number);
    }
    const place = next.takeFirst() as number;
    taken.add(place);
    ordered.push(at(place).fact);
  }
  return ordered;
}

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

/**
 * Of the facts that move the state and have happened by a day, the last: none certainly follows it, and of several such
 * it has the highest rank.
 */
export function lastOf<Fact extends DatedFact>(
  moving: readonly Alike<Fact>[],
  day: number,
  reading: Reading,
): Placed<Fact> | undefined {
  let start = 0;
  for (const one of moving) if (one.earliest > start && hasHappened(one, day, reading)) start = one.earliest;
  let last: Placed<Fact> | undefined;
  for (const one of moving) {
    if (one.latest < start || !hasHappened(one, day, reading)) continue;
    if (!last || byRank(newestOf(one), last) >= 0) last = newestOf(one);
  }
  return last;
}

export const lastBy = <Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
  day: Day,
  reading: Reading = 'possible',
): Fact | undefined => lastOf(historyOf(lifecycle, facts).moving, dayNumber(day), reading)?.fact;

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
  return target(lifecycle, lastOf(historyOf(lifecycle, facts).moving, at, reading), at);
}

/** What `lastBy` gives for each of several days, which are in their order: what may have happened by then counts. */
function* lastOnEach<Fact extends DatedFact>(moving: readonly Alike<Fact>[], days: readonly Day[]) {
  const beginning = moving.toSorted((a, b) => beginningOf(a) - beginningOf(b));
  const last = heapOf<Placed<Fact>>((a, b) => byRank(a, b) > 0);
  let [begun, start] = [0, 0];
  for (const day of days) {
    const at = dayNumber(day);
    for (; begun < beginning.length; begun++) {
      const one = beginning[begun] as Alike<Fact>;
      if (beginningOf(one) > at) break;
      start = Math.max(start, one.earliest);
      last.put(newestOf(one));
    }
    // The days only grow, and with them `start`: what certainly is followed by another fact stays so.
    while ((last.first()?.latest ?? start) < start) last.takeFirst();
    yield { last: last.first(), at };
  }
}

/** The day from which a fact may have happened; one without a date has, on any day. */
const beginningOf = ({ dated, earliest }: Dates): number => (dated ? earliest : 0);

/** What `lastBy` gives for each of several days, which are in their order. */
export const lastByDay = <Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
  days: readonly Day[],
): (Fact | undefined)[] => [...lastOnEach(historyOf(lifecycle, facts).moving, days)].map(({ last }) => last?.fact);

/** What `statusBy` gives for each of several days, which are in their order. */
export const statusesByDay = <Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  days: readonly Day[],
): Status[] =>
  [...lastOnEach(historyOf(lifecycle, facts).moving, days)].map(({ last, at }) => target(lifecycle, last, at));

/**
 * Whether the dates leave open which state a day finds: from what must have happened by then, what may have happened can
 * lead elsewhere.
 */
export function isStatusOpenOn<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  day: Day,
): boolean {
  const at = dayNumber(day);
  const open = historyOf(lifecycle, facts).moving.filter(
    (one) => hasHappened(one, at, 'possible') && !hasHappened(one, at, 'certain'),
  );
  const settled = new Set([statusBy(lifecycle, facts, day, 'certain')]);
  return reached(lifecycle, settled, open.map(newestOf), { earliest: at, latest: at }).size > 1;
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
