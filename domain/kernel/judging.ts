import type { Rule } from '../problems.ts';
import { type Day, daysOf, LAST_DAY } from '../values/partial-date.ts';
import {
  type DatedFact,
  dayNumber,
  type History,
  historyOf,
  moves,
  type Placed,
  placeIn,
  precedes,
} from './history.ts';
import { type Lifecycle, lastOf, reached, target } from './lifecycle.ts';
import type { Refusal, Warning } from './refusal.ts';

/** How one more fact fits into a history, and what it would make impossible that was recorded before. */

/** A fact may follow what is before it, an earlier step is missing, or it certainly cannot. */
export type Verdict = 'fits' | 'step-missing' | 'impossible';

type Steps<Type extends string> = readonly Placed<DatedFact<Type>>[];

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
  return verdictAmong(lifecycle, at.fact.type, statusesAmong(lifecycle, moving, at));
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

/** Every state in which a history may have stood when one more fact happened, of a type of its own or of another. */
export const statusesAt = <Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly DatedFact<Type>[],
  fact: DatedFact,
): Set<Status> => statusesAmong(lifecycle, historyOf(lifecycle, facts).moving, placeIn(lifecycle, fact));

/** The same of a fact that may be one of the history's own. */
function statusesAmong<Status extends string, Type extends string>(
  lifecycle: Lifecycle<Status, Type>,
  moving: Steps<Type>,
  at: Placed,
): Set<Status> {
  const open: Placed<DatedFact<Type>>[] = [];
  let start = 0;
  for (const one of moving) {
    if (one === at) continue;
    if (precedes(one, at)) {
      if (one.exact && one.earliest > start) start = one.earliest;
    } else if (!precedes(at, one)) open.push(one);
  }
  const statuses = new Set<Status>();
  for (const one of lastBefore(moving, at, start)) {
    statuses.add(target(lifecycle, one, at.earliest)).add(target(lifecycle, one, at.latest));
  }
  if (statuses.size === 0) statuses.add(lifecycle.start);
  return reached(lifecycle, statuses, open, at);
}

/**
 * Of the facts before one those that none of them certainly follows; `start` is the last day on which one of certain date
 * begins. What does not end before that day overlaps with each other: of one type only the last to arrive is left of it,
 * and not even that where one that ended before arrived after it.
 */
function lastBefore<Type extends string>(moving: Steps<Type>, at: Placed, start: number): Steps<Type> {
  const hasEnded = (one: Placed) => one.exact && one.latest < start;
  const isBefore = (one: Placed) => one !== at && precedes(one, at);
  const newest: number[] = [];
  const lasting = moving.filter((one) => {
    if (hasEnded(one) || !isBefore(one)) return false;
    newest[one.rank] = Math.max(newest[one.rank] ?? 0, one.version);
    return true;
  });
  const last = lasting.filter(({ rank, version }) => version === newest[rank]);
  return last.filter(
    (one) =>
      !moving.some(
        (other) =>
          other.rank === one.rank &&
          other.version > one.version &&
          hasEnded(other) &&
          precedes(one, other) &&
          isBefore(other),
      ),
  );
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
 * record was opened; for older ones it is a warning.
 */
export function judge<Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  facts: readonly Fact[],
  fact: Omit<Fact, 'version'>,
  { id, opened, pointer = '/on' }: Judged,
): { refusals: Refusal[]; warnings: Warning[] } {
  const history = historyOf(lifecycle, facts);
  const added = placeIn(lifecycle, { ...fact, version: NEXT } as Fact);
  const { type, on } = added.fact;
  const refusals: Refusal[] = spoiltBy(lifecycle, history, added).map((spoilt) => ({
    rule: 'contradicts-history',
    pointer,
    detail: `then ${spoilt.type} at version ${spoilt.version} could not have followed`,
  }));
  const statuses = statusesAmong(lifecycle, history.moving, added);
  const { after, rule = 'wrong-state', rule: missing = 'step-missing' } = lifecycle.steps[type];
  const detail = `${type} follows only: ${after.join(', ')}; by then it was: ${[...statuses].join(' or ')}`;
  const verdict = verdictAmong(lifecycle, type, statuses);
  if (verdict === 'impossible') return { refusals: [{ rule, pointer, detail }, ...refusals], warnings: [] };
  if (verdict === 'fits') return { refusals, warnings: overtaken(lifecycle, history.moving, added, id) };
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
  { all, moving, lastBeginning }: History<Fact>,
  added: Placed<Fact>,
): Fact[] {
  if (!moves(lifecycle, added.fact) || !added.exact || added.latest >= lastBeginning) return [];
  const isOutOfReach = reachOf(moving, added);
  const now = [...moving, added];
  const isImpossible = (one: Placed<Fact>, among: readonly Placed<Fact>[]) =>
    verdictAmong(lifecycle, one.fact.type, statusesAmong(lifecycle, among, one)) === 'impossible';
  return all
    .filter((one) => one.exact && added.latest < one.earliest && !isOutOfReach(one))
    .filter((one) => isImpossible(one, now) && !isImpossible(one, moving))
    .map(({ fact }) => fact);
}

/**
 * Tells of facts that one more certainly precedes which it cannot touch: where another fact that follows it precedes
 * them, it is not the last before them, and where it takes no other's place as the last of its type.
 */
function reachOf(moving: readonly Placed[], added: Placed): (one: Placed) => boolean {
  const rivals = moving.filter(
    (one) => one.rank === added.rank && !(one.exact && (one.latest < added.earliest || added.latest < one.earliest)),
  );
  const newest = rivals.reduce((version, rival) => Math.max(version, rival.version), 0);
  const between = moving.filter(
    (one) =>
      one.exact &&
      added.latest < one.earliest &&
      (rivals.length === 0 || (one.rank === added.rank && one.version > newest)),
  );
  const end = between.reduce((least, { latest }) => Math.min(least, latest), Number.POSITIVE_INFINITY);
  if (rivals.length > 0) return ({ earliest }) => end < earliest;
  // Facts of one type that all contain the day `end` precede each other as they arrived.
  const first: number[] = [];
  for (const { rank, version, earliest } of between) {
    if (earliest <= end) first[rank] = Math.min(first[rank] ?? version, version);
  }
  return ({ rank, version, earliest, latest }) =>
    end < earliest || (end <= latest && version > (first[rank] ?? version));
}

/** A fact whose date leaves open what it followed takes the place of its type in the lifecycle: say so where that matters. */
function overtaken<Status extends string, Type extends string, Fact extends DatedFact<Type>>(
  lifecycle: Lifecycle<Status, Type>,
  moving: readonly Placed<Fact>[],
  added: Placed<Fact>,
  id: string,
): Warning[] {
  if (!moves(lifecycle, added.fact)) return [];
  const last = lastOf([...moving, added], dayNumber(LAST_DAY), 'possible');
  if (!last || last === added || last.version > added.version || precedes(added, last)) return [];
  const detail = `its date leaves open whether it came before or after ${last.fact.type} at version ${last.version}, which counts as the later one`;
  return [{ rule: 'order-open', record: id, detail }];
}

/** The rules that `judge` refuses by, besides those of the steps themselves. */
export const judgingRules: readonly Rule[] = ['wrong-state', 'step-missing', 'contradicts-history'];
