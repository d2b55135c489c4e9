import type { Placed } from './history.ts';
import { memoized } from './memoized.ts';

/** The facts of a history, cut wherever everything before certainly precedes everything behind, and what they lead to. */

/** How a record stands: it may change by itself when an effect is over. */
export interface Stand {
  readonly to: string;
  readonly afterwards: string;
  /** The first day on which `afterwards` holds. */
  readonly ends: number;
}

/** Facts of one type and date that lead to the same state: no order tells them apart. */
export interface Kind {
  /** In their order. */
  readonly members: readonly Placed[];
  readonly first: Placed;
  /** See `missingIn`. */
  readonly missing: ReadonlyMap<string, number>;
  /** Where one leads that moves the state. */
  readonly leadsTo: Stand | undefined;
}

/** Facts that are ordered among each other. */
export interface Cluster {
  /** Those of certain dates by their last days, then the others. */
  readonly kinds: readonly Kind[];
  /** How many kinds have a certain date. */
  readonly dated: number;
  /** How many facts. */
  readonly size: number;
}

/** What of a lifecycle (`lifecycle.ts`) decides on orders. */
export interface AnyLifecycle {
  readonly start: string;
  readonly steps: Readonly<Record<string, AnyStep>>;
}

interface AnyStep {
  readonly after: readonly string[];
  readonly skips?: readonly string[];
  readonly to?: string;
  readonly or?: readonly string[];
  readonly afterwards?: string;
}

export interface Stands {
  readonly start: Stand;
  /** Where a fact leads that moves the state. */
  readonly ledTo: (one: Placed) => Stand | undefined;
}

/** Every stand once, so that equal ones are the same. */
export function standsOf({ start, steps }: AnyLifecycle): Stands {
  const stands = new Map<string, Stand>();
  const standAt = (to: string, afterwards: string, ends: number): Stand => {
    const lasts = to === afterwards || ends === Number.POSITIVE_INFINITY;
    const stand = lasts ? { to, afterwards: to, ends: Number.POSITIVE_INFINITY } : { to, afterwards, ends };
    const key = `${stand.to} ${stand.afterwards} ${stand.ends}`;
    const known = stands.get(key) ?? stand;
    stands.set(key, known);
    return known;
  };
  const ledTo = ({ fact: { type, leadsTo }, ends }: Placed): Stand | undefined => {
    const to = leadsTo ?? steps[type]?.to;
    return to === undefined ? undefined : standAt(to, steps[type]?.afterwards ?? to, ends);
  };
  return { start: standAt(start, start, Number.POSITIVE_INFINITY), ledTo };
}

export const stateOn = ({ to, afterwards, ends }: Stand, day: number): string => (ends <= day ? afterwards : to);

/** Of facts in their order the kinds, each with its first at the front. */
function kindsOf(lifecycle: AnyLifecycle, ranked: readonly Placed[], { ledTo }: Stands): Kind[] {
  const kinds = new Map<string, Kind & { readonly members: Placed[] }>();
  for (const one of ranked) {
    const { type, on = '', leadsTo, ends = '' } = one.fact;
    const key = `${type} ${on} ${leadsTo ?? ''} ${ends}`;
    const known = kinds.get(key);
    if (known) {
      known.members.push(one);
      continue;
    }
    const missing = missingIn(lifecycle).get(type);
    if (!missing) throw new Error(`${type} is no step of the lifecycle`);
    kinds.set(key, { members: [one], first: one, missing, leadsTo: ledTo(one) });
  }
  return [...kinds.values()];
}

const clusterOf = (kinds: readonly Kind[]): Cluster => ({
  kinds: [
    ...kinds.filter(({ first }) => first.exact).sort((a, b) => a.first.latest - b.first.latest),
    ...kinds.filter(({ first }) => !first.exact),
  ],
  dated: kinds.reduce((count, { first }) => count + (first.exact ? 1 : 0), 0),
  size: kinds.reduce((count, { members }) => count + members.length, 0),
});

/** The clusters of facts, which are in the order of their ranks. A doubtful date certainly precedes nothing. */
export function clustersOf(lifecycle: AnyLifecycle, ranked: readonly Placed[], stands: Stands): Cluster[] {
  const kinds = kindsOf(lifecycle, ranked, stands).sort((a, b) => a.first.earliest - b.first.earliest);
  if (kinds.some(({ first }) => !first.exact)) return [clusterOf(kinds)];
  const clusters: Kind[][] = [];
  let latest = 0;
  for (const kind of kinds) {
    const last = clusters.at(-1);
    if (last && kind.first.earliest <= latest) last.push(kind);
    else clusters.push([kind]);
    latest = Math.max(latest, kind.first.latest);
  }
  return clusters.map(clusterOf);
}

/** How many steps lead from each state to one of these, at least. */
function stepsTo(states: readonly string[], { steps }: AnyLifecycle): Map<string, number> {
  const counts = new Map(states.map((state) => [state, 0]));
  for (let [count, reached] = [1, states]; reached.length > 0; count++) {
    const before = Object.values(steps)
      .filter(({ to, or = [], afterwards }) => [to, afterwards, ...or].some((one) => one && reached.includes(one)))
      .flatMap(({ after }) => after.filter((state) => !counts.has(state)));
    for (const state of before) counts.set(state, count);
    reached = before;
  }
  return counts;
}

/** By type, the states that a fact of it may find, each with how many earlier steps are missing there, at least. */
export const missingIn = memoized(
  (lifecycle: AnyLifecycle): ReadonlyMap<string, ReadonlyMap<string, number>> =>
    new Map(
      Object.entries(lifecycle.steps).map(([type, { after, skips = [] }]) => {
        const counts = stepsTo(after, lifecycle);
        return [type, new Map([...after, ...skips].map((state) => [state, counts.get(state) ?? 1]))];
      }),
    ),
);

/** How many earlier steps are missing where a fact finds a record standing so; `undefined` where it cannot follow. */
export function missingSteps(stand: Stand, { missing, first }: Pick<Kind, 'missing' | 'first'>): number | undefined {
  const [early, late] = [stateOn(stand, first.earliest), stateOn(stand, first.latest)].map((state) =>
    missing.get(state),
  );
  return early === undefined || late === undefined ? (early ?? late) : Math.min(early, late);
}
