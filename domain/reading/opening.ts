import { rowKey } from '../projections/sums.ts';
import type { RowReader } from './row-reader.ts';

/** What a raw opening asks of one read model: the newest rows of a partition, one row, or how many there are. */
export interface OpeningAsked {
  readonly partition: string;
  readonly before?: string | undefined;
  readonly limit: number;
  readonly sort?: string | undefined;
  readonly isCount: boolean;
}

/** Rows as they stand, without a query over them: said once, for the trees and for whoever verifies. */
export async function openedAnswer(
  reader: RowReader & { readonly count: (partition: string) => Promise<number> },
  { partition, before, limit, sort, isCount }: OpeningAsked,
): Promise<object> {
  if (isCount) return { count: await reader.count(partition) };
  if (sort === undefined) {
    const { rows, more } = await reader.newest(partition, before, limit);
    return { rows: rows.map((row) => [row.sort, row.value]), more };
  }
  const found = await reader.get([{ partition, sort }]);
  const key = rowKey({ partition, sort });
  return { rows: found.has(key) ? [[sort, found.get(key)]] : [], more: false };
}
