import type { Projection } from '../../domain/projections/projection.ts';
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

/** The newest rows of a partition that `matches` accepts, from the cursor on. */
export async function readPage<Value>(
  views: Pick<Views, 'newest'>,
  projection: Projection,
  partition: string,
  range: PageRange,
  matches: (value: Value) => boolean = () => true,
): Promise<ListPage<Value>> {
  const { limit, cursor, before, notBefore = '' } = range;
  const items: Value[] = [];
  let last = cursor === undefined ? before : sortIn(partition, cursor);
  for (let read = 0; ; ) {
    const { rows, more } = await views.newest<Value>(projection, partition, last, Math.min(100, MAX_ROWS_READ - read));
    for (const [index, { sort, value }] of rows.entries()) {
      if (sort < notBefore) return { items };
      if (matches(value)) items.push(value);
      last = sort;
      const isEnd = !more && index === rows.length - 1;
      if (items.length === limit) return isEnd ? { items } : { items, next: cursorOf(partition, sort) };
    }
    read += rows.length;
    if (!more) return { items };
    if (read >= MAX_ROWS_READ && last !== undefined) return { items, next: cursorOf(partition, last) };
  }
}
