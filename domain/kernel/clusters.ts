import type { Placed } from './history.ts';

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
  readonly step: { readonly after: readonly string[]; readonly skips?: readonly string[] };
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
  readonly steps: Readonly<Record<string, Kind['step'] & { readonly to?: string; readonly afterwards?: string }>>;
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
function kindsOf({ steps }: AnyLifecycle, ranked: readonly Placed[], { ledTo }: Stands): Kind[] {
  const kinds = new Map<string, Kind & { readonly members: Placed[] }>();
  for (const one of ranked) {
    const { type, on = '', leadsTo, ends = '' } = one.fact;
    const key = `${type} ${on} ${leadsTo ?? ''} ${ends}`;
    const known = kinds.get(key);
    if (known) {
      known.members.push(one);
      continue;
    }
    const step = steps[type];
    if (!step) throw new Error(`${type} is no step of the lifecycle`);
    kinds.set(key, { members: [one], first: one, step, leadsTo: ledTo(one) });
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

/** How many earlier steps are missing where a fact finds a record standing so; `undefined` where it cannot follow. */
export function missingSteps(
  stand: Stand,
  { step: { after, skips = [] }, first }: Pick<Kind, 'step' | 'first'>,
): 0 | 1 | undefined {
  const [early, late] = [stateOn(stand, first.earliest), stateOn(stand, first.latest)];
  if (after.includes(early) || after.includes(late)) return 0;
  return skips.includes(early) || skips.includes(late) ? 1 : undefined;
}
