import { type Cluster, type Kind, missingSteps, type Stand } from './clusters.ts';

/** Which orders of the facts of a cluster fit, found step by step: alike facts are taken for each other. */

/** Which facts of a cluster are taken. */
export interface Taken {
  /** All kinds of certain date before this one, wholly. */
  readonly first: number;
  /** Of further kinds, how many facts. */
  readonly counts: ReadonlyMap<number, number>;
}

/** Some facts taken, and how the record stands then. */
export interface Node {
  readonly stand: Stand;
  readonly taken: Taken;
  /** The fewest steps that are missing on a way to here, and from here on to the end of an order. */
  missing: number;
  rest: number;
  readonly ways: Way[];
}

interface Way {
  readonly kind: number;
  readonly missing: number;
  readonly to: Node;
}

/** The nodes after each number of facts. */
export type Layers = readonly (readonly Node[])[];

/** What a search may still cost, in facts tried. */
export interface Budget {
  left: number;
}

export const noneTaken: Taken = { first: 0, counts: new Map() };

const sizeOf = ({ kinds }: Cluster, kind: number): number => (kinds[kind] as Kind).members.length;

/** What is taken once one more of a kind is. */
export function takenWith(cluster: Cluster, { first, counts }: Taken, kind: number): Taken {
  const more = new Map(counts).set(kind, (counts.get(kind) ?? 0) + 1);
  let next = first;
  for (; next < cluster.dated && more.get(next) === sizeOf(cluster, next); next++) more.delete(next);
  return { first: next, counts: more };
}

const keyOf = ({ first, counts }: Taken): string =>
  counts.size === 0 ? `${first}` : `${first} ${[...counts].sort(([one], [other]) => one - other).join(' ')}`;

/**
 * For each kind of certain date those that may come next while it is the first, by its last day, of which some are left:
 * whatever begins later comes after it. `undefined` where that costs more than is left.
 */
function besides({ kinds, dated }: Cluster, budget: Budget): readonly (readonly number[])[] | undefined {
  const days = (kind: number) => (kinds[kind] as Kind).first;
  const beginning = Array.from({ length: dated }, (_, kind) => kind).sort(
    (a, b) => days(a).earliest - days(b).earliest,
  );
  const found: number[][] = [];
  let [begun, open]: [number, number[]] = [0, []];
  for (let first = 0; first < dated; first++) {
    open = open.filter((kind) => kind >= first);
    for (; begun < dated; begun++) {
      const kind = beginning[begun] as number;
      if (days(kind).earliest > days(first).latest) break;
      if (kind >= first) open.push(kind);
    }
    budget.left -= open.length;
    if (budget.left < 0) return undefined;
    found.push(open);
  }
  return found;
}

/** A layer that is being made. */
type Growing = Map<string, { readonly taken: Taken; readonly nodes: Map<Stand, Node> }>;

function nodeIn(layer: Growing, taken: Taken, stand: Stand): Node {
  const key = keyOf(taken);
  const place = layer.get(key) ?? { taken, nodes: new Map<Stand, Node>() };
  layer.set(key, place);
  const known = place.nodes.get(stand);
  if (known) return known;
  const node: Node = {
    stand,
    taken: place.taken,
    missing: Number.POSITIVE_INFINITY,
    rest: Number.POSITIVE_INFINITY,
    ways: [],
  };
  place.nodes.set(stand, node);
  return node;
}

const ONE_DATED: Taken = { first: 1, counts: new Map() };
const ONE_DOUBTFUL: Taken = { first: 0, counts: new Map([[0, 1]]) };

/** Takes a fact that is a cluster by itself, as most are. */
function layersOfOne(before: readonly Node[], { kinds: [kind], dated }: Cluster): Layers | 'none' {
  const taken = dated === 1 ? ONE_DATED : ONE_DOUBTFUL;
  const nodes: Node[] = [];
  for (const node of before) {
    const missing = missingSteps(node.stand, kind as Kind);
    if (missing === undefined) continue;
    const stand = kind?.leadsTo ?? node.stand;
    let to = nodes.find((one) => one.stand === stand);
    if (!to) {
      to = { stand, taken, missing: Number.POSITIVE_INFINITY, rest: Number.POSITIVE_INFINITY, ways: [] };
      nodes.push(to);
    }
    to.missing = Math.min(to.missing, node.missing + missing);
    node.ways.push({ kind: 0, missing, to });
  }
  return nodes.length === 0 ? 'none' : [before, nodes];
}

/**
 * Takes the facts of a cluster in every order that fits, from where the record may stand before them. `none`: none fits;
 * `costly`: nobody has looked at all of them.
 */
export function layersFrom(before: readonly Node[], cluster: Cluster, budget: Budget): Layers | 'none' | 'costly' {
  if (cluster.size === 1) return layersOfOne(before, cluster);
  const beside = besides(cluster, budget);
  if (!beside) return 'costly';
  const doubtful = cluster.kinds.map((_, kind) => kind).slice(cluster.dated);
  const layers: (readonly Node[])[] = [before];
  for (let size = 0; size < cluster.size; size++) {
    const layer: Growing = new Map();
    for (const node of layers[size] as readonly Node[]) {
      const taken = size === 0 ? noneTaken : node.taken;
      budget.left -= 1 + taken.counts.size;
      for (const kind of [...(beside[taken.first] ?? []), ...doubtful]) {
        if (taken.counts.get(kind) === sizeOf(cluster, kind)) continue;
        budget.left -= 1;
        follow(node, taken, kind, cluster, layer);
      }
      if (budget.left < 0) return 'costly';
    }
    if (layer.size === 0) return 'none';
    layers.push([...layer.values()].flatMap(({ nodes }) => [...nodes.values()]));
  }
  return layers;
}

function follow(node: Node, taken: Taken, place: number, cluster: Cluster, layer: Growing): void {
  const kind = cluster.kinds[place] as Kind;
  const missing = missingSteps(node.stand, kind);
  if (missing === undefined) return;
  const to = nodeIn(layer, takenWith(cluster, taken, place), kind.leadsTo ?? node.stand);
  to.missing = Math.min(to.missing, node.missing + missing);
  node.ways.push({ kind: place, missing, to });
}

/** Finds how many steps are missing in the orders that lack the fewest, all the way through layers that follow each other. */
export function fewestMissing(layers: Layers): number {
  const last = layers.at(-1) ?? [];
  const fewest = Math.min(...last.map(({ missing }) => missing));
  for (const node of last) node.rest = node.missing === fewest ? 0 : Number.POSITIVE_INFINITY;
  for (let place = layers.length - 2; place >= 0; place--) {
    for (const node of layers[place] as readonly Node[]) {
      node.rest = node.ways.reduce(
        (least, { missing, to }) => Math.min(least, missing + to.rest),
        Number.POSITIVE_INFINITY,
      );
    }
  }
  return fewest;
}
