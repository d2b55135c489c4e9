import type { Rule } from '../problems.ts';
import { type Day, daysOf } from '../values/partial-date.ts';
import { countFirst } from './bisect.ts';
import {
  type Alike,
  alikeTo,
  byRank,
  type DatedFact,
  type Dates,
  type Extent,
  endsBefore,
  type History,
  historyOf,
  moves,
  NOTHING,
  newestOf,
  type Placed,
  placeIn,
  precedes,
  withDates,
} from './history.ts';
import { type Lifecycle, reached, target } from './lifecycle.ts';
import { type Among, isOutOfSight, reachOf } from './reach.ts';
import type { Refusal, Warning } from './refusal.ts';
import { spend } from './work.ts';

/** How one more fact fits into a history, and what it would make impossible that was recorded before. */

/** A fact may follow what is before it, an earlier step is missing, or it certainly cannot. */
export type Verdict = 'fits' | 'step-missing' | 'impossible';

/**
 * How one of the facts fits into the history that all of them make. Only what is certain counts: of facts whose order is
 * open it is enough that one order fits.
 */
export const verdictOn = <Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  fact: DatedFact<Type>,
): Verdict => {
  const { all, moving } = historyOf(lifecycle, facts);
  const at = all[facts.indexOf(fact)] as Placed<DatedFact<Type>>;
  return verdictAmong(lifecycle, at.fact.type, statusesAmong(lifecycle, { moving, behind: [] }, at));
};

function verdictAmong<Status extends string, Type extends string>(
  { steps }: Lifecycle<Status, Type>,
  type: Type,
  statuses: ReadonlySet<Status>,
): Verdict {
  const { after, skips = [] } = steps[type];
  if (after.some((status) => statuses.has(status))) return 'fits';
  return skips.some((status) => statuses.has(status)) ? 'step-missing' : 'impossible';
}

/**
 * Every state in which a history may have stood when one more fact happened, of a type of its own or of another. Facts
 * that follow from the list may stand `behind` it.
 */
export const statusesAt = <Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  fact: DatedFact,
  behind: readonly DatedFact<Type>[] = [],
): Set<Status> => statusesAmong(lifecycle, amongOf(lifecycle, facts, behind), placeIn(lifecycle, fact));

type Whole<Fact extends DatedFact> = History<Fact> & Among<Fact> & { readonly others: readonly Placed<Fact>[] };

function amongOf<Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
  behind: readonly Fact[],
): Whole<Fact> {
  const others = behind.map((fact, place) => placeIn(lifecycle, fact, facts.length + place));
  return { ...historyOf(lifecycle, facts), others, behind: others.filter(({ fact }) => moves(lifecycle, fact)) };
}

/** The last of facts that are alike to have happened before another fact. */
interface Before<Fact extends DatedFact> {
  readonly alike: Alike<Fact>;
  readonly last: Placed<Fact>;
}

/** The same of a fact that may be one of the history's own. */
function statusesAmong<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  { moving, behind }: Among<DatedFact<Type>>,
  at: Placed,
): Set<Status> {
  const before: Before<DatedFact<Type>>[] = [];
  const open: Placed<DatedFact<Type>>[] = [];
  let start = 0;
  const look = (alike: Alike<DatedFact<Type>>) => {
    if (endsBefore(at, alike)) return;
    const isBefore = endsBefore(alike, at);
    if (!isBefore && alike.rank !== at.rank) {
      open.push(alike.members[0] as Placed<DatedFact<Type>>);
      return;
    }
    const last = isBefore ? newestOf(alike) : arrivedBefore(alike, at.version);
    if (!last) return;
    if (alike.exact) start = Math.max(start, alike.earliest);
    before.push({ alike, last });
  };
  for (let place = behind.length - 1; place >= 0; place--) look(alikeTo(behind[place] as Placed<DatedFact<Type>>));
  let unseen = moving.length;
  // What is left all ended before something else did that came before the fact, or it comes after it.
  for (; unseen > 0 && !isOutOfSight((moving[unseen - 1] as Alike).upTo, at, start); unseen--) {
    look(moving[unseen - 1] as Alike<DatedFact<Type>>);
  }
  spend(1 + behind.length + moving.length - unseen);
  const statuses = new Set<Status>();
  for (const one of lastAmong(before, start, moving, unseen)) {
    statuses.add(target(lifecycle, one, at.earliest)).add(target(lifecycle, one, at.latest));
  }
  if (statuses.size === 0) statuses.add(lifecycle.start);
  return reached(lifecycle, statuses, open.reverse(), at);
}

/** Of facts that are alike the last to arrive before a version. */
const arrivedBefore = <Fact extends DatedFact>({ members }: Alike<Fact>, version: number): Placed<Fact> | undefined =>
  members[countFirst(members.length, (place) => (members[place] as Placed).version < version) - 1];

/**
 * Of the facts before one those that none of them certainly follows; `start` is the last day on which one of certain date
 * begins. What does not end before that day overlaps with each other: of one type only the last to arrive is left of it,
 * and not even that where one that ended before, among them the unseen ones, arrived after it.
 */
function lastAmong<Fact extends DatedFact>(
  before: readonly Before<Fact>[],
  start: number,
  moving: readonly Alike<Fact>[],
  unseen: number,
): Placed<Fact>[] {
  const hasEnded = ({ exact, latest }: Dates) => exact && latest < start;
  const lasting = before.filter(({ alike }) => !hasEnded(alike));
  const newest: number[] = [];
  for (const { last } of lasting) newest[last.rank] = Math.max(newest[last.rank] ?? 0, last.version);
  const isFollowed = (one: Placed): boolean => {
    const follows = (other: Placed) =>
      other.rank === one.rank && other.version > one.version && hasEnded(other) && !endsBefore(other, one);
    if (before.some(({ last }) => follows(last))) return true;
    const extent = moving[unseen - 1]?.upTo ?? NOTHING;
    if (one.exact && extent.latest < one.earliest) return false;
    return moving.slice(0, unseen).some((alike) => follows(newestOf(alike)));
  };
  return lasting
    .map(({ last }) => last)
    .filter((one) => one.version === newest[one.rank] && !isFollowed(one))
    .sort((a, b) => a.index - b.index);
}

/** What is being decided comes after everything that was recorded. */
export const NEXT = Number.MAX_SAFE_INTEGER;

/** What a decider knows when it judges: the record, when it was opened, and where in the command's data the fact's day is. */
export interface Judged {
  readonly id: string;
  readonly opened: Day;
  readonly pointer?: string;
}

/**
 * Judges a history with one more fact in its place. What certainly cannot be is refused, also where the new fact would
 * make another one impossible that was recorded before. A missing earlier step refuses only a fact of the time since the
 * record was opened; for older ones it is a warning. Facts that follow from the list may stand `behind` it.
 */
export function judge<Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
  fact: Omit<Fact, 'version'>,
  { id, opened, pointer = '/on' }: Judged,
  behind: readonly Fact[] = [],
): { refusals: Refusal[]; warnings: Warning[] } {
  const among = amongOf(lifecycle, facts, behind);
  const added = placeIn(lifecycle, { ...fact, version: NEXT } as Fact);
  const { type, on } = added.fact;
  const refusals: Refusal[] = spoiltBy(lifecycle, among, added).map((spoilt) => ({
    rule: 'contradicts-history',
    pointer,
    detail: `then ${spoilt.type} at version ${spoilt.version} could not have followed`,
  }));
  const statuses = statusesAmong(lifecycle, among, added);
  const { after, rule = 'wrong-state', rule: missing = 'step-missing' } = lifecycle.steps[type];
  const detail = `${type} follows only: ${after.join(', ')}; by then it was: ${[...statuses].join(' or ')}`;
  const verdict = verdictAmong(lifecycle, type, statuses);
  if (verdict === 'impossible') return { refusals: [{ rule, pointer, detail }, ...refusals], warnings: [] };
  if (verdict === 'fits') return { refusals, warnings: overtaken(lifecycle, among, added, id) };
  if (on !== undefined && daysOf(on).earliest >= opened) {
    return { refusals: [{ rule: missing, pointer, detail }, ...refusals], warnings: [] };
  }
  return { refusals, warnings: [{ rule: 'step-missing', record: id, detail }] };
}

/**
 * The facts that one more makes impossible. It can do so only to those that it certainly precedes: to all others it adds
 * states that they may follow.
 */
function spoiltBy<Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  history: Whole<Fact>,
  added: Placed<Fact>,
): Fact[] {
  if (!moves(lifecycle, added.fact) || !added.exact) return [];
  const now = { ...history, behind: [...history.behind, added] };
  const isImpossible = (one: Placed<Fact>, among: Among<Fact>) =>
    verdictAmong(lifecycle, one.fact.type, statusesAmong(lifecycle, among, one)) === 'impossible';
  return suspects(history, added)
    .filter((one) => isImpossible(one, now) && !isImpossible(one, history))
    .map(({ fact }) => fact);
}

/** The facts that one more certainly precedes, but for those that it cannot touch. */
function suspects<Fact extends DatedFact>({ all, upTo, others, ...among }: Whole<Fact>, added: Placed): Placed<Fact>[] {
  const found: Placed<Fact>[] = [];
  const hasOneBefore = ({ lastBeginning }: Extent) => added.latest < lastBeginning;
  if (!hasOneBefore(upTo.at(-1) ?? NOTHING) && !others.some((one) => endsBefore(added, one))) return found;
  const { end, isOutOfReach } = reachOf(among, added);
  const look = (one: Placed<Fact>) => {
    if (endsBefore(added, one) && !isOutOfReach(one)) found.push(one);
  };
  for (const one of others.toReversed()) look(one);
  for (let place = all.length - 1; place >= 0; place--) {
    const extent = upTo[place] as Extent;
    if (!hasOneBefore(extent) || end < extent.earliest) break;
    look(all[place] as Placed<Fact>);
  }
  return found.reverse();
}

/**
 * A fact whose date leaves open what it followed takes the place of its type in the lifecycle, unless it can follow nothing
 * else: say so where that matters.
 */
function overtaken<Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  { moving, behind }: Among<Fact>,
  added: Placed<Fact>,
  id: string,
): Warning[] {
  if (!moves(lifecycle, added.fact)) return [];
  const others = behind.reduce(withDates, moving.at(-1)?.upTo ?? NOTHING);
  const isLast = others.latest < added.earliest;
  const isFirst = added.exact && others.allExact && added.latest < others.earliest;
  if (isLast || isFirst) return [];
  const rival = highest([...moving, ...[...behind, added].map((one) => alikeTo(one))]);
  if (!rival || rival === added || precedes(added, rival)) return [];
  const without = {
    moving: moving.filter((alike) => newestOf(alike) !== rival),
    behind: behind.filter((one) => one !== rival),
  };
  const { type } = added.fact;
  if (verdictAmong(lifecycle, type, statusesAmong(lifecycle, without, added)) === 'impossible') return [];
  const detail = `its date leaves open whether it came before or after ${rival.fact.type} at version ${rival.version}, which counts as the later one`;
  return [{ rule: 'order-open', record: id, detail }];
}

/** Of the facts that none certainly follows the one of the highest rank. */
function highest<Fact extends DatedFact>(moving: readonly Alike<Fact>[]): Placed<Fact> | undefined {
  const start = moving.reduce((latest, { earliest }) => Math.max(latest, earliest), 0);
  const last = moving.filter(({ latest }) => latest >= start).map(newestOf);
  return last.reduce<Placed<Fact> | undefined>(
    (one, other) => (one && byRank(other, one) < 0 ? one : other),
    undefined,
  );
}

/** The rules that `judge` refuses by, besides those of the steps themselves. */
export const judgingRules: readonly Rule[] = ['wrong-state', 'step-missing', 'contradicts-history'];
