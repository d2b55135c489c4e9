import type { RowKey, Views } from '../stores/views.ts';

type Newest = Pick<Views, 'newest'>;

/**
 * Reads several partitions as if they were one: their rows in the order of the sort keys, a row that is in several of them
 * once. Sort keys end in the record's id, so a cursor marks the same position in each partition.
 */
export const unionOf = (views: Newest, partitions: readonly RowKey['partition'][]): Newest => ({
  async newest<Value>(...[projection, , before, limit]: Parameters<Views['newest']>) {
    const all = await Promise.all(
      partitions.map((partition) => views.newest<Value>(projection, partition, before, limit)),
    );
    const bySort = new Map(all.flatMap(({ rows }) => rows).map((row) => [row.sort, row]));
    const rows = [...bySort.values()].sort((a, b) => (a.sort < b.sort ? 1 : -1));
    return { rows: rows.slice(0, limit), more: rows.length > limit || all.some(({ more }) => more) };
  },
});
