import { allRows, type Projection, type SealedRecord } from '../../domain/projections/projection.ts';
import { rowKey } from '../../domain/projections/sums.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { compareUtf8 } from '../../domain/values/utf8-order.ts';

/** The rows of records in memory, and what was read of them: rows, and rounds of requests that did not wait for each other. */
export function rowsInMemory(projection: Projection, records: readonly SealedRecord[]) {
  const partitions = new Map<string, { sort: string; value: unknown }[]>();
  for (const { partition, sort, value } of records.flatMap((record) => allRows(projection, record))) {
    const rows = partitions.get(partition) ?? [];
    rows.push({ sort, value });
    partitions.set(partition, rows);
  }
  for (const rows of partitions.values()) rows.sort((a, b) => compareUtf8(b.sort, a.sort));
  return { ...readerOf(partitions), partitions };
}

function readerOf(partitions: ReadonlyMap<string, readonly { readonly sort: string; readonly value: unknown }[]>) {
  const counted = { rows: 0, rounds: 0, requests: 0 };
  let round: Promise<void> | undefined;
  const answered = (rows: number): Promise<void> => {
    counted.rows += rows;
    counted.requests += 1;
    if (!round) {
      counted.rounds += 1;
      round = new Promise((resolve) => {
        setImmediate(() => {
          round = undefined;
          resolve();
        });
      });
    }
    return round;
  };
  const reader: RowReader = {
    async newest<Value>(partition: string, before: string | undefined, limit: number) {
      const all = partitions.get(partition) ?? [];
      const from = before === undefined ? 0 : all.findIndex(({ sort }) => compareUtf8(sort, before) < 0);
      const rows = from < 0 ? [] : all.slice(from, from + limit);
      await answered(rows.length);
      return { rows: rows as { sort: string; value: Value }[], more: from >= 0 && from + limit < all.length };
    },
    async get<Value>(keys: readonly { readonly partition: string; readonly sort: string }[]) {
      const found = keys.flatMap(({ partition, sort }) => {
        const row = partitions.get(partition)?.find((one) => one.sort === sort);
        return row ? [[rowKey({ partition, sort }), row.value as Value] as const] : [];
      });
      await answered(found.length);
      return new Map(found);
    },
  };
  return { reader, counted };
}
