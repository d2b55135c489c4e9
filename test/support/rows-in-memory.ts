import { allRows, type Projection, type SealedRecord } from '../../domain/projections/projection.ts';
import { rowKey, summed } from '../../domain/projections/sums.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { compareUtf8 } from '../../domain/values/utf8-order.ts';

interface Row {
  readonly partition: string;
  readonly sort: string;
  readonly value: object;
}

/** All rows that records make together: their own, and those that they share. @throws when two have the same key */
export function rowsOf(projection: Projection, sealed: readonly SealedRecord[]): Row[] {
  const owned = sealed.flatMap((one) => allRows(projection, one));
  const shared = summed(sealed.flatMap((one) => projection.sums?.(one) ?? []));
  const rows = [...owned, ...[...shared.values()].map(({ add, ...key }): Row => ({ ...key, value: add }))];
  if (new Set(rows.map(rowKey)).size < rows.length) throw new Error('two rows have the same key');
  return rows;
}

/** The rows that records make, as a query reads them, and what it has read. */
export const rowsInMemory = (projection: Projection, sealed: readonly SealedRecord[]) =>
  readerOverRows(rowsOf(projection, sealed));

export function readerOverRows(rows: readonly Row[]) {
  const byKey = new Map(rows.map((row) => [rowKey(row), row.value]));
  const partitions = Map.groupBy(rows, ({ partition }) => partition);
  for (const some of partitions.values()) some.sort((one, other) => compareUtf8(other.sort, one.sort));
  const counted = { rounds: 0, requests: 0, rows: 0 };

  /** Reads that are asked for together are answered together, as one round. */
  let round: Promise<void> | undefined;
  function inRound(): Promise<void> {
    counted.requests += 1;
    round ??= new Promise((resolve) => {
      setImmediate(() => {
        counted.rounds += 1;
        round = undefined;
        resolve();
      });
    });
    return round;
  }

  const reader: RowReader = {
    async newest(partition, before, limit) {
      await inRound();
      const all = (partitions.get(partition) ?? []).filter(
        ({ sort }) => before === undefined || compareUtf8(sort, before) < 0,
      );
      const some = all.slice(0, limit);
      counted.rows += some.length;
      return { rows: some.map(({ sort, value }) => ({ sort, value })) as never, more: all.length > limit };
    },
    async get(keys) {
      await inRound();
      const found = keys.flatMap((key) => {
        const value = byKey.get(rowKey(key));
        return value ? [[rowKey(key), value] as const] : [];
      });
      counted.rows += found.length;
      return new Map(found) as never;
    },
  };
  return { reader, counted };
}
