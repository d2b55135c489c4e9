import {
  applyCommit,
  applyCommits,
  isRecordStream,
  type Projection,
  type SealedRecord,
} from '../../domain/projections/projection.ts';
import { slicesOf } from '../../domain/values/lists.ts';
import { type Commits, keyText } from '../stores/commits.ts';
import { eventsOf } from '../stores/event-store.ts';
import type { PageCommit } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import { added, difference, merge, type RowDifference, type Rows, rowsByKey } from './difference.ts';

/** How one commit of the log changes a read model. */
export interface ProjectionStep {
  /** Position of the commit's last event. */
  readonly position: number;
  readonly differences: ReadonlyMap<string, RowDifference>;
}

/** The projection failed at the commit at this position. */
export class ProjectionBroken extends Error {
  override readonly name = 'ProjectionBroken';
  readonly position: number;
  constructor(position: number, event: string, cause: unknown) {
    super(`stopped at position ${position} (${event})`, { cause });
    this.position = position;
  }
}

export interface StepsDeps {
  readonly projection: Projection;
  readonly log: Pick<LogStore, 'readPages' | 'streamMarkers'>;
  readonly commits: Pick<Commits, 'readCommits' | 'readForwards'>;
}

/** Commits that are read at a time; each has at most 300 KB, and most have one or two. */
const COMMITS_PER_READ = 50;

/** Records kept between reads: commits of one record tend to follow each other. */
const RECORDS_KEPT = 500;

/** A record, with the rows that it contributes as a whole: those of its commits are there already. */
type Known = { readonly sealed: SealedRecord; readonly rows: Rows };

/** The steps from the commit at position `from` to the position before `to`, in the order of the log. */
export async function* stepsOf(deps: StepsDeps, from: number, to: number): AsyncGenerator<ProjectionStep> {
  const { projection, log, commits } = deps;
  const known = new Map<string, Known>();
  for await (const page of log.readPages(from, to)) {
    const ahead = page.commits.filter(({ position }) => position >= from);
    for (const slice of slicesOf(ahead, COMMITS_PER_READ)) {
      const ofRecords = slice.filter(({ stream }) => isRecordStream(stream));
      const [found] = await Promise.all([commits.readCommits(ofRecords), readRecords(ofRecords, known, deps)]);
      for (const sealed of slice) {
        const position = sealed.position + sealed.count - 1;
        if (!isRecordStream(sealed.stream)) {
          yield { position, differences: new Map() };
          continue;
        }
        const before = known.get(sealed.stream);
        const after = stopping(sealed, () => {
          const commit = found.get(keyText(sealed));
          if (!commit) throw new Error('the events table does not have this commit');
          const record = applyCommit(before?.sealed, eventsOf(commit), sealed.position);
          const own = record.commits.slice(-1).flatMap((last) => projection.ofCommit?.(record, last) ?? []);
          return { sealed: record, rows: rowsByKey(projection.rows(record)), own: added(rowsByKey(own)) };
        });
        known.set(sealed.stream, { sealed: after.sealed, rows: after.rows });
        yield { position, differences: merge(difference(before?.rows ?? new Map(), after.rows), after.own) };
      }
      forget(known);
    }
  }
}

/** Folds the records of these commits as they were before the first of them, unless they are known. */
async function readRecords(slice: readonly PageCommit[], known: Map<string, Known>, deps: StepsDeps): Promise<void> {
  const firsts = new Map(slice.toReversed().map((commit) => [commit.stream, commit]));
  const missing = [...firsts.values()].filter(({ stream, version }) => version > 1 && !known.has(stream));
  await Promise.all(
    missing.map(async (commit) => {
      const { stream, version } = commit;
      const [earlier, markers] = await Promise.all([
        Array.fromAsync(deps.commits.readForwards(stream, 0, version - 1)),
        deps.log.streamMarkers(stream, version - 1),
      ]);
      const positions = new Map(markers.map((marker) => [marker.version, marker.position]));
      stopping(commit, () => {
        const placed = earlier.map((past) => {
          const position = positions.get(past.version);
          if (position === undefined) throw new Error(`${keyText(past)} has no marker`);
          return { events: eventsOf(past), position };
        });
        const sealed = applyCommits(undefined, placed);
        if (!sealed) throw new Error(`${stream} has no events before version ${version}`);
        known.set(stream, { sealed, rows: rowsByKey(deps.projection.rows(sealed)) });
      });
    }),
  );
}

/** What the domain throws concerns this commit. */
function stopping<Value>(commit: PageCommit, compute: () => Value): Value {
  try {
    return compute();
  } catch (cause) {
    throw new ProjectionBroken(commit.position, keyText(commit), cause);
  }
}

function forget(known: Map<string, Known>): void {
  for (const stream of known.keys()) {
    if (known.size <= RECORDS_KEPT) return;
    known.delete(stream);
  }
}
