import { type Cluster, type Kind, type Stand, stateOn } from './clusters.ts';
import type { Taken } from './fitting.ts';
import type { Placed } from './history.ts';
import type { Stretch } from './ordering.ts';

/**
 * What may have been the case on a day: of an order that fits, the facts up to one of them, among which is everything that
 * must have happened by then, and nothing that cannot have.
 */

/** Whether a fact may have happened by the day, and whether it must have. */
export interface Asked {
  readonly day: number;
  readonly may: (one: Placed) => boolean;
  readonly must: (one: Placed) => boolean;
}

const count = (facts: readonly Placed[], is: (one: Placed) => boolean): number =>
  facts.reduce((sum, one) => sum + (is(one) ? 1 : 0), 0);

/** How many facts of the first kinds of certain date there are of which something holds, for each number of kinds. */
function sums({ kinds, dated }: Cluster, is: (one: Placed) => boolean): number[] {
  const found = [0];
  for (const { first, members } of kinds.slice(0, dated)) {
    found.push((found.at(-1) as number) + (is(first) ? members.length : 0));
  }
  return found;
}

function countIn(
  { kinds }: Cluster,
  before: readonly number[],
  { first, counts }: Taken,
  is: (one: Placed) => boolean,
) {
  let sum = before[first] as number;
  for (const [kind, taken] of counts) if (is((kinds[kind] as Kind).first)) sum += taken;
  return sum;
}

/** The stands in a cluster that fits, where so many of its facts must have happened, and so many may have. */
function standsIn(
  { cluster, tried }: Stretch,
  { may, must }: Asked,
  [least, most]: readonly [number, number],
): Stand[] {
  if (!tried) return [];
  const { layers, fewest } = tried;
  const [mayBefore, mustBefore] = [sums(cluster, may), sums(cluster, must)];
  const found: Stand[] = [];
  for (let size = least; size <= most; size++) {
    for (const { stand, taken, missing, rest } of layers[size] ?? []) {
      if (missing + rest !== fewest) continue;
      const fits =
        size === 0 ||
        (countIn(cluster, mayBefore, taken, may) === size && countIn(cluster, mustBefore, taken, must) === least);
      if (fits) found.push(stand);
    }
  }
  return found;
}

/** Around a cluster that fits no order, and in it: where each of its facts leads that may have happened, and need not have. */
function standsAround(
  { cluster, from, after }: Stretch,
  { may, must }: Asked,
  [least, most]: readonly [number, number],
) {
  const open = cluster.kinds.flatMap(({ first, leadsTo }) => (leadsTo && may(first) && !must(first) ? [leadsTo] : []));
  return [...(least <= 0 ? [from] : []), ...open, ...(most >= cluster.size ? [after] : [])];
}

/** The states in which a day may find the record; `undefined` where too many orders are open to look at all of them. */
export function statesOn(parts: readonly Stretch[], asked: Asked): Set<string> | undefined {
  const states = new Set<string>();
  const unknown = parts.flatMap(({ isCostly, after }) => (isCostly ? [after] : []));
  let before = 0;
  const facts = parts.map((part) => part.facts);
  const [least, most] = [asked.must, asked.may].map((is) => facts.reduce((sum, some) => sum + count(some, is), 0)) as [
    number,
    number,
  ];
  for (const part of parts) {
    const { size } = part.cluster;
    const end = before + size;
    if (before > most) break;
    if (end >= least) {
      if (part.isCostly && before < most) return undefined;
      const range = [Math.max(0, least - before), Math.min(size, most - before)] as const;
      const stands = part.tried ? standsIn(part, asked, range) : standsAround(part, asked, range);
      if (stands.some((stand) => unknown.includes(stand))) return undefined;
      for (const stand of stands) states.add(stateOn(stand, asked.day));
    }
    before = end;
  }
  return states;
}
