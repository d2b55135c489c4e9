/** Bounds of ranges of rows. */
import { compareUtf8 } from '../values/utf8-order.ts';
import type { RowPlace } from './group.ts';

/** A place between rows: before the row of this key; without `sort`, behind the last one of the partition. */
export interface Bound {
  readonly partition: string;
  readonly sort?: string;
}

export const endOfPartition = (partition: string): Bound => ({ partition });

/** Less than 0 for a row before the bound; 0 for the one that has its key. */
export function compareToBound(row: RowPlace, { partition, sort }: Bound): number {
  if (row.partition !== partition) return compareUtf8(row.partition, partition);
  if (row.sort === sort) return 0;
  return sort === undefined ? -1 : compareUtf8(row.sort, sort);
}
