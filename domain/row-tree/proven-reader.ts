/** Reads proven rows as queries do. Whatever a query needs, and the proof hides, is a refusal: an answer is whole or none. */
import { rowKey } from '../projections/sums.ts';
import type { RowReader, SortedRow } from '../reading/row-reader.ts';
import { type Bound, compareToBound, endOfPartition } from './bounds.ts';
import type { RowPlace } from './group.ts';

/** A row that a proof shows, in its place among all rows of the tree; without a value, that it is there. */
export interface ProvenRow extends RowPlace {
  readonly index: number;
  readonly value?: unknown;
}

/** A reader of the rows that a proof shows. What it hides rejects with `NotProven`. */
export interface ProvenReader extends RowReader {
  /** The number of rows of a partition. */
  readonly count: (partition: string) => Promise<number>;
}

const NOT_PROVEN = 'NotProven';
const notProven = (what: string): Error => Object.assign(new Error(what), { name: NOT_PROVEN });

/** Whether something is missing in a proof; the message says what. */
export const isNotProven = (error: unknown): error is Error => error instanceof Error && error.name === NOT_PROVEN;

const inWords = ({ partition, sort }: Bound): string =>
  `${JSON.stringify(partition)}${sort === undefined ? '' : ` ${JSON.stringify(sort)}`}`;

/** `rows` are in their order; `size` is the number of all rows of the tree. */
export function provenReader(rows: readonly ProvenRow[], size: number): ProvenReader {
  const indexAt = (at: number): number => (at < 0 ? -1 : (rows[at]?.index ?? size));

  /** The first shown row that is not before a bound. */
  function firstFrom(bound: Bound): number {
    let [from, to] = [0, rows.length];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if (compareToBound(rows[middle] as RowPlace, bound) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Rows are hidden before the one at this place, or before the end. */
  const isGap = (at: number): boolean => indexAt(at) - indexAt(at - 1) !== 1;

  function placeOf(bound: Bound): number {
    const at = firstFrom(bound);
    if (isGap(at)) throw notProven(`the proof hides which rows there are around ${inWords(bound)}`);
    return at;
  }

  function shownValue(row: ProvenRow): unknown {
    if (row.value === undefined) throw notProven(`the proof hides the value of ${inWords(row)}`);
    return row.value;
  }

  return {
    async newest<Value>(partition: string, before: string | undefined, limit: number) {
      const found: SortedRow<Value>[] = [];
      let at = placeOf(before === undefined ? endOfPartition(partition) : { partition, sort: before });
      for (;;) {
        at -= 1;
        const row = rows[at];
        if (row?.partition !== partition) return { rows: found, more: false };
        if (found.length === limit) return { rows: found, more: true };
        found.push({ sort: row.sort, value: shownValue(row) as Value });
        if (isGap(at)) throw notProven(`the proof hides which rows there are before ${inWords(row)}`);
      }
    },
    async get<Value>(keys: readonly RowPlace[]) {
      const found = new Map<string, Value>();
      for (const key of keys) {
        const row = rows[firstFrom(key)];
        if (row && compareToBound(row, key) === 0) found.set(rowKey(key), shownValue(row) as Value);
        else placeOf(key);
      }
      return found;
    },
    async count(partition) {
      return indexAt(placeOf(endOfPartition(partition))) - indexAt(placeOf({ partition, sort: '' }));
    },
  };
}
