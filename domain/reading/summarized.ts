import type { Summary } from '../answers/record.ts';
import { recordRow } from '../projections/records.ts';
import { bytesOf, type Show } from './pages.ts';
import type { RowReader } from './row-reader.ts';

/** Which entries of a list are shown: what the entry says is asked first, then what the record's summary says. */
export interface Matching<Entry> {
  readonly entry?: ((entry: Entry) => boolean) | undefined;
  readonly summary?: ((summary: Summary) => boolean) | undefined;
}

/** The record that a row is of: sort keys end in its id. */
const recordIn = (sort: string): string => sort.slice(sort.lastIndexOf('/') + 1);

/** The summaries of records, by id; those that the read model does not have are left out. */
export async function summariesOf(
  reader: Pick<RowReader, 'get'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Summary>> {
  const keys = [...new Set(ids)].map((id) => ({ partition: recordRow(id), sort: id }));
  const rows = keys.length === 0 ? new Map() : await reader.get<Summary>(keys);
  return new Map([...rows.values()].map((row) => [row.id, row]));
}

/**
 * Shows the summaries of the records that entries point to, read in one batch, each once a page: while a commit is
 * written in parts a record may stand in a list twice, and one that was merged may stand there still.
 */
export function summarized<Entry, Item = Summary>(
  reader: Pick<RowReader, 'get'>,
  { entry: matchesEntry, summary: matchesSummary }: Matching<Entry> = {},
  itemOf: (summary: Summary, entry: Entry) => Item = (summary) => summary as Item,
): Show<Entry, Item> {
  const seen = new Set<string>();
  return async (rows, room) => {
    const isAsked = ({ value }: (typeof rows)[number]) => matchesEntry?.(value) ?? true;
    // Without a filter on summaries it is known beforehand how many are needed.
    const looked = matchesSummary ? rows : upTo(room, rows, isAsked);
    const asked = looked.map((row) => (isAsked(row) ? recordIn(row.sort) : undefined));
    const found = await summariesOf(
      reader,
      asked.filter((id) => id !== undefined),
    );
    const items = looked.map(({ value }, place) => {
      const summary = found.get(asked[place] ?? '');
      if (!summary || summary.mergedInto !== undefined || seen.has(summary.id)) return undefined;
      seen.add(summary.id);
      return matchesSummary?.(summary) === false ? undefined : itemOf(summary, value);
    });
    return { items, bytes: bytesOf([...found.values()]) };
  };
}

/** The rows up to the one with which as many match as there is room for. */
function upTo<Row>(room: number, rows: readonly Row[], matches: (row: Row) => boolean): readonly Row[] {
  let matching = 0;
  const last = rows.findIndex((row) => {
    if (matches(row)) matching += 1;
    return matching === room;
  });
  return last < 0 ? rows : rows.slice(0, last + 1);
}
