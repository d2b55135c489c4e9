import type { Row } from '../../domain/projections/projection.ts';
import { rowFault } from '../../domain/projections/row-fault.ts';
import { type Counters, plus, rowKey, type SummedRow } from '../../domain/projections/sums.ts';
import { compareUtf8 } from '../../domain/values/utf8-order.ts';
import { canonical } from '../runtime/canonical.ts';

/** A row with its canonical JSON, `[partition, sort, value]`. */
type CanonicalRow = Row & { readonly text: string };

/** One row that a commit changes: without `was` it is added, without `is` removed. */
export interface RowDifference {
  readonly was?: CanonicalRow;
  readonly is?: CanonicalRow;
}

/** The rows of one record, by key. */
export type Rows = ReadonlyMap<string, CanonicalRow>;

/** A projection gives a row that is larger than any that it should give. */
export class RowTooLarge extends Error {
  override readonly name = 'RowTooLarge';
}

function canonicalRow(row: Row): CanonicalRow {
  const text = canonical([row.partition, row.sort, row.value]);
  const fault = rowFault(row.partition, text);
  if (fault !== undefined) throw new RowTooLarge(fault);
  return { ...row, text };
}

/** @throws when a projection gives two rows the same key, and RowTooLarge */
export function rowsByKey(rows: readonly Row[]): Rows {
  const byKey = new Map(rows.map((row) => [rowKey(row), canonicalRow(row)]));
  if (byKey.size < rows.length) throw new Error('a projection gives two rows the same key');
  return byKey;
}

/** The rows that differ, in the order of their keys, so that every projector computes the same. */
export function difference(before: Rows, after: Rows): Map<string, RowDifference> {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort(compareUtf8);
  return new Map(
    keys.flatMap((key): [string, RowDifference][] => {
      const changed = between(before.get(key), after.get(key));
      return changed ? [[key, changed]] : [];
    }),
  );
}

/** Rows that are added to what is there. */
export const added = (rows: Rows): Map<string, RowDifference> => new Map([...rows].map(([key, is]) => [key, { is }]));

/** The difference that adding makes to a row of these counters; undefined where it makes none. */
export function differenceOf(
  { partition, sort, add }: SummedRow,
  was: Counters | undefined,
): RowDifference | undefined {
  const rowOf = (value: Counters | undefined) => value && canonicalRow({ partition, sort, value });
  return between(rowOf(was), rowOf(plus(was, add)));
}

/** Two successive differences as one: from before the first to after the second. */
export function merge(first: ReadonlyMap<string, RowDifference>, second: ReadonlyMap<string, RowDifference>) {
  const merged = new Map(first);
  for (const [key, { was, is }] of second) {
    const earlier = merged.get(key);
    const changed = between(earlier ? earlier.was : was, is);
    if (changed) merged.set(key, changed);
    else merged.delete(key);
  }
  return merged;
}

function between(was: CanonicalRow | undefined, is: CanonicalRow | undefined): RowDifference | undefined {
  if (was?.text === is?.text) return undefined;
  return { ...(was && { was }), ...(is && { is }) };
}
