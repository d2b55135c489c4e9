import type { RelationEdge } from '../answers/relations.ts';
import { type LargeEdge, PAIR_BEHALF, PAIR_COUNT, PAIR_DATE, PAIR_KIND } from '../projections/relations.ts';
import type { Counters } from '../projections/sums.ts';
import type { Count } from '../values/count.ts';
import { daysOf, type PartialDate } from '../values/partial-date.ts';

/** What the rows of an edge say. */

type Between = readonly [string, string];

/** What several rows count together: a range where an agreement may be among those of more than one of them. */
function counted(parts: readonly number[], mayOverlap: boolean): Count {
  const sum = parts.reduce((total, part) => total + part, 0);
  const most = Math.max(0, ...parts);
  return mayOverlap && most < sum ? { min: most, max: sum } : { exact: sum };
}

/** The first and the last of some dates: the one that begins first, and the one that ends last. */
function span(dates: readonly PartialDate[]): Pick<RelationEdge, 'first' | 'last'> {
  const ranges = dates.map((date) => ({ date, ...daysOf(date) }));
  const by = (compare: (one: (typeof ranges)[number], other: (typeof ranges)[number]) => boolean) =>
    ranges.reduce<(typeof ranges)[number] | undefined>(
      (best, one) => (best === undefined || compare(one, best) ? one : best),
      undefined,
    )?.date;
  const first = by((one, best) => one.earliest < best.earliest);
  const last = by((one, best) => one.latest > best.latest);
  return { ...(first !== undefined && { first }), ...(last !== undefined && { last }) };
}

const namesIn = (rows: readonly Counters[], prefix: string): string[] => [
  ...new Set(rows.flatMap((row) => Object.keys(row)).filter((name) => name.startsWith(prefix))),
];

/** The edge of a pair of organizations, from the rows of all ids that they have had. */
export function edgeOfPairs([one, other]: Between, rows: readonly Counters[], mayOverlap: boolean): RelationEdge {
  const count = (name: string) =>
    counted(
      rows.map((row) => row[name] ?? 0),
      mayOverlap,
    );
  const represented = count(PAIR_BEHALF);
  const kinds = namesIn(rows, PAIR_KIND).sort();
  return {
    between: [one, other],
    count: count(PAIR_COUNT),
    ...(represented.exact !== 0 && { represented }),
    ...span(namesIn(rows, PAIR_DATE).map((name) => name.slice(PAIR_DATE.length))),
    kinds: Object.fromEntries(kinds.map((name) => [name.slice(PAIR_KIND.length), count(name)])),
  };
}

/** The edge between an organization and an agreement that is a node of its own. */
export function edgeOfLarge([one, other]: Between, { on, kind, behalf }: LargeEdge): RelationEdge {
  const count = { exact: 1 };
  return {
    between: [one, other],
    count,
    ...(behalf && { represented: count }),
    ...(on !== undefined && { first: on, last: on }),
    kinds: kind === undefined ? {} : { [kind]: count },
  };
}
