import type { ClientEntry, DisputeEntry } from '../../domain/answers/lists.ts';
import { records } from '../../domain/projections/records.ts';
import { CLIENTS, DISPUTES } from '../../domain/projections/registrar-rows.ts';
import { asTheyStand, type PageRange, readPage } from '../../domain/reading/pages.ts';
import type { Views } from '../stores/views.ts';
import { readerOf, within } from './reader.ts';
import type { Register } from './register.ts';

export interface ListDeps {
  readonly views: Pick<Views, 'newest' | 'get'>;
  readonly register: Pick<Register, 'named' | 'referencesOf'>;
}

/** Pages of a partition as its rows stand, with the names of what they refer to. */
const pagesOf =
  <Entry extends object>(partition: string) =>
  async (range: PageRange, { views, register }: ListDeps) => {
    const reader = readerOf(views, records);
    const page = await readPage<Entry, Entry>(reader, partition, within(range, partition), asTheyStand);
    return { ...page, references: await register.referencesOf(page.items, '') };
  };

export const clientsPage = pagesOf<ClientEntry>(CLIENTS);
export const disputesPage = pagesOf<DisputeEntry>(DISPUTES);
