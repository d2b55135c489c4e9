import type { ClientEntry, DisputeEntry } from '../answers/lists.ts';
import { MATCH_KEYS, recordsOrLast } from '../projections/records.ts';
import { CLIENTS, DISPUTES } from '../projections/registrar-rows.ts';
import { cursorFaults } from './asked.ts';
import { duplicatesPage } from './duplicates.ts';
import { asTheyStand, type PageRange, readPage } from './pages.ts';
import { paging } from './parameters.ts';
import { question } from './question.ts';
import { referencesOf, summariesIn } from './references.ts';
import type { RowReader } from './row-reader.ts';

/** Pages of a partition as its rows stand, with the names of what they refer to. */
const pagesOf =
  <Entry extends object>(partition: string) =>
  async (reader: RowReader, range: PageRange) => {
    const page = await readPage<Entry, Entry>(reader, partition, range, asTheyStand);
    return { ...page, references: await referencesOf(page.items, '', summariesIn(reader)) };
  };

const listOf = (partition: string, pageOf: (reader: RowReader, range: PageRange) => Promise<object>) =>
  question({
    models: [recordsOrLast],
    shape: paging,
    async answer(asked, { rows }) {
      const refused = cursorFaults(asked.cursor, partition);
      return refused.length > 0 ? { refused } : { body: await pageOf(rows.records, asked) };
    },
  });

/** Lists for registrars alone. */
export const registrarLists = {
  duplicates: listOf(MATCH_KEYS, duplicatesPage),
  clients: listOf(CLIENTS, pagesOf<ClientEntry>(CLIENTS)),
  disputes: listOf(DISPUTES, pagesOf<DisputeEntry>(DISPUTES)),
};
