import { aggregates } from '../../domain/catalog.ts';
import type { CeremonyState } from '../../domain/ceremony/state.ts';
import { listOfCeremony, records, type Summary } from '../../domain/projections/records.ts';
import type { Views } from '../stores/views.ts';
import { readPage } from './list-pages.ts';
import type { Register } from './register.ts';

/** A ceremony with its roles, its parts (each a programme of its own), and what was recorded at it. */
export interface Programme extends Summary {
  readonly roles: CeremonyState['roles'];
  readonly unnamed: NonNullable<CeremonyState['unnamed']>;
  readonly parts: readonly Programme[];
  /** By collection: agreements and whatever else happened at it. */
  readonly recorded: Readonly<Record<string, readonly Summary[]>>;
  /** Where the rest is, when one of these lists is longer than a programme shows. */
  readonly more?: readonly string[];
}

/** Parts within parts; a whole never is a part of itself, so this only bounds what one answer may cost. */
const MAX_DEPTH = 6;
/** Ceremonies in one programme. */
const MAX_PARTS = 100;
/** Records of one collection at one ceremony. */
const MAX_RECORDS = 100;

interface ProgrammeDeps {
  readonly register: Pick<Register, 'summary' | 'folded' | 'referencesOf'>;
  readonly views: Pick<Views, 'newest'>;
}

export async function programmeOf(id: string, { register, views }: ProgrammeDeps) {
  let room = MAX_PARTS;

  /** Earliest first, as a programme is read. */
  async function listed(collection: string, ceremony: string) {
    const page = await readPage<Summary>(views, records, listOfCeremony(collection, ceremony), { limit: MAX_RECORDS });
    const link = `/v1/${collection}?ceremony=${ceremony}&limit=${MAX_RECORDS}&cursor=${page.next}`;
    return { collection, items: page.items.reverse(), more: page.next === undefined ? [] : [link] };
  }

  async function read(summary: Summary, depth: number): Promise<Programme> {
    const [sealed, ...lists] = await Promise.all([
      register.folded(summary),
      ...aggregates.map(({ collection }) => listed(collection, summary.id)),
    ]);
    const state = sealed.record.state as CeremonyState;
    const below = lists.find(({ collection }) => collection === summary.collection)?.items ?? [];
    const shown = depth === MAX_DEPTH ? [] : below.slice(0, room);
    room -= shown.length;
    const parts: Programme[] = [];
    for (const part of shown) parts.push(await read(part, depth + 1));
    const hidden = shown.length < below.length ? [`/v1/${summary.collection}?ceremony=${summary.id}`] : [];
    const more = [...lists.flatMap((list) => list.more), ...hidden];
    const others = lists.filter(({ collection, items }) => collection !== summary.collection && items.length > 0);
    return {
      ...summary,
      roles: state.roles,
      unnamed: state.unnamed ?? [],
      parts,
      recorded: Object.fromEntries(others.map(({ collection, items }) => [collection, items])),
      ...(more.length > 0 && { more }),
    };
  }

  const programme = await read(await register.summary(id), 0);
  return { ...programme, references: await register.referencesOf(programme, id) };
}
