import { type Commits, keyText } from '../stores/commits.ts';
import type { LogEnd } from '../stores/log-repair.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { ShowProgress } from './progress.ts';

/** Pages that have no place in the log. */
export interface OrphanedPages {
  readonly pages: number;
  readonly events: number;
  /** Commits that those pages name and that are gone, none of them published; and the keys of the first of them. */
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

/** Where the log has to end, and the place from which on others stand in its pages' stead, if there is one. */
interface LogEnds {
  readonly end: LogEnd;
  readonly diverged?: LogEnd;
}

/**
 * What stands in the log table from the place on where the log has to end or to go on differently. In the first case all
 * of it is beyond the signed tree; in the second, commits that are gone may be published ones, which come back.
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
 * backups gradually): the markers of a page that it does not hold. They tell positions beyond the log, or such as have
 * been given to others since; then there are more markers than pages ask for.
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
  // Pages that were sealed meanwhile have brought HEAD along.
  const sealed = (await log.readHead())?.size ?? 0;
  return within - marked + beyond.filter((position) => position >= sealed).length;
}
