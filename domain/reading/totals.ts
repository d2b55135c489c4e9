import type { RoleCounts, Total } from '../answers/parts.ts';
import { counterOf, roleIn, totalsOf } from '../projections/list-rows.ts';
import type { Row } from '../projections/projection.ts';
import { type Counters, rowKey } from '../projections/sums.ts';
import type { RowReader } from './row-reader.ts';

type RowKey = Pick<Row, 'partition' | 'sort'>;

/** How many records several parts have together, of which one and the same may stand in more than one. */
function together(parts: readonly number[]): Total {
  const [min, max] = [Math.max(0, ...parts), parts.reduce((sum, part) => sum + part, 0)];
  return min === max ? max : { min, max };
}

/** How long lists are together. Those of the ids of one organization may have entries in common; others never do. */
export async function totalOf(
  reader: Pick<RowReader, 'get'>,
  lists: readonly string[],
  mayOverlap: boolean,
): Promise<Total> {
  const counters = lists.map(counterOf);
  const rows = await reader.get<Counters>(uniqueKeys(counters.map(({ row }) => row)));
  const parts = counters.map(({ row, counter }) => rows.get(rowKey(row))?.[counter] ?? 0);
  return mayOverlap ? together(parts) : parts.reduce((sum, part) => sum + part, 0);
}

const uniqueKeys = (keys: readonly RowKey[]): RowKey[] => [...new Map(keys.map((key) => [rowKey(key), key])).values()];

/** The rows that count the records in which an organization takes part, under each of its ids. */
export const countRowsOf = (ids: readonly string[]): RowKey[] => ids.map(totalsOf);

/** In how many records it takes part, from these rows: the lengths of its lists have the names of collections. */
export function recordCountOf(ids: readonly string[], rows: ReadonlyMap<string, Counters>): Total {
  const lengthOf = (key: RowKey) =>
    Object.entries(rows.get(rowKey(key)) ?? {}).reduce((sum, [name, n]) => (name.includes('/') ? sum : sum + n), 0);
  return together(countRowsOf(ids).map(lengthOf));
}

/** In how many records it has which role, from these rows. */
export function roleCountsOf(ids: readonly string[], rows: ReadonlyMap<string, unknown>): RoleCounts {
  const parts = new Map<string, number[]>();
  for (const key of countRowsOf(ids)) {
    for (const [counter, count] of Object.entries((rows.get(rowKey(key)) ?? {}) as Counters)) {
      if (roleIn(counter)) parts.set(counter, [...(parts.get(counter) ?? []), count]);
    }
  }
  const counts: Record<string, Record<string, Total>> = {};
  for (const [counter, some] of [...parts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const { collection = '', role = '' } = roleIn(counter) ?? {};
    counts[collection] = { ...counts[collection], [role]: together(some) };
  }
  return counts;
}
