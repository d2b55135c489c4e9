import type { ProgrammePart } from '../answers/lists.ts';
import type { RecordReferences } from '../answers/parts.ts';
import type { Summary } from '../answers/record.ts';
import { PAGE_BYTES } from '../bounds.ts';
import { aggregates } from '../catalog.ts';
import { listOfCeremony, type Pointer } from '../projections/list-rows.ts';
import { type ProgrammeRow, programmeRow } from '../projections/records.ts';
import { rowKey } from '../projections/sums.ts';
import { bytesOf, firstRead, readPage, type Show } from './pages.ts';
import { fitting, named, referredToByItems } from './references.ts';
import type { RowReader } from './row-reader.ts';
import { summariesOf, summarized } from './summarized.ts';

/** Parts within parts; a whole never is a part of itself, so this only bounds what one answer may cost. */
const MAX_DEPTH = 6;
/** Ceremonies in one programme. */
const MAX_PARTS = 100;
/** Records of one collection at one ceremony. */
const MAX_RECORDS = 100;

export const NO_PROGRAMME: ProgrammeRow = { roles: [], unnamed: [] };

/** What is shown of the records at a ceremony, and of the ceremony itself. */
export interface ProgrammeSource {
  readonly show: () => Show<Pointer, Summary>;
  readonly ownOf: (ceremony: Summary) => Promise<ProgrammeRow>;
}

const fromRows = (reader: RowReader): ProgrammeSource => ({
  show: () => summarized(reader),
  async ownOf({ id }) {
    const key = { partition: programmeRow(id), sort: id };
    return (await reader.get<ProgrammeRow>([key])).get(rowKey(key)) ?? NO_PROGRAMME;
  },
});

/** What the programme of a ceremony begins with. */
export const firstOfProgramme = (reader: RowReader, ceremony: string) =>
  Promise.all(
    aggregates.map(({ collection }) => {
      const list = listOfCeremony(collection, ceremony);
      const { before, rows } = firstRead(list, { limit: MAX_RECORDS });
      return reader.newest<Pointer>(list, before, rows);
    }),
  );

/** The programme of a ceremony, with the names of all that it shows. */
export async function programmeOf(
  reader: RowReader,
  whole: Summary,
  { show, ownOf } = fromRows(reader),
): Promise<ProgrammePart & { readonly references: RecordReferences }> {
  let room = MAX_PARTS;
  let bytes = PAGE_BYTES;

  /** Earliest first, as a programme is read. */
  async function listed(collection: string, ceremony: string) {
    const range = { limit: MAX_RECORDS };
    const page = await readPage(reader, listOfCeremony(collection, ceremony), range, show());
    const link = `/v1/${collection}?ceremony=${ceremony}&limit=${MAX_RECORDS}&cursor=${page.next}`;
    return { collection, items: page.items.reverse(), more: page.next === undefined ? [] : [link] };
  }

  /** The first items, as far as there are bytes left for them. */
  function fittingIn<Item>(items: readonly Item[]): Item[] {
    const end = items.findIndex((item) => {
      bytes -= bytesOf(item);
      return bytes < 0;
    });
    return end < 0 ? [...items] : items.slice(0, end);
  }

  async function read(summary: Summary, depth: number): Promise<ProgrammePart> {
    const [{ roles, unnamed, moreRoles }, ...lists] = await Promise.all([
      ownOf(summary),
      ...aggregates.map(({ collection }) => listed(collection, summary.id)),
    ]);
    bytes -= bytesOf([summary, roles, unnamed]);
    const others = lists
      .filter(({ collection }) => collection !== summary.collection)
      .map((list) => ({ ...list, shown: fittingIn(list.items) }));
    const below = lists.find(({ collection }) => collection === summary.collection)?.items ?? [];
    const chosen = depth === MAX_DEPTH ? [] : below.slice(0, room);
    room -= chosen.length;
    const parts: ProgrammePart[] = [];
    for (const part of chosen) if (bytes > 0) parts.push(await read(part, depth + 1));
    const cut = [
      ...others.filter(({ items, shown: some }) => some.length < items.length).map(({ collection }) => collection),
      ...(parts.length < below.length ? [summary.collection] : []),
    ].map((collection) => `/v1/${collection}?ceremony=${summary.id}`);
    const ofRoles = moreRoles ? [`/v1/${summary.collection}/${summary.id}`] : [];
    const more = [...lists.flatMap((list) => list.more), ...cut, ...ofRoles];
    const recorded = others.filter(({ shown: some }) => some.length > 0);
    return {
      ...summary,
      roles,
      unnamed,
      parts,
      recorded: Object.fromEntries(recorded.map(({ collection, shown: some }) => [collection, some])),
      ...(more.length > 0 && { more }),
    } as ProgrammePart;
  }

  const programme = await read(whole, 0);
  const entries = await named(referredToByItems(programme), async (some) => (await summariesOf(reader, some)).values());
  return { ...programme, references: fitting(entries, PAGE_BYTES) };
}
