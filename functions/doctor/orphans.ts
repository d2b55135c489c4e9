import { type Commits, keyText } from '../stores/commits.ts';
import type { LogEnd } from '../stores/log-repair.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { ShowProgress } from './progress.ts';

/** Pages that have no place in the log. */
export interface OrphanedPages {
  readonly pages: number;
  readonly events: number;
  /** Commits of those pages that are gone and were never published, and the keys of the first of them. */
  readonly gone: number;
  readonly examples: readonly string[];
}

export const NO_ORPHANED_PAGES: OrphanedPages = { pages: 0, events: 0, gone: 0, examples: [] };
const EXAMPLES = 10;

interface OrphansDeps {
  readonly log: Pick<LogStore, 'readHead' | 'pagesBeginning' | 'everyMarker'>;
  readonly commits: Pick<Commits, 'readCommits'>;
  readonly progress: ShowProgress;
}

/** Where the log has to end, and where other pages begin to take the place of its own, if they do. */
interface LogEnds {
  readonly end: LogEnd;
  readonly diverged?: LogEnd;
}

/**
 * The pages in the log table after the place where the log has to end, or to go on with others. In the first case all
 * of them are beyond the signed tree. In the second, missing commits are not counted: they may be published and come
 * back.
 */
export async function orphanedPagesOf(
  { log, commits }: OrphansDeps,
  { end, diverged }: LogEnds,
): Promise<OrphanedPages> {
  let [pages, events] = [0, 0];
  const gone: string[] = [];
  let count = 0;
  for await (const page of log.pagesBeginning((diverged ?? end).size)) {
    pages += 1;
    events += page.leaves.length;
    if (diverged) continue;
    const found = await commits.readCommits(page.commits);
    const missing = page.commits.map(keyText).filter((key) => !found.has(key));
    count += missing.length;
    gone.push(...missing.slice(0, EXAMPLES - gone.length));
  }
  return { pages, events, gone: count, examples: gone };
}

/**
 * A backup may hold a transaction in part (DynamoDB developer guide, "Transactional consistency": changes propagate to
 * backups gradually), such as the markers of a page without the page. Their positions are beyond the log, or belong to
 * other commits since; then there are more markers than the pages have commits.
 */
export async function orphanedMarkersOf(
  { log, progress }: OrphansDeps,
  { end, diverged, marked }: LogEnds & { readonly marked: number },
): Promise<number> {
  const { size } = diverged ?? end;
  const beyond: number[] = [];
  let within = 0;
  let done = 0;
  for await (const markers of log.everyMarker()) {
    for (const { position } of markers) {
      if (position < size) within += 1;
      else beyond.push(position);
    }
    done += markers.length;
    progress('counting markers', done);
  }
  // Pages sealed meanwhile are before the new HEAD.
  const sealed = (await log.readHead())?.size ?? 0;
  return within - marked + beyond.filter((position) => position >= sealed).length;
}
