import type { ProgrammePart } from '../../domain/answers/lists.ts';
import type { Summary } from '../../domain/answers/record.ts';
import { PAGE_BYTES } from '../../domain/bounds.ts';
import { aggregates } from '../../domain/catalog.ts';
import type { CeremonyState } from '../../domain/ceremony/state.ts';
import { listOfCeremony, records } from '../../domain/projections/records.ts';
import type { Views } from '../stores/views.ts';
import { bytesOf, readPage } from './list-pages.ts';
import type { Register } from './register.ts';
import { summarized } from './summarized.ts';

/** Parts within parts; a whole never is a part of itself, so this only bounds what one answer may cost. */
const MAX_DEPTH = 6;
/** Ceremonies in one programme. */
const MAX_PARTS = 100;
/** Records of one collection at one ceremony. */
const MAX_RECORDS = 100;

interface ProgrammeDeps {
  readonly register: Pick<Register, 'summaries' | 'summary' | 'folded' | 'referencesOf'>;
  readonly views: Pick<Views, 'newest'>;
}

export async function programmeOf(id: string, { register, views }: ProgrammeDeps) {
  let room = MAX_PARTS;
  let bytes = PAGE_BYTES;

  /** Earliest first, as a programme is read. */
  async function listed(collection: string, ceremony: string) {
    const range = { limit: MAX_RECORDS };
    const page = await readPage(views, records, listOfCeremony(collection, ceremony), range, summarized(register));
    const link = `/v1/${collection}?ceremony=${ceremony}&limit=${MAX_RECORDS}&cursor=${page.next}`;
    return { collection, items: page.items.reverse(), more: page.next === undefined ? [] : [link] };
  }

  /** The first items, as far as there are bytes left for them. */
  function fitting<Item>(items: readonly Item[]): Item[] {
    const end = items.findIndex((item) => {
      bytes -= bytesOf(item);
      return bytes < 0;
    });
    return end < 0 ? [...items] : items.slice(0, end);
  }

  async function read(summary: Summary, depth: number): Promise<ProgrammePart> {
    const [sealed, ...lists] = await Promise.all([
      register.folded(summary),
      ...aggregates.map(({ collection }) => listed(collection, summary.id)),
    ]);
    const { roles, unnamed = [] } = sealed.record.state as CeremonyState;
    bytes -= bytesOf([summary, roles, unnamed]);
    const others = lists
      .filter(({ collection }) => collection !== summary.collection)
      .map((list) => ({ ...list, shown: fitting(list.items) }));
    const below = lists.find(({ collection }) => collection === summary.collection)?.items ?? [];
    const chosen = depth === MAX_DEPTH ? [] : below.slice(0, room);
    room -= chosen.length;
    const parts: ProgrammePart[] = [];
    for (const part of chosen) if (bytes > 0) parts.push(await read(part, depth + 1));
    const cut = [
      ...others.filter(({ items, shown }) => shown.length < items.length).map(({ collection }) => collection),
      ...(parts.length < below.length ? [summary.collection] : []),
    ].map((collection) => `/v1/${collection}?ceremony=${summary.id}`);
    const more = [...lists.flatMap((list) => list.more), ...cut];
    const recorded = others.filter(({ shown }) => shown.length > 0);
    return {
      ...summary,
      roles,
      unnamed,
      parts,
      recorded: Object.fromEntries(recorded.map(({ collection, shown }) => [collection, shown])),
      ...(more.length > 0 && { more }),
    };
  }

  const programme = await read(await register.summary(id), 0);
  return { ...programme, references: await register.referencesOf(programme, id) };
}
