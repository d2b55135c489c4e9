import type { DuplicateGroup } from '../answers/lists.ts';
import { LOOK_ROWS } from '../bounds.ts';
import { MATCH_KEYS, type MatchKey } from '../projections/records.ts';
import { cursorOf } from './cursors.ts';
import { type ListPage, type PageRange, sortIn } from './pages.ts';
import { named, summariesIn } from './references.ts';
import type { RowReader } from './row-reader.ts';

const ROWS_PER_READ = 100;

/** Rows with the same match key follow each other. A group whose end a request does not read is left to the next page. */
export async function duplicatesPage(
  reader: RowReader,
  { limit, cursor }: PageRange,
): Promise<ListPage<DuplicateGroup>> {
  const { rows, more } = await rowsBefore(cursor === undefined ? undefined : sortIn(MATCH_KEYS, cursor), reader);
  const groups = [...Map.groupBy(rows, ({ likeness }) => likeness)];
  const whole = more && groups.length > 1 ? groups.slice(0, -1) : groups;
  const known = new Map(await named([...new Set(rows.map(({ id }) => id))], summariesIn(reader)));
  const items: DuplicateGroup[] = [];
  let last = '';
  for (const [likeness, alike] of whole) {
    const organizations = new Map(
      alike.map(({ id }) => {
        const { mergedInto = id, names = [] } = known.get(id) ?? {};
        return [mergedInto, { id: mergedInto, names }];
      }),
    );
    if (organizations.size > 1) items.push({ likeness, organizations: [...organizations.values()] });
    last = alike.at(-1)?.sort ?? last;
    if (items.length === limit) break;
  }
  const isEnd = !more && last === rows.at(-1)?.sort;
  return rows.length === 0 || isEnd ? { items } : { items, next: cursorOf(MATCH_KEYS, last) };
}

async function rowsBefore(start: string | undefined, reader: RowReader) {
  const rows: (MatchKey & { sort: string })[] = [];
  for (let before = start; ; before = rows.at(-1)?.sort) {
    const read = await reader.newest<MatchKey>(MATCH_KEYS, before, ROWS_PER_READ);
    rows.push(...read.rows.map(({ sort, value }) => ({ sort, ...value })));
    if (!read.more || rows.length >= LOOK_ROWS) return { rows, more: read.more };
  }
}
