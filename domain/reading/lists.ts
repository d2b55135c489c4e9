import type { RecordReferences, RoleCounts, Total } from '../answers/parts.ts';
import type { Summary } from '../answers/record.ts';
import { PAGE_BYTES } from '../bounds.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import type { Pointer } from '../projections/list-rows.ts';
import { isOf } from './cursors.ts';
import {
  type Filters,
  isOrganization,
  isWhole,
  type Merges,
  matching,
  partitionsFor,
  recordsNamedIn,
} from './filters.ts';
import { firstRead, type ListPage, type PageRange, readPage } from './pages.ts';
import { fitting, named, referredToByItems } from './references.ts';
import { type RowReader, remembering } from './row-reader.ts';
import { summariesOf, summarized } from './summarized.ts';
import { countRowsOf, roleCountsOf, totalOf } from './totals.ts';
import { unionOf } from './union.ts';

/** A summary in a list; of an organization with how often it takes part in what. */
export type ListedRecord = Summary & { readonly counts?: RoleCounts };

export interface ReferringPage<Item> extends ListPage<Item> {
  readonly references: RecordReferences;
}

/** A page of a list, with the names of all that it shows, and how many items all pages have, where that is counted. */
export interface ListAnswer extends ReferringPage<ListedRecord> {
  readonly total?: Total;
}

/** Why there is no such page. */
export interface ListFault {
  readonly parameter: string;
  readonly detail: string;
}

/** All ids of an organization as the read model has them, the final one first. */
export async function allIdsOf(
  reader: Pick<RowReader, 'get'>,
  organization: string,
  row?: Summary | undefined,
): Promise<readonly string[]> {
  const own = row ?? (await summariesOf(reader, [organization])).get(organization);
  if (own?.mergedInto !== undefined) return allIdsOf(reader, own.mergedInto);
  return [organization, ...(own?.absorbed ?? [])];
}

/**
 * A page of a collection's list. Three reads follow each other: what filters name, the first entries and the total; the
 * summaries; the names. Only merges take more of them.
 */
export async function readList(
  source: RowReader,
  aggregate: Aggregate,
  filters: Filters,
  range: PageRange,
): Promise<ListAnswer | { readonly faults: readonly ListFault[] }> {
  const reader = remembering(source);
  const asked = recordsNamedIn(aggregate, filters);
  const shows = matching(aggregate, filters, new Map());
  const isFiltered = shows.entry !== undefined || shows.summary !== undefined;
  const [beforehand = ''] = partitionsFor(aggregate, filters, new Map());
  if (range.cursor && !asked.some(([, id]) => isOrganization(id)) && !isOf(beforehand, range.cursor)) {
    return { faults: [otherList] };
  }
  const isCounted = isWhole(aggregate, filters);
  const lists = (merges: Merges) => partitionsFor(aggregate, filters, merges);
  const total = (merges: Merges) =>
    isCounted
      ? totalOf(
          reader,
          lists(merges),
          asked.some(([, id]) => isOrganization(id)),
        )
      : undefined;
  const [found, ofGiven] = await Promise.all([
    summariesOf(
      reader,
      asked.map(([, id]) => id),
    ),
    total(new Map()),
    range.cursor && !isOf(beforehand, range.cursor)
      ? undefined
      : lookAhead(reader, lists(new Map()), range, isFiltered),
  ]);
  const faults = unknownAmong(asked, found);
  if (faults.length > 0) return { faults };
  const merges = await mergesAmong(reader, asked, found);
  const [list = '', ...others] = lists(merges);
  if (range.cursor && !isOf(list, range.cursor)) return { faults: [otherList] };
  const show = summarized<Pointer, Summary>(reader, matching(aggregate, filters, merges));
  const union = unionOf(reader, [list, ...others]);
  const isGiven = [...merges.values()].every((ids) => ids.length === 1) && list === beforehand;
  const [page, counted] = await Promise.all([
    readPage<Pointer, Summary>(union, list, range, show, isFiltered),
    isGiven ? ofGiven : total(merges),
  ]);
  return { ...(await withReferences(reader, page)), ...(counted !== undefined && { total: counted }) };
}

export const otherList: ListFault = { parameter: 'cursor', detail: 'is of another list' };

type Asked = readonly (readonly [parameter: string, id: string])[];

/** Which filters name a record that there is not. */
export const unknownAmong = (asked: Asked, found: ReadonlyMap<string, Summary>): ListFault[] =>
  asked
    .filter(([, id]) => !found.has(id))
    .map(([parameter, id]) => ({ parameter, detail: `there is no record ${id}` }));

/** Asks for what the page will begin with, unless a merge makes it another one. */
function lookAhead(reader: RowReader, lists: readonly string[], range: PageRange, isFiltered: boolean) {
  const { before, rows } = firstRead(lists[0] ?? '', range, isFiltered);
  return Promise.all(lists.map((list) => reader.newest(list, before, rows)));
}

/** All ids of each organization that filters name. */
export async function mergesAmong(
  reader: RowReader,
  asked: Asked,
  found: ReadonlyMap<string, Summary>,
): Promise<Merges> {
  const organizations = [...new Set(asked.map(([, id]) => id))].filter(isOrganization);
  return new Map(
    await Promise.all(organizations.map(async (id) => [id, await allIdsOf(reader, id, found.get(id))] as const)),
  );
}

/** The page with the names of what its items refer to, and with the counts of its organizations: read in one batch. */
export async function withReferences<Item extends Summary>(
  reader: Pick<RowReader, 'get'>,
  page: ListPage<Item>,
): Promise<ReferringPage<Item & ListedRecord>> {
  const { items } = page;
  const ids = referredToByItems(items);
  const counted = new Map(
    items.flatMap(({ id, absorbed = [] }) => (isOrganization(id) ? [[id, [id, ...absorbed]] as const] : [])),
  );
  const shown = new Map<string, Summary>(items.map((item) => [item.id, item]));
  const read = async (some: readonly string[]) => {
    const others = await summariesOf(
      reader,
      some.filter((id) => !shown.has(id)),
    );
    return [...some.flatMap((id) => shown.get(id) ?? []), ...others.values()];
  };
  const [entries, counts] = await Promise.all([
    named(ids, read),
    counted.size === 0 ? new Map<string, object>() : reader.get<object>([...counted.values()].flatMap(countRowsOf)),
  ]);
  return {
    ...page,
    items: items.map((item) => {
      const own = counted.get(item.id);
      return own ? { ...item, counts: roleCountsOf(own, counts) } : item;
    }),
    references: fitting(entries, PAGE_BYTES),
  };
}
