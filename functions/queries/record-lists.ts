import { PAGE_BYTES } from '../../domain/bounds.ts';
import { aggregateByName } from '../../domain/catalog.ts';
import { cursorFaults } from '../../domain/reading/asked.ts';
import { type CursorPlace, cursorOf } from '../../domain/reading/cursors.ts';
import { bytesOf, sortIn } from '../../domain/reading/pages.ts';
import type { RecordList } from '../../domain/record/shown.ts';
import type { Listed } from '../../domain/record-lists.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import type { Day } from '../../domain/values/partial-date.ts';
import { parametersRefused } from '../http/parameters.ts';

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

interface ListRange {
  readonly limit: number;
  readonly cursor?: CursorPlace | undefined;
}

/** The items of a record's list from the cursor on, as far as a page holds them, and how many there are in all. */
export function pageOfList(id: string, list: RecordList, all: readonly Listed[], range: ListRange) {
  const partition = partitionOf(id, list);
  const { limit, cursor } = range;
  const faults = cursorFaults(cursor, partition);
  if (faults.length > 0) throw parametersRefused(faults);
  const after = cursor === undefined ? 0 : Number(sortIn(partition, cursor));
  const items: object[] = [];
  let bytes = 0;
  let last = after;
  for (const { place, item } of all) {
    if (place <= after) continue;
    bytes += bytesOf(item);
    const isFull = items.length === limit || (items.length > 0 && bytes > PAGE_BYTES);
    if (isFull) return { items, total: all.length, next: cursorOf(partition, String(last)) };
    items.push(item);
    last = place;
  }
  return { items, total: all.length };
}
