import { PAGE_BYTES } from '../bounds.ts';
import { aggregateByName } from '../catalog.ts';
import type { RecordList } from '../record/shown.ts';
import type { Listed } from '../record-lists.ts';
import { aggregateOf } from '../values/ids.ts';
import type { Day } from '../values/partial-date.ts';
import { cursorFaults } from './asked.ts';
import { type CursorPlace, cursorOf } from './cursors.ts';
import { bytesOf, sortIn } from './pages.ts';
import type { ReadOutcome } from './question.ts';

/** What a cursor of this list is of. */
const partitionOf = (id: string, list: RecordList): string => `${id}/${list}`;

/** The clocks by which a record is read. */
interface Clocks {
  readonly knownAt?: number | undefined;
  readonly validOn?: Day | undefined;
}

/** Where a list of a record is read, after so many items. */
export function linkToList(id: string, list: RecordList, after: number, { knownAt, validOn }: Clocks): string {
  const asked = new URLSearchParams({
    ...(after > 0 && { cursor: cursorOf(partitionOf(id, list), String(after)) }),
    ...(knownAt !== undefined && { knownAt: String(knownAt) }),
    ...(validOn !== undefined && list === 'parties' && { validOn }),
  });
  const { collection } = aggregateByName(aggregateOf(id) ?? '');
  return `/v1/${collection}/${id}/${list}${asked.size > 0 ? `?${asked}` : ''}`;
}

interface RecordListPage {
  readonly items: readonly object[];
  readonly total: number;
  readonly next?: string;
}

interface ListRange {
  readonly limit: number;
  readonly cursor?: CursorPlace | undefined;
}

/** The items of a record's list from the cursor on, as far as a page holds them, and how many there are in all. */
export function pageOfList(
  id: string,
  list: RecordList,
  all: readonly Listed[],
  range: ListRange,
): ReadOutcome<RecordListPage> {
  const partition = partitionOf(id, list);
  const { limit, cursor } = range;
  const refused = cursorFaults(cursor, partition);
  if (refused.length > 0) return { refused };
  const after = cursor === undefined ? 0 : Number(sortIn(partition, cursor));
  const items: object[] = [];
  let bytes = 0;
  let last = after;
  for (const { place, item } of all) {
    if (place <= after) continue;
    bytes += bytesOf(item);
    const isFull = items.length === limit || (items.length > 0 && bytes > PAGE_BYTES);
    if (isFull) return { body: { items, total: all.length, next: cursorOf(partition, String(last)) } };
    items.push(item);
    last = place;
  }
  return { body: { items, total: all.length } };
}
