import { slicesOf } from '../../domain/values/lists.ts';
import { type CommitKey, type Commits, keyText } from '../stores/commits.ts';
import type { EventStore } from '../stores/event-store.ts';
import { type Marker, NOTHING_SEALED } from '../stores/log-items.ts';
import type { LogEnd, LogRepair } from '../stores/log-repair.ts';
import { MARKERS_PER_SEAL } from '../stores/log-step.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Views } from '../stores/views.ts';
import type { DesiredPage } from './desired-pages.ts';
import { type Examination, type ExamineDeps, examine, readModel, unpublishedPagesOf } from './examine.ts';
import { readPublished, type SignedTree } from './read-published.ts';
import { removeObject } from './unsigned.ts';

export interface RepairDeps extends ExamineDeps {
  readonly log: ExamineDeps['log'] & Pick<LogStore, 'lastPage'>;
  readonly commits: Pick<Commits, 'readCommits'>;
  readonly views: ExamineDeps['views'] & Pick<Views, 'close' | 'forgetRows' | 'open' | 'serving' | 'changeServing'>;
  readonly logRepair: LogRepair;
  readonly events: Pick<EventStore, 'putBack'>;
  /** Resolves when every function that began before the call has ended: they time out after a minute. */
  readonly untilIdle: () => Promise<unknown>;
}

/** Something has changed since the examination. What was done until then is right and stays. */
export class RepairStopped extends Error {
  override readonly name = 'RepairStopped';
}

/** Whether more has to be repaired than unsealed commits. */
export function needsRepair(found: Examination): boolean {
  const {
    head,
    foreign,
    lost,
    orphanedPages,
    orphanedMarkers,
    kept,
    headStands,
    base,
    end,
    announced,
    readModels,
    conflicts,
  } = found;
  return (
    head?.halted !== undefined ||
    foreign !== undefined ||
    lost !== undefined ||
    orphanedPages.pages > 0 ||
    orphanedMarkers > 0 ||
    base.size < end.size ||
    !headStands ||
    announced > kept.size ||
    conflicts.length > 0 ||
    readModels.some(({ isStale, checkpoint }) => isStale || checkpoint.closed !== undefined)
  );
}

/**
 * Restores the published order. The order of the steps makes a crash between any two of them harmless: HEAD stays
 * halted, and the next run finds by examination what is left to do.
 *
 * 1. HEAD gets the doctor's mark. Functions that read HEAD before may still seal, announce, project or publish until
 *    they time out. After that nothing changes any more, and everything is examined again.
 * 2. Published commits are put back before any page lists them; those of a stream in the order of its versions.
 * 3. Read models are closed, those that may have applied removed positions are forgotten, and the cursor `announced` is
 *    moved back. All of this depends on pages that step 4 changes.
 * 4. HEAD is moved back to the end of the part that is whole, pages beyond it are removed from the end backwards, then
 *    the log is re-created from there, page by page together with HEAD. Then markers that no page lists are removed.
 * 5. Unsigned objects that a publisher has left are removed where the log has something else.
 * 6. Read models are opened, and HEAD is released: only now may functions continue.
 *
 * @returns the second examination; with refusals, nothing but the mark was written
 */
export async function repair(deps: RepairDeps): Promise<Examination> {
  await deps.logRepair.take(deps.tables, NOTHING_SEALED);
  deps.progress('waiting for functions that are still at work', 0);
  await deps.untilIdle();
  const found = await examine(deps);
  if (found.refusals.length > 0) return found;
  if (found.lost) await putBack(deps, found.tree, found.lost.from);
  await closeReadModels(deps, found);
  await deps.logRepair.announceAgainFrom(found.kept.size);
  await deps.logRepair.moveHead({ size: found.head?.size ?? 0 }, found.base);
  await removeFrom(deps, found.kept);
  await recreateFrom(deps, found);
  await removeOrphanedMarkers(deps, found);
  for (const key of found.conflicts) await removeObject(key, deps.place);
  for (const projection of deps.projections) await deps.views.open(projection);
  if ((await deps.published.checkpoint())?.note !== found.tree?.note) {
    throw new RepairStopped('something was published meanwhile, by a publisher that was still at work: run it again');
  }
  await deps.logRepair.release(deps.tables, found.end);
  return found;
}

async function putBack({ published, events, progress }: RepairDeps, tree: SignedTree | undefined, from: LogEnd) {
  for await (const { commits, after, page } of readPublished(published, from, tree)) {
    const streams = Map.groupBy(commits, ({ stream }) => stream);
    await Promise.all(
      [...streams.values()].map(async (ofStream) => {
        for (const commit of ofStream) {
          if ((await events.putBack(commit)) === undefined) continue;
          throw new RepairStopped(
            `${keyText(commit)}: another commit stands there now than position ${page.first} has`,
          );
        }
      }),
    );
    progress('putting published commits back', after.size, tree?.size);
  }
}

async function closeReadModels(deps: RepairDeps, found: Examination): Promise<void> {
  const { views, progress } = deps;
  const changes = found.orphanedPages.pages > 0 || (found.head?.size ?? 0) > found.kept.size;
  for (const projection of deps.projections) {
    await forgetKept(projection.name, views);
    let isStale: boolean;
    let isClosed: boolean;
    // Repeated if a projector that was still running has moved the checkpoint.
    do {
      const checkpoint = await views.checkpoint(projection);
      ({ isStale } = readModel(projection, checkpoint, found.kept));
      isClosed =
        isStale || (changes && !checkpoint.closed)
          ? await views.close(projection, checkpoint, isStale ? 'forgetting' : 'kept')
          : true;
    } while (!isClosed);
    if (!isStale) continue;
    progress(`forgetting the rows of ${projection.name}`, 0);
    await views.forgetRows(projection);
  }
}

/** What was served before may have applied positions that are gone, and is not to be served again. */
async function forgetKept(name: string, { serving, changeServing }: RepairDeps['views']): Promise<void> {
  for (;;) {
    const known = await serving(name);
    if (!known?.kept) return;
    const { kept: _, ...rest } = known;
    if (await changeServing(name, known, rest)) return;
  }
}

/**
 * From the end backwards. A marker is removed with the page of its position, not with another that lists its commit.
 */
async function removeFrom({ log, logRepair, progress }: RepairDeps, { size }: LogEnd): Promise<void> {
  for (let page = await log.lastPage(); page && page.first >= size; ) {
    const previous = await log.lastPage(page.first - 1);
    const found = await log.markers(page.commits);
    const own = page.commits.flatMap((commit) => {
      const marker = found.get(keyText(commit));
      return marker?.position === commit.position ? [marker] : [];
    });
    await logRepair.remove(page, own, previous);
    progress('removing pages that have no place in the log', page.first);
    page = previous;
  }
}

/**
 * Every page of the log has its markers by now. Where others are known to be left, each marker's page is read: slow.
 */
async function removeOrphanedMarkers(deps: RepairDeps, { orphanedMarkers, end }: Examination): Promise<void> {
  const { log, logRepair, progress } = deps;
  const isListed = async (marker: Pick<Marker, 'stream' | 'version' | 'position'>) =>
    (await log.pageAt(marker.position))?.commits.some(
      ({ stream, version, position }) =>
        stream === marker.stream && version === marker.version && position === marker.position,
    );
  let done = 0;
  for await (const markers of log.everyMarker()) {
    const orphaned: CommitKey[] = [];
    for (const marker of markers) {
      if (marker.position >= end.size || (orphanedMarkers > 0 && !(await isListed(marker)))) orphaned.push(marker);
    }
    for (const slice of slicesOf(orphaned, MARKERS_PER_SEAL)) await logRepair.removeMarkers(slice);
    done += markers.length;
    progress('looking for markers without a page', done);
  }
}

async function recreateFrom(
  { published, logRepair, progress, ...deps }: RepairDeps,
  found: Examination,
): Promise<void> {
  const { tree, base, end } = found;
  let reached = base;
  const write = async ({ before, after, page, markers }: DesiredPage) => {
    // What was published and then sealed once more stands there with the time of the second sealing.
    for await (const there of deps.log.pagesBeginning(page.first, page.first + 1)) {
      if (there.sealedAt !== page.sealedAt) await logRepair.removeInstant(there, before);
    }
    await logRepair.recreate(before, after, page, markers);
    reached = after;
    progress('re-creating the log', after.size, end.size);
  };
  for await (const page of readPublished(published, base, tree)) await write(page);
  for await (const page of unpublishedPagesOf({ published, ...deps }, reached, () => undefined, end.size))
    await write(page);
}
