import type { Summary } from '../../domain/answers/record.ts';
import type { ActivityEntry } from '../../domain/projections/records.ts';
import type { Show } from './list-pages.ts';

/** Which entries of a list are shown: what the entry says is asked first, then what the record's summary says. */
export interface Matching<Entry> {
  readonly entry?: (entry: Entry) => boolean;
  readonly summary?: ((summary: Summary) => boolean) | undefined;
}

export interface SummariesReader {
  readonly summaries: (ids: readonly string[]) => Promise<ReadonlyMap<string, Summary>>;
}

/**
 * Shows the summaries of the records that entries point to, read in one batch, each once a page: while a commit is
 * written in parts a record may stand in a list twice, and one that was merged may stand there still.
 */
export function summarized<Entry extends ActivityEntry>(
  { summaries }: SummariesReader,
  { entry: matchesEntry = () => true, summary: matchesSummary }: Matching<Entry> = {},
): Show<Entry, Summary> {
  const seen = new Set<string>();
  return async (entries, room) => {
    // Without a filter on summaries it is known beforehand how many are needed.
    const looked = matchesSummary ? entries : upTo(room, entries, matchesEntry);
    const found = await summaries(looked.filter(matchesEntry).map(({ id }) => id));
    return looked.map(({ id }) => {
      const summary = found.get(id);
      if (!summary || summary.mergedInto !== undefined || seen.has(id)) return undefined;
      seen.add(id);
      return matchesSummary?.(summary) === false ? undefined : summary;
    });
  };
}

/** The entries up to the one with which as many match as there is room for. */
function upTo<Entry>(room: number, entries: readonly Entry[], matches: (entry: Entry) => boolean): readonly Entry[] {
  let matching = 0;
  const last = entries.findIndex((entry) => {
    if (matches(entry)) matching += 1;
    return matching === room;
  });
  return last < 0 ? entries : entries.slice(0, last + 1);
}
