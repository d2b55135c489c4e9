import type { RecordReferences } from '../answers/parts.ts';
import type { Summary } from '../answers/record.ts';
import { NAMED, REFERENCES_BYTES } from '../bounds.ts';
import { RETRACTED } from '../record/record.ts';
import { referencesIn } from '../values/ids.ts';
import { bytesOf } from './pages.ts';
import type { RowReader } from './row-reader.ts';
import { summariesOf } from './summarized.ts';

/** The names of the records that an answer refers to. */

type Reference = RecordReferences[string];

/** Finds the summaries of records: those that exist, in any order. */
export type ReadSummaries = (ids: readonly string[]) => Promise<Iterable<Summary>>;

/** The ids of other records in a record's answer, each once, in their order. */
export const referredToIn = (value: unknown, own: string): string[] =>
  [...new Set(referencesIn(value).map(({ id }) => id))].filter((id) => id !== own);

/** The ids that the items of an answer refer to. The `id` of an item stands beside names of its own. */
export const referredToByItems = (value: unknown): string[] => [
  ...new Set(referencesIn(value).flatMap(({ pointer, id }) => (pointer.endsWith('/id') ? [] : [id]))),
];

/** The summaries of records by id: of merged organizations those of the final ones. */
export async function finalSummaries(
  ids: readonly string[],
  read: ReadSummaries,
): Promise<ReadonlyMap<string, Summary>> {
  const found = new Map([...(await read(ids))].map((row) => [row.id, row]));
  const asked = new Set(ids);
  for (let rows = [...found.values()]; rows.length > 0; ) {
    const into = new Set(rows.flatMap(({ mergedInto = '' }) => (asked.has(mergedInto) ? [] : [mergedInto])));
    into.delete('');
    rows = into.size === 0 ? [] : [...(await read([...into]))];
    for (const id of into) asked.add(id);
    for (const row of rows) found.set(row.id, row);
  }
  const final = (row: Summary): Summary => {
    const into = found.get(row.mergedInto ?? '');
    return into === undefined ? row : final(into);
  };
  return new Map([...found].map(([id, row]) => [id, final(row)]));
}

/** The names of records in the order of the ids given; of merged organizations, those of the final organization. */
export async function named(ids: readonly string[], read: ReadSummaries): Promise<[id: string, Reference][]> {
  const found = await finalSummaries(ids, read);
  return ids.flatMap((id): [string, Reference][] => {
    const row = found.get(id);
    if (!row) return [];
    const { id: mergedInto, names, collection, state } = row;
    const retracted = state === RETRACTED && { retracted: true as const };
    return [[id, { names, collection, ...(mergedInto !== id && { mergedInto }), ...retracted }]];
  });
}

/** The first of the names, as many as so many bytes take. */
export function fitting(entries: readonly [string, Reference][], most: number): RecordReferences {
  let bytes = 0;
  const fits = ([, reference]: readonly [string, Reference]): boolean => {
    bytes += bytesOf(reference);
    return bytes <= most;
  };
  return Object.fromEntries(entries.filter(fits));
}

/** The names of the records that a value refers to, except the record itself: of the first of them, if they are very many. */
export async function referencesOf(value: unknown, own: string, read: ReadSummaries): Promise<RecordReferences> {
  return fitting(await named(referredToIn(value, own).slice(0, NAMED), read), REFERENCES_BYTES);
}

/** Reads summaries as they stand in rows. */
export const summariesIn =
  (reader: Pick<RowReader, 'get'>): ReadSummaries =>
  async (ids) =>
    (await summariesOf(reader, ids)).values();
