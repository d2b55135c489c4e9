import type { DatedFact } from '../../../domain/kernel/history.ts';
import { type Day, daysOf, FIRST_DAY, LAST_DAY } from '../../../domain/values/partial-date.ts';
import { type AnyLifecycle, byRank, happenedBy, inOrderOfRanks, moves, target } from './lifecycle.ts';

/**
 * The order of facts as it is defined, found by trying all: slow, and seen to be right at a glance. It shares nothing with
 * how the registry finds it.
 */

const range = ({ on }: DatedFact) =>
  on === undefined ? { earliest: FIRST_DAY, latest: LAST_DAY, exact: true } : daysOf(on);

/** Whether one has certainly happened before the other. */
function isBefore(one: DatedFact, other: DatedFact): boolean {
  const [first, second] = [range(one), range(other)];
  return first.exact && second.exact && first.latest < second.earliest;
}

/** The facts, cut wherever all before certainly come before all behind. */
function clustersOf(facts: readonly DatedFact[]): DatedFact[][] {
  const sorted = facts.toSorted((a, b) => (range(a).earliest < range(b).earliest ? -1 : 1));
  const clusters: DatedFact[][] = [];
  for (const [place, fact] of sorted.entries()) {
    const isCut = sorted.slice(0, place).every((one) => sorted.slice(place).every((other) => isBefore(one, other)));
    if (isCut) clusters.push([fact]);
    else clusters.at(-1)?.push(fact);
  }
  return clusters;
}

/** Facts that have happened in some order that counts, and the last of them that moved the state. */
interface World {
  readonly happened: readonly DatedFact[];
  readonly last: DatedFact | undefined;
}

interface Found {
  readonly order: readonly DatedFact[];
  readonly worlds: readonly World[];
  readonly missing: number;
}

/** How many steps are missing before a fact where another was the last to move the state. */
function missingBefore(lifecycle: AnyLifecycle, last: DatedFact | undefined, fact: DatedFact): number | undefined {
  const { earliest, latest } = range(fact);
  const found = [target(lifecycle, last, earliest), target(lifecycle, last, latest)];
  const { after, skips = [] } = lifecycle.steps[fact.type] as { after: string[]; skips?: string[] };
  const counts = found
    .filter((state) => [...after, ...skips].includes(state))
    .map((state) => away(lifecycle, state, after));
  return counts.length === 0 ? undefined : Math.min(...counts);
}

/** How many steps lead from a state to one of others at least, found by taking every step again and again. */
function away({ steps }: AnyLifecycle, from: string, to: readonly string[]): number {
  let states = new Set([from]);
  for (let count = 0; count <= Object.keys(steps).length; count++) {
    if (to.some((state) => states.has(state))) return count;
    const next = Object.values(
      steps as Record<string, { after: string[]; to?: string; or?: string[]; afterwards?: string }>,
    )
      .filter(({ after }) => after.some((state) => states.has(state)))
      .flatMap(({ to: one, or = [], afterwards }) => [one, afterwards, ...or]);
    states = new Set([...states, ...next.filter((state) => state !== undefined)]);
  }
  return 1;
}

/** Tries every order of facts behind one that moved the state, those first that the days and ranks put first. */
function search(lifecycle: AnyLifecycle, facts: readonly DatedFact[], start: DatedFact | undefined): Found | undefined {
  const rank = byRank(Object.keys(lifecycle.steps));
  let [fewest, order]: [number, readonly DatedFact[] | undefined] = [Number.POSITIVE_INFINITY, undefined];
  let worlds = new Map<number, World>();
  const path: DatedFact[] = [];
  const lasts: (DatedFact | undefined)[] = [start];

  function keep(): void {
    let mask = 0;
    for (const [size, last] of lasts.entries()) {
      if (size > 0) mask |= 1 << facts.indexOf(path[size - 1] as DatedFact);
      const key = mask * 16 + (last === undefined ? 0 : facts.indexOf(last) + 1);
      if (!worlds.has(key)) worlds.set(key, { happened: path.slice(0, size), last });
    }
  }

  function go(left: readonly DatedFact[], missing: number): void {
    if (missing > fewest) return;
    if (left.length === 0) {
      if (missing < fewest) {
        [fewest, order] = [missing, [...path]];
        worlds = new Map();
      }
      keep();
      return;
    }
    const isPreceded = (fact: DatedFact) => (left.some((one) => range(one).latest < range(fact).earliest) ? 1 : 0);
    const next = left
      .filter((fact) => !left.some((one) => isBefore(one, fact)))
      .sort((a, b) => isPreceded(a) - isPreceded(b) || rank(a, b));
    for (const fact of next) {
      const last = lasts.at(-1);
      const more = missingBefore(lifecycle, last, fact);
      if (more === undefined) continue;
      path.push(fact);
      lasts.push(moves(lifecycle, [fact]).length > 0 ? fact : last);
      go(
        left.filter((one) => one !== fact),
        missing + more,
      );
      path.pop();
      lasts.pop();
    }
  }

  go(facts, 0);
  return order && { order, worlds: [...worlds.values()], missing: fewest };
}

export interface Ordered {
  readonly order: readonly DatedFact[];
  /** Whether some of the facts fit no order. */
  readonly isUnfit: boolean;
  readonly missing: number;
  /** The states in which a day may find the record. */
  readonly statesOn: (day: Day) => Set<string>;
}

/** Puts facts into their order, and tells what may have been the case on a day. */
export function ordered(lifecycle: AnyLifecycle, facts: readonly DatedFact[]): Ordered {
  const order: DatedFact[] = [];
  const worlds: World[] = [{ happened: [], last: undefined }];
  const unfit: { readonly from: number; readonly facts: readonly DatedFact[] }[] = [];
  const lastIn = (some: readonly DatedFact[]) => moves(lifecycle, some).at(-1);
  let missing = 0;
  for (let left = clustersOf(facts); left.length > 0; ) {
    // As many clusters as fit one after another.
    let count = left.length;
    let found: Found | undefined;
    for (; count > 0 && !found; count -= found ? 0 : 1) {
      found = search(lifecycle, left.slice(0, count).flat(), lastIn(order));
    }
    if (found) {
      const before = [...order];
      worlds.push(...found.worlds.map(({ happened, last }) => ({ happened: [...before, ...happened], last })));
      order.push(...found.order);
      missing += found.missing;
      left = left.slice(count);
    }
    const [next, ...others] = left;
    if (!next) break;
    unfit.push({ from: order.length, facts: next });
    order.push(...inOrderOfRanks(next, Object.keys(lifecycle.steps)));
    worlds.push({ happened: [...order], last: lastIn(order) });
    left = others;
  }

  function statesOn(day: Day): Set<string> {
    const [may, must] = [happenedBy(day, 'possible'), happenedBy(day, 'certain')];
    const states = new Set<string>();
    for (const { happened, last } of worlds) {
      if (happened.every(may) && facts.every((fact) => !must(fact) || happened.includes(fact))) {
        states.add(target(lifecycle, last, day));
      }
    }
    // What fits no order: each of its facts may have been the last.
    for (const { from, facts: some } of unfit) {
      const [least, most] = [must, may].map((is) => facts.filter(is).length) as [number, number];
      if (least >= from + some.length || most < from) continue;
      for (const fact of moves(lifecycle, some)) {
        if (may(fact) && !must(fact)) states.add(target(lifecycle, fact, day));
      }
    }
    return states;
  }

  return { order, isUnfit: unfit.length > 0, missing, statesOn };
}
