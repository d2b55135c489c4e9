import type { Row } from '../projections/projection.ts';

type RowKey = Pick<Row, 'partition' | 'sort'>;

/** A row of a partition, without the partition. */
export interface SortedRow<Value> {
  readonly sort: string;
  readonly value: Value;
}

/** Some rows of a partition, the last ones first, and whether there are more before them. */
interface NewestRows<Value> {
  readonly rows: readonly SortedRow<Value>[];
  readonly more: boolean;
}

/**
 * The rows of one read model, whether they are read from a table, from a proof, or from memory. What a query means is said
 * over this alone, without a clock, so that whoever has the rows comes to the same answer.
 */
export interface RowReader {
  /** Rows of one partition from the end, by the UTF-8 bytes of their sort keys, before `before`; at most `limit`. */
  readonly newest: <Value>(partition: string, before: string | undefined, limit: number) => Promise<NewestRows<Value>>;
  /** The values of rows, by `rowKey`; those that do not exist are left out. */
  readonly get: <Value>(keys: readonly RowKey[]) => Promise<ReadonlyMap<string, Value>>;
}

/** The reader that reads no part of a partition twice: what is certain to be needed can be asked for beforehand. */
export function remembering(reader: RowReader): RowReader {
  const known = new Map<string, Promise<NewestRows<unknown>>>();
  return {
    ...reader,
    newest<Value>(...range: Parameters<RowReader['newest']>) {
      const key = JSON.stringify(range);
      const rows = known.get(key) ?? reader.newest<unknown>(...range);
      known.set(key, rows);
      return rows as Promise<NewestRows<Value>>;
    },
  };
}
