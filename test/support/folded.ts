import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { allRows, applyCommit, type Projection, type SealedRecord } from '../../domain/projections/projection.ts';
import { addTo, rowKey, type SummedRow } from '../../domain/projections/sums.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { compareUtf8 } from '../../domain/values/utf8-order.ts';

/** Records as they are sealed: each event is a commit, in the order given. */
export function sealedRecords(events: readonly RegistryEvent[]): Map<string, SealedRecord> {
  const records = new Map<string, SealedRecord>();
  for (const [position, event] of events.entries()) {
    records.set(event.subject, applyCommit(records.get(event.subject), [event], position));
  }
  return records;
}

/** A read model in memory: the rows that records give, and how many of them were read. */
export function foldedRows(projection: Projection, records: Iterable<SealedRecord>) {
  const rows = new Map<string, { partition: string; sort: string; value: object }>();
  const sums = new Map<string, SummedRow>();
  for (const sealed of records) {
    for (const row of allRows(projection, sealed)) {
      if (rows.has(rowKey(row))) throw new Error(`${rowKey(row)} is there twice`);
      rows.set(rowKey(row), row);
    }
    addTo(sums, projection.sums?.(sealed) ?? []);
  }
  for (const { add, ...key } of sums.values()) rows.set(rowKey(key), { ...key, value: add });
  const byPartition = Map.groupBy(rows.values(), ({ partition }) => partition);
  for (const some of byPartition.values()) some.sort((one, other) => compareUtf8(other.sort, one.sort));
  const read = { rows: 0, requests: 0 };
  const reader: RowReader = {
    async newest(partition, before, limit) {
      const all = (byPartition.get(partition) ?? []).filter(
        ({ sort }) => before === undefined || compareUtf8(sort, before) < 0,
      );
      const found = all.slice(0, limit).map(({ sort, value }) => ({ sort, value }));
      read.requests += 1;
      read.rows += found.length;
      return { rows: found as never, more: all.length > found.length };
    },
    async get(keys) {
      const found = keys.flatMap((key) => {
        const row = rows.get(rowKey(key));
        return row ? [[rowKey(key), row.value] as const] : [];
      });
      read.requests += 1;
      read.rows += found.length;
      return new Map(found) as never;
    },
  };
  return { reader, read, rows };
}
