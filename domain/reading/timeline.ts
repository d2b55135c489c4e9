import type { Moment } from '../answers/lists.ts';
import type { ShortName } from '../answers/parts.ts';
import type { Summary } from '../answers/record.ts';
import { PAGE_BYTES } from '../bounds.ts';
import { TIMELINE } from '../projections/records.ts';
import type { ReferringPage } from './lists.ts';
import { type PageRange, readPage, type Show } from './pages.ts';
import { finalSummaries, fitting, named, referredToByItems } from './references.ts';
import type { RowReader } from './row-reader.ts';
import { summariesOf } from './summarized.ts';

/** A commit with what its record is called now, and whom it is about: some records have no names of their own. */
export interface TimelineMoment extends Moment, Partial<Pick<Summary, 'within' | 'ceremony'>> {
  readonly names: readonly ShortName[];
  readonly participants: readonly string[];
}

/** Every commit, last first. */
export async function readTimeline(reader: RowReader, range: PageRange): Promise<ReferringPage<TimelineMoment>> {
  const read = async (some: readonly string[]) => (await summariesOf(reader, some)).values();
  const show: Show<Moment, TimelineMoment> = async (rows, room) => {
    const moments = rows.slice(0, room).map(({ value }) => value);
    const summaries = await finalSummaries([...new Set(moments.map(({ id }) => id))], read);
    const items = moments.map((moment): TimelineMoment => {
      const { names = [], participants = [], within, ceremony } = summaries.get(moment.id) ?? {};
      return {
        ...moment,
        names,
        participants,
        ...(within !== undefined && { within }),
        ...(ceremony !== undefined && { ceremony }),
      };
    });
    return { items };
  };
  const page = await readPage<Moment, TimelineMoment>(reader, TIMELINE, range, show);
  const ids = referredToByItems(page.items);
  const entries = await named(ids, read);
  return { ...page, references: fitting(entries, PAGE_BYTES) };
}
