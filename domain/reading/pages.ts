import { BYTES_OF_WORDS, LOOK_BYTES, LOOK_ROWS, PAGE_BYTES, PAGE_REFERENCES } from '../bounds.ts';
import { personIdsIn, referencesIn } from '../values/ids.ts';
import { compareUtf8 } from '../values/utf8-order.ts';
import { type CursorPlace, cursorOf, fromTheEnd, isOf } from './cursors.ts';
import type { RowReader, SortedRow } from './row-reader.ts';

export interface ListPage<Item> {
  readonly items: Item[];
  readonly next?: string;
}

export interface PageRange {
  readonly limit: number;
  readonly cursor?: CursorPlace | undefined;
  /** The range of sort keys to read: from `notBefore` on, and before `before`. */
  readonly before?: string;
  readonly notBefore?: string;
}

/** What a page shows of rows. */
export interface Shown<Item> {
  /** In their order; nothing for a row that does not match. What it says nothing of is read again. */
  readonly items: readonly (Item | undefined)[];
  /** Whether the page has to end there. */
  readonly ends?: true;
  /** What it has read besides, in bytes. */
  readonly bytes?: number;
}
export type Show<Value, Item> = (rows: readonly SortedRow<Value>[], room: number) => Promise<Shown<Item>>;

/** Rows that a list is looked through by at a time where some of them do not match. */
const ROWS_PER_LOOK = 100;

/** The sort key in a cursor of this list. */
export function sortIn(list: string, cursor: CursorPlace): string {
  if (!isOf(list, cursor)) throw new Error(`a cursor of another list than ${list}`);
  return cursor.sort;
}

/** What the first read of a page asks for: one row more than it shows, unless rows may not match. */
export const firstRead = (list: string, { limit, cursor, before }: PageRange, isFiltered = false) => ({
  before: cursor === undefined ? before : sortIn(list, cursor),
  rows: isFiltered ? ROWS_PER_LOOK : limit + 1,
});

/** Collects the items of a page as long as they fit. */
function createPage<Item>(limit: number) {
  const items: Item[] = [];
  const named = new Set<string>();
  let bytes = 0;

  /** Whether the item still fits; the first one always does. */
  function add(item: Item): boolean {
    bytes += bytesOf(item);
    for (const { id } of referencesIn(item)) named.add(id);
    const isFull = items.length === limit || bytes > PAGE_BYTES || named.size > PAGE_REFERENCES;
    if (items.length > 0 && isFull) return false;
    items.push(item);
    return true;
  }
  return { items, add };
}

/**
 * The newest rows of a list as `show` shows them, from the cursor on; fewer than the limit if they are large. `next` is
 * given where there is more, and where the look ended before that was known: then `isFiltered`, since rows may not match.
 */
export async function readPage<Value, Item>(
  reader: Pick<RowReader, 'newest'>,
  list: string,
  range: PageRange,
  show: Show<Value, Item>,
  isFiltered = false,
): Promise<ListPage<Item>> {
  const { limit, notBefore = '' } = range;
  const { items, add } = createPage<Item>(limit);
  let last = firstRead(list, range).before;
  const toBeContinued = () => ({ items, next: last === undefined ? fromTheEnd(list) : cursorOf(list, last) });
  for (let [looked, bytes] = [0, 0]; ; ) {
    const wanted = isFiltered ? ROWS_PER_LOOK : limit + 1 - items.length;
    const { rows, more } = await reader.newest<Value>(list, last, Math.min(wanted, LOOK_ROWS - looked));
    const inRange = rows.filter(({ sort }) => compareUtf8(sort, notBefore) >= 0);
    const shown = await show(inRange, limit + 1 - items.length);
    for (const [place, item] of shown.items.entries()) {
      if (item !== undefined && !add(item)) return toBeContinued();
      last = inRange[place]?.sort;
    }
    const isAll = shown.items.length === inRange.length;
    looked += shown.items.length;
    bytes += (shown.bytes ?? 0) + bytesOf(inRange);
    if (isAll && (!more || inRange.length < rows.length)) return { items };
    if (shown.ends || looked >= LOOK_ROWS || bytes >= LOOK_BYTES) return toBeContinued();
  }
}

/** Shows rows as they stand. */
export const asTheyStand = async <Value>(rows: readonly SortedRow<Value>[]): Promise<Shown<Value>> => ({
  items: rows.map(({ value }) => value),
});

const utf8 = new TextEncoder();

/** What a value takes in an answer: as much as it may where words take the place of ids. */
export function bytesOf(value: unknown): number {
  const text = JSON.stringify(value);
  return utf8.encode(text).length + BYTES_OF_WORDS * personIdsIn(text).length;
}
