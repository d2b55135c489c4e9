import { LOOK_ROWS } from '../bounds.ts';
import type { RowReader, SortedRow } from './row-reader.ts';

/** How many more rows one request may look at. What is begun is brought to its end. */
export interface Look {
  left: number;
}

export const newLook = (): Look => ({ left: LOOK_ROWS });
export const isOver = ({ left }: Look): boolean => left <= 0;

const ROWS_AT_A_TIME = 100;

/** The rows of a partition before a sort key, the last ones first, in the pieces in which they are read. */
export async function* piecesBefore<Value>(
  reader: Pick<RowReader, 'newest'>,
  { partition, before, rows = ROWS_AT_A_TIME }: { partition: string; before?: string | undefined; rows?: number },
  look: Look,
): AsyncGenerator<readonly SortedRow<Value>[]> {
  let last = before;
  for (let more = true; more; ) {
    const read: Awaited<ReturnType<typeof reader.newest<Value>>> = await reader.newest<Value>(partition, last, rows);
    look.left -= read.rows.length;
    if (read.rows.length > 0) yield read.rows;
    last = read.rows.at(-1)?.sort;
    more = read.more && last !== undefined;
  }
}

/** All rows of a partition whose sort keys begin with a text. */
export async function rowsWith<Value>(
  reader: Pick<RowReader, 'newest'>,
  { partition, prefix, behind }: { partition: string; prefix: string; behind: string },
  look: Look,
): Promise<SortedRow<Value>[]> {
  const found: SortedRow<Value>[] = [];
  for await (const piece of piecesBefore<Value>(reader, { partition, before: behind }, look)) {
    const own = piece.filter(({ sort }) => sort.startsWith(prefix));
    found.push(...own);
    if (own.length < piece.length) break;
  }
  return found;
}
