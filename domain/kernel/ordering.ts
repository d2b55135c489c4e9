import {
  type AnyLifecycle,
  type Cluster,
  clustersOf,
  type Kind,
  missingSteps,
  type Stand,
  standsOf,
} from './clusters.ts';
import {
  type Budget,
  fewestMissing,
  type Layers,
  layersFrom,
  type Node,
  noneTaken,
  type Taken,
  takenWith,
} from './fitting.ts';
import { heapOf } from './heap.ts';
import { byRank, type DatedFact, moves, type Placed, placed, ranksIn } from './history.ts';
import { memoized } from './memoized.ts';

/**
 * The order of the facts of a history. Their days leave it open where they overlap; an order fits when every fact may
 * follow the state in which it finds the record. Of those that fit, the ones that lack the fewest steps count, and of
 * several the first: where orders part, that one goes on which the days, then the ranks and then the texts put first.
 * Where no order of a cluster fits, what is recorded has happened: in the order of days and ranks.
 */
export interface Ordering<Fact extends DatedFact = DatedFact> {
  readonly all: readonly Placed<Fact>[];
  /** Those that move the state. */
  readonly moving: readonly Placed<Fact>[];
  /** How it was found, cluster by cluster. */
  readonly parts: () => readonly Stretch[];
}

export interface Stretch {
  readonly cluster: Cluster;
  readonly facts: readonly Placed[];
  /** How the record stands before it and behind it. */
  readonly from: Stand;
  readonly after: Stand;
  /** What was tried; without it no order fits, or there are too many to try them all. */
  readonly tried?: { readonly layers: Layers; readonly fewest: number };
  readonly isCostly?: true;
}

/**
 * Facts in the one order that their days and ranks give. "Certainly before" is no total order, since days overlap in
 * chains; so of the facts that nothing left over precedes by its days, the lowest in rank comes next, again and again.
 */
export function byDaysAndRanks<One extends Placed>(facts: readonly One[]): One[] {
  const ranked = facts.toSorted(byRank);
  const places = ranked.map((_, place) => place);
  const at = (place: number) => ranked[place] as One;
  const ending = places.toSorted((a, b) => at(a).latest - at(b).latest);
  const beginning = places.toSorted((a, b) => at(a).earliest - at(b).earliest);
  const taken = new Set<number>();
  const next = heapOf<number>((one, other) => one < other);
  const ordered: One[] = [];
  for (let [ended, begun] = [0, 0]; ordered.length < ranked.length; ) {
    while (taken.has(ending[ended] as number)) ended += 1;
    // Nothing left over ends before this: what begins later is preceded.
    const { latest: end } = at(ending[ended] as number);
    for (; begun < beginning.length && at(beginning[begun] as number).earliest <= end; begun++) {
      next.put(beginning[begun] as number);
    }
    const place = next.takeFirst() as number;
    taken.add(place);
    ordered.push(at(place));
  }
  return ordered;
}

/** How many facts may be tried in places of an order: so many for each, and more in a cluster, up to so many in a history. */
const TRIED = { ofFact: 20, ofCluster: 4_000, ofHistory: 20_000 };

function make<Fact extends DatedFact>(lifecycle: AnyLifecycle, facts: readonly Fact[]): Ordering<Fact> {
  const ranks = ranksIn(Object.keys(lifecycle.steps));
  const ranked = byDaysAndRanks(facts.map((fact, index) => placed(fact, ranks, index)));
  let found: readonly Stretch[] | undefined;
  const parts = () => {
    found ??= partsOf(lifecycle, ranked);
    return found;
  };
  const all = lacksNothing(lifecycle, ranked) ? ranked : (parts().flatMap((part) => part.facts) as Placed<Fact>[]);
  const moving = all.filter(({ fact }) => moves(lifecycle, fact));
  return { all, moving, parts };
}

/** Whether the order of days and ranks fits, and no step is missing in it: it comes first then. */
function lacksNothing(lifecycle: AnyLifecycle, ranked: readonly Placed[]): boolean {
  const stands = standsOf(lifecycle);
  let stand = stands.start;
  return ranked.every((one) => {
    const step = lifecycle.steps[one.fact.type];
    if (!step || missingSteps(stand, { step, first: one }) !== 0) return false;
    stand = stands.ledTo(one) ?? stand;
    return true;
  });
}

/** Clusters that fit one after another. */
interface Run {
  readonly start: Node;
  readonly clusters: { readonly cluster: Cluster; readonly layers: Layers }[];
}

const beginAt = (stand: Stand): Run => ({
  start: { stand, taken: noneTaken, missing: 0, rest: 0, ways: [] },
  clusters: [],
});

function partsOf(lifecycle: AnyLifecycle, ranked: readonly Placed[]): Stretch[] {
  const stands = standsOf(lifecycle);
  const parts: Stretch[] = [];
  let run = beginAt(stands.start);
  let left = TRIED.ofHistory;
  for (const cluster of clustersOf(lifecycle, ranked, stands)) {
    const allowed = TRIED.ofFact * cluster.size + Math.min(left, TRIED.ofCluster);
    const budget: Budget = { left: allowed };
    const layers = layersFrom(run.clusters.at(-1)?.layers.at(-1) ?? [run.start], cluster, budget);
    left -= Math.max(0, Math.min(left, TRIED.ofCluster) - Math.max(0, budget.left));
    if (typeof layers !== 'string') {
      run.clusters.push({ cluster, layers });
      continue;
    }
    parts.push(...partsOfRun(run));
    const before = parts.at(-1)?.after ?? stands.start;
    const facts = byDaysAndRanks(cluster.kinds.flatMap(({ members }) => members));
    const isCostly = layers === 'costly';
    const last = facts.reduce((stand, one) => stands.ledTo(one) ?? stand, before);
    // What goes on from there is told by this very object from what is known.
    const after = isCostly ? { ...last } : last;
    parts.push({ cluster, facts, from: before, after, ...(isCostly && { isCostly }) });
    run = beginAt(after);
  }
  return [...parts, ...partsOfRun(run)];
}

/** Goes the first of the ways that lack the fewest steps. */
function partsOfRun({ start, clusters }: Run): Stretch[] {
  const fewest = fewestMissing([[start], ...clusters.flatMap(({ layers }) => layers.slice(1))]);
  let node = start;
  return clusters.map(({ cluster, layers }) => {
    const facts: Placed[] = [];
    const from = node.stand;
    let taken = noneTaken;
    while (facts.length < cluster.size) {
      const isPreceded = byDays(cluster, taken);
      const next = (kind: number) => cluster.kinds[kind]?.members[taken.counts.get(kind) ?? 0] as Placed;
      const [way] = node.ways
        .filter(({ missing, to }) => node.missing + missing + to.rest === fewest)
        .sort((a, b) => isPreceded(a.kind) - isPreceded(b.kind) || byRank(next(a.kind), next(b.kind)));
      if (!way) throw new Error('a way that fits has come to no end');
      facts.push(next(way.kind));
      taken = takenWith(cluster, taken, way.kind);
      node = way.to;
    }
    return { cluster, facts, from, after: node.stand, tried: { layers, fewest } };
  });
}

/** Tells whether the days put something that is left before a kind: a doubtful date counts as its days. */
function byDays({ kinds, dated }: Cluster, { first, counts }: Taken) {
  const doubtful = kinds.slice(dated).filter(({ members }, place) => counts.get(dated + place) !== members.length);
  const left = first < dated ? [kinds[first] as Kind, ...doubtful] : doubtful;
  const end = left.reduce((least, { first: { latest } }) => Math.min(least, latest), Number.POSITIVE_INFINITY);
  return (kind: number): 0 | 1 => ((kinds[kind] as Kind).first.earliest > end ? 1 : 0);
}

const orderings = memoized((_: AnyLifecycle) => new WeakMap<readonly DatedFact[], Kept>());

/** A list that grows in a running fold is put into order anew. */
interface Kept {
  readonly length: number;
  readonly ordering: Ordering;
}

export function orderingOf<Fact extends DatedFact>(lifecycle: AnyLifecycle, facts: readonly Fact[]): Ordering<Fact> {
  const kept = orderings(lifecycle);
  const known = kept.get(facts);
  if (known?.length === facts.length) return known.ordering as unknown as Ordering<Fact>;
  const ordering = make(lifecycle, facts);
  kept.set(facts, { length: facts.length, ordering: ordering as unknown as Ordering });
  return ordering;
}
