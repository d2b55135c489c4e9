import { allRows, type Projection, type SealedRecord } from '../../../domain/projections/projection.ts';
import { rowFault } from '../../../domain/projections/row-fault.ts';
import { rowKey, type SummedRow } from '../../../domain/projections/sums.ts';
import { canonical } from '../canonical.ts';

/** A row with its canonical value. */
export interface FoldedRow {
  readonly partition: string;
  readonly sort: string;
  readonly value: string;
}

export interface Contribution {
  readonly rows: readonly FoldedRow[];
  /** What it adds to rows that records share. */
  readonly added: readonly SummedRow[];
}

export const lineOfRow = ({ partition, sort, value }: FoldedRow): string =>
  `[${canonical(partition)},${canonical(sort)},${value}]`;

/** What a record contributes to a read model. @throws when the projection cannot take it */
export function contributionOf(projection: Projection, record: SealedRecord | undefined): Contribution {
  if (!record) return { rows: [], added: [] };
  const own = allRows(projection, record);
  if (new Set(own.map(rowKey)).size < own.length) throw new Error('two rows have the same key');
  const rows = own.map(({ partition, sort, value }) => {
    const row = { partition, sort, value: canonical(value) };
    const fault = rowFault(partition, lineOfRow(row));
    if (fault !== undefined) throw new Error(fault);
    return row;
  });
  return { rows, added: projection.sums?.(record) ?? [] };
}
