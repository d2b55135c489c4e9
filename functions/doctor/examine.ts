import type { Projection } from '../../domain/projections/projection.ts';
import type { Build } from '../stores/builds.ts';
import { type Commit, type Commits, keyText } from '../stores/commits.ts';
import { sameCommit } from '../stores/event-store.ts';
import { type Backlog, backlogOf } from '../stores/lateness.ts';
import { foreignTables, type Head, NOTHING_SEALED, type TableNames } from '../stores/log-items.ts';
import type { LogEnd } from '../stores/log-repair.ts';
import type { LogStore } from '../stores/log-store.ts';
import { CheckpointRemoved, type PublishedLog, pageKey } from '../stores/published-log.ts';
import type { Asides, ViewCheckpoint } from '../stores/view-items.ts';
import type { Views } from '../stores/views.ts';
import { conditionOf, type DesiredPage, sameEnd } from './desired-pages.ts';
import { createObjects } from './objects.ts';
import { NO_ORPHANED_PAGES, type OrphanedPages, orphanedMarkersOf, orphanedPagesOf } from './orphans.ts';
import type { ShowProgress } from './progress.ts';
import { PublishedLogBroken, readPublished, readSignedTree, type SignedTree } from './read-published.ts';
import { nextUnpublished, SealedCommitDiffers, type UnpublishedSources } from './unpublished.ts';
import { type BucketPlace, leftoversBeyond } from './unsigned.ts';

export interface ExamineDeps {
  readonly log: Pick<
    LogStore,
    'readHead' | 'pageAt' | 'pagesBeginning' | 'markers' | 'everyMarker' | 'lastOfInstant' | 'announced'
  >;
  readonly commits: Pick<Commits, 'readCommits'>;
  readonly published: PublishedLog;
  /** The bucket of the published log. */
  readonly place: BucketPlace;
  readonly views: Pick<Views, 'checkpoint' | 'asides'>;
  /** The builds of read models that are served, or made. */
  readonly projections: readonly (Projection & Build)[];
  /** The tables in service. */
  readonly tables: TableNames;
  readonly origin: string;
  /** The verifier key, if the caller knows it from elsewhere; otherwise the published one. */
  readonly vkey?: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly progress: ShowProgress;
}

/** A read model, and whether it has to be rebuilt. */
export interface ReadModel {
  readonly projection: Projection & Build;
  readonly checkpoint: ViewCheckpoint;
  /** It may have applied positions that are removed or changed. */
  readonly isStale: boolean;
}

/** A read model as it was found. */
export interface ExaminedReadModel extends ReadModel, Backlog {
  readonly asides: Asides;
}

/** How log, events and read models differ from the published log, and where the log has to end. */
export interface Examination {
  readonly tree: SignedTree | undefined;
  readonly head: Head | undefined;
  /** Why the log may not be continued under the tables in service. */
  readonly foreign: string | undefined;
  /** Published commits that the events table lacks, and the log's end before the first one's page. */
  readonly lost: { readonly commits: number; readonly from: LogEnd } | undefined;
  /** Pages from `kept` on that have no place in the log, and how many of their commits are gone. */
  readonly orphanedPages: OrphanedPages;
  /** Markers that no page of the log lists: their commits would pass for sealed. */
  readonly orphanedMarkers: number;
  /** HEAD and pages are right up to here; from here on pages are re-created. */
  readonly base: LogEnd;
  /** Up to here no position changes. */
  readonly kept: LogEnd;
  /** Where the log ends when it is repaired. */
  readonly end: LogEnd;
  /** Whether HEAD has that end. */
  readonly headStands: boolean;
  readonly announced: number;
  readonly readModels: readonly ExaminedReadModel[];
  /** Objects beyond the checkpoint that differ from what the log has, or will have, under their keys. */
  readonly conflicts: readonly string[];
  /** Findings that forbid any change. */
  readonly refusals: readonly string[];
}

/**
 * Reads everything and changes nothing. It may run while the registry is in use: of two things that are compared, the
 * one that only grows is read first. Its memory does not grow with the log.
 */
export async function examine(deps: ExamineDeps): Promise<Examination> {
  const { log, views, projections } = deps;
  const models = await Promise.all(
    projections.map(async (projection) => {
      const [checkpoint, asides] = await Promise.all([views.checkpoint(projection), views.asides(projection)]);
      return { projection, checkpoint, asides };
    }),
  );
  const announced = await log.announced();
  const walk: Walk = { end: NOTHING_SEALED, marked: 0, refusals: [] };
  let tree: SignedTree | undefined;
  try {
    tree = await readSignedTree(deps.published, deps.origin, deps.vkey);
    await walkAll(deps, tree, walk);
  } catch (error) {
    if (!forbids(error)) throw error;
    walk.refusals.push(error.message);
  }
  const { end, broken, diverged, lost, refusals } = walk;
  const { orphanedPages = NO_ORPHANED_PAGES, orphanedMarkers = 0, conflicts = [] } = walk;
  const head = 'head' in walk ? walk.head : await log.readHead();
  const kept = diverged ?? end;
  return {
    tree,
    head,
    foreign: foreignTables(head, deps.tables),
    lost,
    orphanedPages,
    orphanedMarkers,
    base: broken ?? end,
    kept,
    end,
    headStands: sameEnd(head ?? NOTHING_SEALED, end),
    announced,
    readModels: await Promise.all(
      models.map(async ({ projection, checkpoint, asides }) => {
        const backlog = await backlogOf(checkpoint, head, deps);
        return { ...readModel(projection, checkpoint, kept), ...backlog, asides };
      }),
    ),
    conflicts,
    refusals,
  };
}

/** Whether an error is evidence that no repair may overwrite. */
const forbids = (error: unknown): error is Error =>
  error instanceof PublishedLogBroken || error instanceof SealedCommitDiffers || error instanceof CheckpointRemoved;

/** What is known after the desired pages so far. */
interface Walk {
  end: LogEnd;
  /** The end before the first page that has others in its place. */
  diverged?: LogEnd;
  /** The end before the first page that is not whole. */
  broken?: LogEnd;
  /** Right markers of desired pages before `diverged`. */
  marked: number;
  lost?: { commits: number; from: LogEnd };
  orphanedPages?: OrphanedPages;
  orphanedMarkers?: number;
  conflicts?: readonly string[];
  head?: Head | undefined;
  readonly refusals: string[];
}

/** Enough to see what happened. */
const MAX_REFUSALS = 100;

async function walkAll(deps: ExamineDeps, tree: SignedTree | undefined, walk: Walk): Promise<void> {
  const leftovers = await Array.fromAsync(leftoversBeyond(tree?.size ?? 0, deps.place));
  const objects = createObjects(deps.published, leftovers);
  await walkPublished(deps, tree, walk, objects);
  // A registry in use goes on sealing meanwhile: pages beyond the end are orphaned only if they cannot follow it.
  do {
    for await (const desired of unpublishedPagesOf(deps, walk.end, () => walk.diverged)) {
      await objects.add(desired, false);
      await follow(deps, walk, desired);
      deps.progress('comparing what is sealed', desired.after.size);
    }
    walk.orphanedPages = await orphanedPagesOf(deps, walk);
    walk.head = await deps.log.readHead();
  } while (await nextUnpublished(walk.end, deps, walk.diverged === undefined));
  walk.conflicts = await objects.conflicts();
  walk.orphanedMarkers = await orphanedMarkersOf(deps, walk);
}

type Objects = ReturnType<typeof createObjects>;

async function walkPublished(deps: ExamineDeps, tree: SignedTree | undefined, walk: Walk, objects: Objects) {
  for await (const desired of readPublished(deps.published, NOTHING_SEALED, tree)) {
    await objects.add(desired, true);
    const found = await deps.commits.readCommits(desired.commits);
    for (const commit of desired.commits) {
      const there = found.get(keyText(commit));
      if (!there) walk.lost = { commits: (walk.lost?.commits ?? 0) + 1, from: walk.lost?.from ?? desired.before };
      else if (!sameCommit(commit, there) && walk.refusals.length < MAX_REFUSALS) {
        walk.refusals.push(differs(commit, desired));
      }
    }
    await follow(deps, walk, desired);
    deps.progress('comparing what was published', desired.after.size, tree?.size);
  }
  await objects.holdEdge();
}

const differs = (commit: Commit, { page }: DesiredPage): string =>
  `${keyText(commit)} in the events table is another commit than the published one (${pageKey(page.first)}); nothing overwrites a commit`;

async function follow({ log }: ExamineDeps, walk: Walk, desired: DesiredPage): Promise<void> {
  if (!walk.diverged) {
    const { how, marked } = await conditionOf(desired, log);
    if (how === 'other') walk.diverged = desired.before;
    else walk.marked += marked;
    if (how !== 'whole') walk.broken ??= desired.before;
  }
  walk.end = desired.after;
}

/** The pages beyond the signed tree, until the log has to end. Sealed pages count only until the log has diverged. */
export async function* unpublishedPagesOf(
  sources: UnpublishedSources,
  from: LogEnd,
  diverged: () => LogEnd | undefined = () => undefined,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<DesiredPage> {
  for (let end = from; end.size < to; ) {
    const next = await nextUnpublished(end, sources, end.size < (diverged()?.size ?? Number.POSITIVE_INFINITY));
    if (!next) return;
    yield next;
    end = next.after;
  }
}

/** A read model is stale if it has applied a position from `kept` on, even in part. */
export function readModel(projection: Projection & Build, checkpoint: ViewCheckpoint, kept: LogEnd): ReadModel {
  const applied = checkpoint.position + (checkpoint.part > 0 ? 1 : 0);
  return { projection, checkpoint, isStale: applied >= kept.size || checkpoint.closed === 'forgetting' };
}
