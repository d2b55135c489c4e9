import type { Summary } from '../answers/record.ts';
import { type ActivityEntry, activityOf } from '../projections/list-rows.ts';
import type { Counters } from '../projections/sums.ts';
import { withReferences } from './lists.ts';
import { firstRead, type PageRange, readPage } from './pages.ts';
import type { RowReader } from './row-reader.ts';
import { summarized } from './summarized.ts';
import { countRowsOf, recordCountOf, roleCountsOf } from './totals.ts';
import { unionOf } from './union.ts';

/** A record in which an organization takes part, and in which roles. */
export type Activity = Summary & ActivityEntry;

const bothRoles = (one: ActivityEntry, other: ActivityEntry): ActivityEntry => ({
  roles: [...new Set([...one.roles, ...other.roles])],
});

/** What a page begins with, unless the organization absorbed others. */
export function firstOfActivity(reader: RowReader, id: string, range: PageRange) {
  const { before, rows } = firstRead(activityOf(id), range);
  return reader.newest<ActivityEntry>(activityOf(id), before, rows);
}

/** What an organization takes part in, under whatever ids it is known, and how often: last recorded first. */
export async function readActivity(reader: RowReader, ids: readonly string[], range: PageRange) {
  const [id = ''] = ids;
  const show = summarized<ActivityEntry, Activity>(reader, {}, (summary, { roles }) => ({ ...summary, roles }));
  const union = unionOf(reader, ids.map(activityOf), bothRoles);
  const [page, counts] = await Promise.all([
    readPage<ActivityEntry, Activity>(union, activityOf(id), range, show),
    reader.get<Counters>(countRowsOf(ids)),
  ]);
  return {
    ...(await withReferences(reader, page)),
    counts: roleCountsOf(ids, counts),
    total: recordCountOf(ids, counts),
  };
}
