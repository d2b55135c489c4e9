import { BYTES_OF_WORDS, PAGE_BYTES } from '../../domain/bounds.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { personIdsIn } from '../../domain/values/ids.ts';
import { parameterRefused } from '../http/parameters.ts';
import { digestId } from '../runtime/ids.ts';
import type { Views } from '../stores/views.ts';

/** The most rows that one request reads; a page may be shorter than its limit although there is a next page. */
export const MAX_ROWS_READ = 500;

const tagOf = (partition: string): string => digestId(partition).slice(0, 8);

/** The sort key in a cursor. @throws ProblemError 400 when the cursor is of another list */
export function sortIn(partition: string, cursor: string): string {
  const tag = tagOf(partition);
  if (isOf(partition, cursor)) return cursor.slice(tag.length);
  throw parameterRefused('cursor', 'is of another list');
}

/** The cursor of the page that begins after a row. */
export const cursorOf = (partition: string, sort: string): string =>
  Buffer.from(tagOf(partition) + sort).toString('base64url');

export interface ListPage<Value> {
  readonly items: Value[];
  readonly next?: string;
}

/** Whether the cursor is of this list. */
export const isOf = (partition: string, cursor: string): boolean => cursor.startsWith(tagOf(partition));

/** The cursor of the first page of a list: every row sorts before it. */
export const fromTheEnd = (partition: string): string => cursorOf(partition, '~');

export interface PageRange {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** The range of sort keys to read: from `notBefore` on, and before `before`. */
  readonly before?: string;
  readonly notBefore?: string;
}

/**
 * What a page shows of rows, in their order; nothing for a row that does not match. It may stop early, once it shows as
 * many as there is room for, or where the page has to end: what it says nothing of is left to the next page.
 */
export type Show<Value, Shown> = (values: readonly Value[], room: number) => Promise<readonly (Shown | undefined)[]>;

/** The newest rows of a partition as `show` shows them, from the cursor on; fewer than the limit if they are large. */
export async function readPage<Value, Shown>(
  views: Pick<Views, 'newest'>,
  projection: Projection,
  partition: string,
  range: PageRange,
  show: Show<Value, Shown>,
): Promise<ListPage<Shown>> {
  const { limit, cursor, before, notBefore = '' } = range;
  const items: Shown[] = [];
  let last = cursor === undefined ? before : sortIn(partition, cursor);
  const toBeContinued = () => ({ items, next: last === undefined ? fromTheEnd(partition) : cursorOf(partition, last) });
  let bytes = 0;
  for (let read = 0; ; ) {
    const { rows, more } = await views.newest<Value>(projection, partition, last, Math.min(100, MAX_ROWS_READ - read));
    const inRange = rows.filter(({ sort }) => sort >= notBefore);
    const shown = await show(
      inRange.map(({ value }) => value),
      limit - items.length,
    );
    for (const [index, item] of shown.entries()) {
      if (item !== undefined) {
        bytes += bytesOf(item);
        if (items.length > 0 && bytes > PAGE_BYTES) return toBeContinued();
        items.push(item);
      }
      last = inRange[index]?.sort;
      const isEnd = !more && index === rows.length - 1;
      if (items.length === limit) return isEnd ? { items } : toBeContinued();
    }
    if (shown.length < inRange.length) return toBeContinued();
    read += rows.length;
    if (!more || inRange.length < rows.length) return { items };
    if (read >= MAX_ROWS_READ) return toBeContinued();
  }
}

/** What a value takes in an answer: as much as it may where words take the place of ids. */
export function bytesOf(value: unknown): number {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) + BYTES_OF_WORDS * personIdsIn(text).length;
}
