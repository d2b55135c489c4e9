import { type Build, buildName, buildOf, type Serving, sameBuild, withOrder } from '../stores/builds.ts';
import type { LogStore } from '../stores/log-store.ts';
import { servingOf } from '../stores/served.ts';
import type { ViewCheckpoint } from '../stores/view-items.ts';
import type { Views } from '../stores/views.ts';
import { type StoredRows, type StoredRowsDeps, storedRows } from './stored-rows.ts';

export interface RebuildDeps extends StoredRowsDeps {
  readonly views: StoredRowsDeps['views'] & Pick<Views, 'serving' | 'changeServing' | 'flip'>;
  readonly log: StoredRowsDeps['log'] & Pick<LogStore, 'readHead'>;
  /** Brings the builds on for a while, where no projector runs. */
  readonly work?: () => Promise<unknown>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly tell: (progress: RebuildProgress) => void;
}

/** How far a build is. */
export interface RebuildProgress {
  readonly build: string;
  /** -1 before the first event. */
  readonly position: number;
  /** Events in the log. */
  readonly size: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Until it has come to the end of the log; undefined while it cannot be told. */
  readonly secondsLeft: number | undefined;
}

export interface Rebuilt {
  /** What was served, and is kept. */
  readonly from: string;
  /** What is served now. */
  readonly to: string;
  /** Where both stood when they were compared; absent where they are of different revisions. */
  readonly compared?: { readonly position: number; readonly served: string; readonly built: string };
  /** What the table holds of the build that was served; absent as before. */
  readonly stored?: StoredRows;
}

/** The build cannot be made, or is not served. */
export class RebuildFailed extends Error {
  override readonly name = 'RebuildFailed';
}

/** Between two looks at the builds, in milliseconds. */
const PAUSE = 100;

/**
 * Has a read model built beside what is served, and serves it once both stand at one position. The projector writes both
 * builds; a rebuild that was stopped goes on when it is run again.
 */
export async function rebuildReadModel(deps: RebuildDeps): Promise<Rebuilt> {
  const { projection, views, work, sleep } = deps;
  const { name } = projection;
  const { from, to } = await order(deps);
  const names = { from: buildName(name, from), to: buildName(name, to) };
  const tellProgress = progressOf(deps, to);
  const isOneRevision = from.revision === to.revision;
  for (let pause = 0; ; pause = PAUSE) {
    await sleep(pause);
    await work?.();
    const serving = await views.serving(name);
    if (serving && sameBuild(serving, to)) {
      await tellProgress(await checkpointOf(to));
      return names;
    }
    if (!serving || !sameBuild(serving, from) || !sameBuild(to, serving.building)) {
      throw new RebuildFailed(`somebody else has changed what is served of ${name} meanwhile`);
    }
    const [served, built] = [await checkpointOf(from), await checkpointOf(to)];
    await tellProgress(built);
    if (built.stopped) {
      throw new RebuildFailed(`${names.to} has stopped at position ${built.stopped.position}: ${built.stopped.reason}`);
    }
    // Of another revision: the projector, which alone has its code, serves it.
    if (!isOneRevision || !standTogether(served, built)) continue;
    // Holds only if what was compared is still so.
    if (!(await views.flip(name, serving, served))) continue;
    const compared = { position: served.position, served: served.digest, built: built.digest };
    return { ...names, compared, stored: await storedRows(deps, from, to) };
  }

  function checkpointOf(build: Build): Promise<ViewCheckpoint> {
    return views.checkpoint({ ...projection, ...build });
  }
}

const standTogether = (served: ViewCheckpoint, built: ViewCheckpoint): boolean =>
  built.complete === true && built.position === served.position && built.part === 0 && served.part === 0;

/** Orders a build, or goes on with the one that is being made. */
async function order({ projection, views }: RebuildDeps): Promise<{ from: Build; to: Build }> {
  const { name, revision } = projection;
  for (;;) {
    const { known, serving } = await servingOf(projection, views);
    if (serving.revision > revision) {
      throw new RebuildFailed(
        `revision ${serving.revision} of ${name} is served, and this release makes revision ${revision}`,
      );
    }
    const { building } = serving;
    if (building?.revision === revision) return { from: buildOf(serving), to: building };
    const ordered: Serving = withOrder(serving, revision);
    if (ordered.building && (await views.changeServing(name, known, ordered))) {
      return { from: buildOf(serving), to: ordered.building };
    }
  }
}

/** Tells how far a build is, and how fast it went since this was first called. */
function progressOf({ projection: { name }, log, clock, tell }: RebuildDeps, build: Build) {
  let first: { readonly at: number; readonly position: number; readonly rows: number } | undefined;
  return async ({ position, rows = 0 }: ViewCheckpoint): Promise<void> => {
    const size = (await log.readHead())?.size ?? 0;
    first ??= { at: clock(), position, rows };
    const seconds = (clock() - first.at) / 1000;
    const events = position - first.position;
    tell({
      build: buildName(name, build),
      position,
      size,
      rows,
      rowsPerSecond: seconds > 0 ? Math.round((rows - first.rows) / seconds) : 0,
      secondsLeft: events > 0 && seconds > 0 ? Math.ceil(((size - 1 - position) * seconds) / events) : undefined,
    });
  };
}
