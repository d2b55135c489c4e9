import { type Day, daysOf, FIRST_DAY, LAST_DAY, type PartialDate } from '../values/partial-date.ts';
import { keptBeside } from './beside.ts';
import { memoized } from './memoized.ts';

/**
 * The facts of a history with all that decides their places among each other, looked up once: whatever derives states or
 * judges compares numbers.
 */

/** A fact as a state keeps it. */
export interface DatedFact<Type extends string = string> {
  readonly type: Type;
  readonly on?: PartialDate | undefined;
  /** Stream version of its event. */
  readonly version: number;
  /** The first day on which its effect is over by itself, such as the day after a suspension's term. */
  readonly ends?: Day | undefined;
  /** The state that this very fact leads to, where its step leaves a choice. */
  readonly leadsTo?: string | undefined;
}

/** A fact and its place. Days are numbers, such as 20230223. */
export interface Placed<Fact extends DatedFact = DatedFact> {
  readonly fact: Fact;
  /** The place of its type in the lifecycle; -1 for a type of another one. */
  readonly rank: number;
  readonly earliest: number;
  readonly latest: number;
  /** Whether its source neither doubts nor approximates the date. A fact without a date lies between the first day and the last. */
  readonly exact: boolean;
  readonly version: number;
  readonly ends: number;
}

const ZERO = '0'.charCodeAt(0);

/** A day as a number, in the order of days. */
export function dayNumber(day: Day): number {
  const digit = (place: number) => day.charCodeAt(place) - ZERO;
  const year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
  return year * 10_000 + (digit(5) * 10 + digit(6)) * 100 + digit(8) * 10 + digit(9);
}

const [FIRST, LAST] = [dayNumber(FIRST_DAY), dayNumber(LAST_DAY)];

export function placed<Fact extends DatedFact>(fact: Fact, ranks: ReadonlyMap<string, number>): Placed<Fact> {
  const { on, ends, version } = fact;
  const days = on === undefined ? undefined : daysOf(on);
  return {
    fact,
    rank: ranks.get(fact.type) ?? -1,
    earliest: days ? dayNumber(days.earliest) : FIRST,
    latest: days ? dayNumber(days.latest) : LAST,
    exact: days ? days.exact : true,
    version,
    ends: ends === undefined ? Number.POSITIVE_INFINITY : dayNumber(ends),
  };
}

export const ranksIn = (types: readonly string[]): ReadonlyMap<string, number> =>
  new Map(types.map((type, rank) => [type, rank]));

/** Whether `a` has certainly happened before `b`. Between facts of one type whose days overlap, what arrived first was. */
export function precedes(a: Placed, b: Placed): boolean {
  if (a.exact && b.exact) {
    if (a.latest < b.earliest) return true;
    if (b.latest < a.earliest) return false;
  }
  return a.rank === b.rank && a.version < b.version;
}

/** Facts whose order their days leave open: by the rank of their types, then by their dates, then as they arrived. */
export const byRank = (a: Placed, b: Placed): number =>
  a.rank - b.rank ||
  a.earliest - b.earliest ||
  a.latest - b.latest ||
  compare(a.fact.on ?? '', b.fact.on ?? '') ||
  a.version - b.version;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The facts of one list. */
export interface History<Fact extends DatedFact = DatedFact> {
  readonly all: readonly Placed<Fact>[];
  /** Those that move the state. */
  readonly moving: readonly Placed<Fact>[];
  /** The last day on which one of certain date begins. */
  readonly lastBeginning: number;
}

interface Moves {
  readonly steps: Readonly<Record<string, { readonly to?: string }>>;
}

/** Whether a fact moves the state. */
export const moves = ({ steps }: Moves, { type, leadsTo }: Pick<DatedFact, 'type' | 'leadsTo'>): boolean =>
  (leadsTo ?? steps[type]?.to) !== undefined;

const ranksOf = memoized((lifecycle: Moves) => ranksIn(Object.keys(lifecycle.steps)));

const historiesOf = memoized((lifecycle: Moves) =>
  keptBeside<DatedFact, { all: Placed[]; moving: Placed[]; lastBeginning: number }>(
    () => ({ all: [], moving: [], lastBeginning: 0 }),
    (history, fact) => {
      const one = placed(fact, ranksOf(lifecycle));
      history.all.push(one);
      if (moves(lifecycle, fact)) history.moving.push(one);
      if (one.exact && one.earliest > history.lastBeginning) history.lastBeginning = one.earliest;
    },
  ),
);

export const historyOf = <Fact extends DatedFact>(lifecycle: Moves, facts: readonly Fact[]): History<Fact> =>
  historiesOf(lifecycle)(facts) as unknown as History<Fact>;

export const placeIn = <Fact extends DatedFact>(lifecycle: Moves, fact: Fact): Placed<Fact> =>
  placed(fact, ranksOf(lifecycle));
