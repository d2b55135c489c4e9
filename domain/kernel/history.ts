import { isContainer } from '../values/container.ts';
import { type Day, daysOf, FIRST_DAY, LAST_DAY, type PartialDate } from '../values/partial-date.ts';
import { keptBeside } from './beside.ts';
import { countFirst } from './bisect.ts';
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

/** When a fact may have happened, and where its type stands in the lifecycle. Days are numbers, such as 20230223. */
export interface Dates {
  /** The place of its type in the lifecycle; -1 for a type of another one. */
  readonly rank: number;
  readonly earliest: number;
  readonly latest: number;
  /** Whether its source neither doubts nor approximates the date. A fact without a date lies between the first day and the last. */
  readonly exact: boolean;
  readonly dated: boolean;
  /** The first day on which its effect is over by itself; of most facts behind all days. */
  readonly ends: number;
}

/** A fact with its place among others. */
export interface Placed<Fact extends DatedFact = DatedFact> extends Dates {
  readonly fact: Fact;
  readonly version: number;
  /** Where it stands in its list. */
  readonly index: number;
}

const ZERO = '0'.charCodeAt(0);

/** A day as a number, in the order of days. */
export function dayNumber(day: Day): number {
  const digit = (place: number) => day.charCodeAt(place) - ZERO;
  const year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
  return year * 10_000 + (digit(5) * 10 + digit(6)) * 100 + digit(8) * 10 + digit(9);
}

const [FIRST, LAST] = [dayNumber(FIRST_DAY), dayNumber(LAST_DAY)];

export function placed<Fact extends DatedFact>(
  fact: Fact,
  ranks: ReadonlyMap<string, number>,
  index = 0,
): Placed<Fact> {
  const { on, ends, version } = fact;
  const days = on === undefined ? undefined : daysOf(on);
  return {
    fact,
    rank: ranks.get(fact.type) ?? -1,
    earliest: days ? dayNumber(days.earliest) : FIRST,
    latest: days ? dayNumber(days.latest) : LAST,
    exact: days ? days.exact : true,
    dated: days !== undefined,
    ends: ends === undefined ? Number.POSITIVE_INFINITY : dayNumber(ends),
    version,
    index,
  };
}

export const ranksIn = (types: readonly string[]): ReadonlyMap<string, number> =>
  new Map(types.map((type, rank) => [type, rank]));

/** Whether the days tell that `a` has certainly happened before `b`. */
export const endsBefore = (a: Dates, b: Dates): boolean => a.exact && b.exact && a.latest < b.earliest;

/** Whether `a` has certainly happened before `b`. Between facts of one type whose days overlap, what arrived first was. */
export const precedes = (a: Placed, b: Placed): boolean =>
  endsBefore(a, b) || (a.rank === b.rank && a.version < b.version && !endsBefore(b, a));

/**
 * Facts whose order their days leave open: by the rank of their types, then by their dates, then by what they say. Facts
 * that say the same stand as they arrived, which nobody can tell from their states.
 */
export const byRank = (a: Placed, b: Placed): number =>
  a.rank - b.rank ||
  a.earliest - b.earliest ||
  a.latest - b.latest ||
  compare(a.fact.on ?? '', b.fact.on ?? '') ||
  compare(textOf(a.fact), textOf(b.fact)) ||
  a.version - b.version;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** What was recorded as the facts that lifecycles see in its place. */
const recordedAs = new WeakMap<DatedFact, object>();

/** A fact as its lifecycle sees it, which stands where what was recorded stands. */
export const seenAs = <Fact extends DatedFact>(fact: Fact, recorded: object): Fact => {
  recordedAs.set(fact, recorded);
  return fact;
};

/** What a fact says in canonical JSON (RFC 8785), whenever it arrived. */
const textOf = memoized((fact: DatedFact): string => {
  const { version: _, ...said } = (recordedAs.get(fact) ?? fact) as DatedFact;
  return JSON.stringify(said, (_key, value) => (isContainer(value) && !Array.isArray(value) ? byKeys(value) : value));
});
const byKeys = (value: object) =>
  Object.fromEntries(Object.entries(value).sort(([one], [other]) => compare(one, other)));

/** Facts of one type and date that lead to the same state: they differ in when they arrived. */
export interface Alike<Fact extends DatedFact = DatedFact> extends Dates {
  /** As they arrived. */
  readonly members: Placed<Fact>[];
  /** Of these and of all that stand before them. */
  readonly upTo: Extent;
}

/** Which days facts take in. */
export interface Extent {
  readonly allExact: boolean;
  readonly earliest: number;
  readonly latest: number;
  /** The first day on which one of them ends. */
  readonly firstEnd: number;
  /** The last day on which one of certain date begins. */
  readonly lastBeginning: number;
}

export const NOTHING: Extent = {
  allExact: true,
  earliest: Number.POSITIVE_INFINITY,
  latest: 0,
  firstEnd: Number.POSITIVE_INFINITY,
  lastBeginning: 0,
};

export const withDates = (extent: Extent, { exact, earliest, latest }: Dates): Extent => ({
  allExact: extent.allExact && exact,
  earliest: Math.min(extent.earliest, earliest),
  latest: Math.max(extent.latest, latest),
  firstEnd: Math.min(extent.firstEnd, latest),
  lastBeginning: exact ? Math.max(extent.lastBeginning, earliest) : extent.lastBeginning,
});

export const newestOf = <Fact extends DatedFact>({ members }: Alike<Fact>): Placed<Fact> =>
  members[members.length - 1] as Placed<Fact>;

/** The facts of one list. */
export interface History<Fact extends DatedFact = DatedFact> {
  readonly all: readonly Placed<Fact>[];
  /** For each of them, which days it and all that stand before it take in. */
  readonly upTo: readonly Extent[];
  /** Those that move the state, in the order in which the first of each stands. */
  readonly moving: readonly Alike<Fact>[];
}

interface Moves {
  readonly steps: Readonly<Record<string, { readonly to?: string }>>;
}

/** Whether a fact moves the state. */
export const moves = ({ steps }: Moves, { type, leadsTo }: Pick<DatedFact, 'type' | 'leadsTo'>): boolean =>
  (leadsTo ?? steps[type]?.to) !== undefined;

const ranksOf = memoized((lifecycle: Moves) => ranksIn(Object.keys(lifecycle.steps)));

interface Learning {
  readonly all: Placed[];
  readonly upTo: Extent[];
  readonly moving: Alike[];
  readonly known: Map<string, Alike>;
}

function learn(history: Learning, one: Placed, isMoving: boolean): void {
  history.all.push(one);
  history.upTo.push(withDates(history.upTo.at(-1) ?? NOTHING, one));
  if (!isMoving) return;
  const { type, on = '', leadsTo = '', ends = '' } = one.fact;
  const key = `${type} ${on} ${leadsTo} ${ends}`;
  const alike = history.known.get(key);
  if (alike) {
    const { members } = alike;
    members.splice(
      countFirst(members.length, (place) => (members[place] as Placed).version <= one.version),
      0,
      one,
    );
    return;
  }
  const first = alikeTo(one, history.moving.at(-1)?.upTo);
  history.known.set(key, first);
  history.moving.push(first);
}

/** A fact that no other is like. */
export const alikeTo = <Fact extends DatedFact>(one: Placed<Fact>, before: Extent = NOTHING): Alike<Fact> => {
  const { rank, earliest, latest, exact, dated, ends } = one;
  return { rank, earliest, latest, exact, dated, ends, members: [one], upTo: withDates(before, one) };
};

const historiesOf = memoized((lifecycle: Moves) =>
  keptBeside<DatedFact, Learning>(
    () => ({ all: [], upTo: [], moving: [], known: new Map() }),
    (history, fact, index) => learn(history, placed(fact, ranksOf(lifecycle), index), moves(lifecycle, fact)),
  ),
);

export const historyOf = <Fact extends DatedFact>(lifecycle: Moves, facts: readonly Fact[]): History<Fact> =>
  historiesOf(lifecycle)(facts) as unknown as History<Fact>;

/** A fact that does not stand in a list, or stands at its end. */
export const placeIn = <Fact extends DatedFact>(
  lifecycle: Moves,
  fact: Fact,
  index = Number.MAX_SAFE_INTEGER,
): Placed<Fact> => placed(fact, ranksOf(lifecycle), index);
