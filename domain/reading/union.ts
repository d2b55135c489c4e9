import { compareUtf8 } from '../values/utf8-order.ts';
import type { RowReader } from './row-reader.ts';

type Newest = Pick<RowReader, 'newest'>;

/**
 * Reads several partitions as if they were one: their rows in the order of the sort keys, a row that is in several of them
 * once. Sort keys end in the record's id, so a cursor marks the same position in each partition.
 */
export const unionOf = (
  reader: Newest,
  partitions: readonly string[],
  merge: (one: never, other: never) => unknown = (one) => one,
): Newest => ({
  async newest<Value>(...[, before, limit]: Parameters<RowReader['newest']>) {
    const all = await Promise.all(partitions.map((partition) => reader.newest<Value>(partition, before, limit)));
    const bySort = new Map<string, { readonly sort: string; readonly value: Value }>();
    for (const row of all.flatMap(({ rows }) => rows)) {
      const there = bySort.get(row.sort);
      bySort.set(row.sort, there ? { ...row, value: merge(there.value as never, row.value as never) as Value } : row);
    }
    const rows = [...bySort.values()].sort((a, b) => compareUtf8(b.sort, a.sort));
    return { rows: rows.slice(0, limit), more: rows.length > limit || all.some(({ more }) => more) };
  },
});
