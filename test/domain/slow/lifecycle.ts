import type { DatedFact } from '../../../domain/kernel/history.ts';
import type { Judged, Verdict } from '../../../domain/kernel/judging.ts';
import type { Lifecycle, Reading } from '../../../domain/kernel/lifecycle.ts';
import type { Refusal, Warning } from '../../../domain/kernel/refusal.ts';
import {
  type Day,
  type DayRange,
  daysOf,
  FIRST_DAY,
  LAST_DAY,
  type PartialDate,
} from '../../../domain/values/partial-date.ts';

/**
 * The state on a day, the order of facts and what a fact does to a history, word for word as they are defined: slow, and
 * seen to be right at a glance. The registry's own ways have to find the same.
 */

// biome-ignore lint/suspicious/noExplicitAny: each lifecycle has states and facts of its own
export type AnyLifecycle = Lifecycle<any, any>;

const UNDATED: DayRange = { earliest: FIRST_DAY, latest: LAST_DAY, exact: true };
const range = ({ on }: { readonly on?: PartialDate | undefined }): DayRange =>
  on === undefined ? UNDATED : daysOf(on);

/**
 * Whether a fact counts on a day. As what may have happened by then: one without a date counts, its record says that it
 * did. As what must have happened: a doubtful date counts from the day behind it, no date never.
 */
export const happenedBy =
  (day: Day, reading: Reading = 'possible') =>
  (fact: { readonly on?: PartialDate | undefined }): boolean => {
    const { earliest, latest, exact } = range(fact);
    if (reading === 'possible') return fact.on === undefined || earliest <= day;
    return fact.on !== undefined && (exact ? latest <= day : latest < day);
  };

/** Whether `a` has certainly happened before `b`. Between facts of one type whose days overlap, what arrived first was. */
function precedes(a: DatedFact, b: DatedFact): boolean {
  const [first, second] = [range(a), range(b)];
  if (first.exact && second.exact && first.latest < second.earliest) return true;
  if (first.exact && second.exact && second.latest < first.earliest) return false;
  return a.type === b.type && a.version < b.version;
}

/** What a fact says, whenever it arrived. */
const text = ({ version: _, ...said }: DatedFact): string => JSON.stringify(sorted(said));
const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return Array.isArray(value) ? value.map(sorted) : value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, sorted(inner)] as const)
      .sort(([one], [other]) => compare(one, other)),
  );
};

/** Facts whose order their days leave open: by the rank of their types, then by their dates, then by what they say. */
export const byRank =
  (ranks: readonly string[]) =>
  (a: DatedFact, b: DatedFact): number =>
    ranks.indexOf(a.type) - ranks.indexOf(b.type) ||
    compare(range(a).earliest, range(b).earliest) ||
    compare(range(a).latest, range(b).latest) ||
    compare(a.on ?? '', b.on ?? '') ||
    compare(text(a), text(b)) ||
    a.version - b.version;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The facts in the one order that their days and ranks give. "Certainly before" is no total order, since days overlap in
 * chains; so of the facts that nothing left over certainly precedes, the lowest in rank comes next, again and again.
 */
export function inOrderOfRanks<Fact extends DatedFact>(facts: readonly Fact[], ranks: readonly string[]): Fact[] {
  const left = [...facts].sort(byRank(ranks));
  const ordered: Fact[] = [];
  while (left.length > 0) {
    const [, ...others] = left;
    const end = others.reduce((least, fact) => min(least, range(fact).latest), range(left[0] as Fact).latest);
    ordered.push(
      ...left.splice(
        left.findIndex((fact) => range(fact).earliest <= end),
        1,
      ),
    );
  }
  return ordered;
}

const min = (a: Day, b: Day): Day => (a < b ? a : b);
const max = (a: Day, b: Day): Day => (a > b ? a : b);

/** The facts that move the state. */
export const moves = <Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  { steps }: Lifecycle<Status, Type>,
  facts: readonly Fact[],
): Fact[] => facts.filter(({ type, leadsTo }) => (leadsTo ?? steps[type].to) !== undefined);

/** Where a fact leads, as seen on a day: its effect may have ended by itself. */
export function target<Status extends string, Type extends string>(
  { start, steps }: Lifecycle<Status, Type>,
  fact: DatedFact<Type> | undefined,
  day: Day,
): Status {
  if (!fact) return start;
  const step = steps[fact.type];
  const to = (fact.leadsTo as Status | undefined) ?? step.to ?? start;
  const { afterwards = to } = step;
  return fact.ends !== undefined && fact.ends <= day ? afterwards : to;
}

/**
 * How each fact fits into the history that all of them make. Only what is certain counts: of facts whose order is open
 * it is enough that one order fits.
 */
export function verdicts<Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
): Map<Fact, Verdict> {
  return new Map(facts.map((fact) => [fact, verdictOn(lifecycle, facts, fact)]));
}

function verdictOn<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  fact: DatedFact<Type>,
): Verdict {
  const others = facts.filter((other) => other !== fact);
  const statuses = statusesAt(lifecycle, others, fact);
  const { after: allowed, skips = [] } = lifecycle.steps[fact.type];
  if (allowed.some((status) => statuses.has(status))) return 'fits';
  return skips.some((status) => statuses.has(status)) ? 'step-missing' : 'impossible';
}

/** Every state in which a history may have stood when one more fact happened, of a type of its own or of another. */
export function statusesAt<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  fact: DatedFact,
): Set<Status> {
  const others = moves(lifecycle, facts);
  const before = others.filter((other) => precedes(other, fact));
  const open = others.filter((other) => !precedes(other, fact) && !precedes(fact, other));
  const last = unfollowed(before);
  const { earliest, latest } = range(fact);
  const targets = (one: DatedFact<Type>) => [target(lifecycle, one, earliest), target(lifecycle, one, latest)];
  const statuses = new Set(last.length === 0 ? [lifecycle.start] : last.flatMap(targets));
  return reached(lifecycle, statuses, open, targets);
}

/** The facts that no other of them certainly follows. */
function unfollowed<Fact extends DatedFact>(facts: readonly Fact[]): Fact[] {
  const exact = facts.filter((fact) => range(fact).exact);
  const start = exact.reduce((latest, fact) => max(latest, range(fact).earliest), FIRST_DAY);
  const followsOne = (fact: Fact) => range(fact).exact && range(fact).latest < start;
  const byType = Map.groupBy(facts, ({ type }) => type);
  return facts.filter((fact) => !followsOne(fact) && !byType.get(fact.type)?.some((other) => precedes(fact, other)));
}

/** The states that facts of open order may have led to from these. */
function reached<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  from: ReadonlySet<Status>,
  open: readonly DatedFact<Type>[],
  targets: (fact: DatedFact<Type>) => Status[],
): Set<Status> {
  const next = open.filter((fact) => !hasItsPlaceBefore(lifecycle, fact, from));
  const statuses = new Set([...from, ...next.flatMap(targets)]);
  return statuses.size === from.size ? statuses : reached(lifecycle, statuses, open, targets);
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

/** What is being decided comes after everything that was recorded. */
const NEXT = Number.MAX_SAFE_INTEGER;

/**
 * Judges a history with one more fact in its place. What certainly cannot be is refused, also where the new fact would
 * make another one impossible that was recorded before. A missing earlier step refuses only a fact of the time since the
 * record was opened; for older ones it is a warning.
 */
export function judge<Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
  fact: Omit<Fact, 'version'>,
  { id, opened, pointer = '/on' }: Judged,
): { refusals: Refusal[]; warnings: Warning[] } {
  const added = { ...fact, version: NEXT } as Fact;
  const earlier = verdicts(lifecycle, facts);
  const now = verdicts(lifecycle, [...facts, added]);
  const spoilt = facts.filter((fact) => now.get(fact) === 'impossible' && earlier.get(fact) !== 'impossible');
  const refusals: Refusal[] = spoilt.map((fact) => ({
    rule: 'contradicts-history',
    pointer,
    detail: `then ${fact.type} at version ${fact.version} could not have followed`,
  }));
  const { after, rule = 'wrong-state', rule: missing = 'step-missing' } = lifecycle.steps[added.type];
  const before = [...statusesAt(lifecycle, facts, added)].join(' or ');
  const detail = `${added.type} follows only: ${after.join(', ')}; by then it was: ${before}`;
  const verdict = now.get(added);
  if (verdict === 'impossible') return { refusals: [{ rule, pointer, detail }, ...refusals], warnings: [] };
  if (verdict === 'fits') return { refusals, warnings: overtaken(lifecycle, [...facts, added], added, id) };
  if (added.on !== undefined && daysOf(added.on).earliest >= opened) {
    return { refusals: [{ rule: missing, pointer, detail }, ...refusals], warnings: [] };
  }
  return { refusals, warnings: [{ rule: 'step-missing', record: id, detail }] };
}

/**
 * A fact whose date leaves open what it followed takes the place of its type in the lifecycle, unless it can follow nothing
 * else: say so where that matters.
 */
function overtaken<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  added: DatedFact<Type>,
  id: string,
): Warning[] {
  const moving = moves(lifecycle, facts);
  if (!moving.includes(added)) return [];
  const start = moving.reduce((latest, fact) => max(latest, range(fact).earliest), FIRST_DAY);
  const highest = moving
    .filter((fact) => range(fact).latest >= start)
    .sort(byRank(Object.keys(lifecycle.steps)))
    .at(-1);
  if (!highest || highest === added || precedes(added, highest)) return [];
  const others = facts.filter((fact) => fact !== added);
  const isRival = ({ type, on, leadsTo, ends }: DatedFact) =>
    type === highest.type && on === highest.on && leadsTo === highest.leadsTo && ends === highest.ends;
  const statuses = statusesAt(
    lifecycle,
    others.filter((fact) => !isRival(fact)),
    added,
  );
  const { after, skips = [] } = lifecycle.steps[added.type];
  if (![...after, ...skips].some((status) => statuses.has(status))) return [];
  const { version } = others.filter(isRival).sort((a, b) => b.version - a.version)[0] as DatedFact;
  const detail = `its date leaves open whether it came before or after ${highest.type} at version ${version}, which counts as the later one`;
  return [{ rule: 'order-open', record: id, detail }];
}
