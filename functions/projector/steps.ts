import { isRecordStream, type Projection } from '../../domain/projections/projection.ts';
import type { Sums } from '../../domain/projections/sums.ts';
import { slicesOf } from '../../domain/values/lists.ts';
import { type Commits, keyText } from '../stores/commits.ts';
import { lastPositionOf, type PageCommit } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Aside, AsideChanges, Asides } from '../stores/view-items.ts';
import type { RowDifference } from './difference.ts';
import { errorOf, type Known, knownAfter, NOTHING_KNOWN, taken, withCommit, withPositions } from './known.ts';
import { reasonOf, whyTooMany } from './limits.ts';

/** How one commit of the log changes a read model. */
export interface ProjectionStep {
  /** Position of the commit's last event. */
  readonly position: number;
  readonly differences: ReadonlyMap<string, RowDifference>;
  /** What it adds to rows that records share. */
  readonly sums: Sums;
  /** The commit's record, if the step sets it aside or takes it up. */
  readonly asides: AsideChanges;
}

/** The projection cannot go on at the commit at this position. */
export class ProjectionBroken extends Error {
  override readonly name = 'ProjectionBroken';
  readonly position: number;
  override readonly cause: Error;
  constructor(position: number, event: string, cause: Error) {
    super(`stopped at position ${position} (${event})`);
    this.position = position;
    this.cause = cause;
  }
}

export interface StepsDeps {
  readonly projection: Projection;
  readonly log: Pick<LogStore, 'readPages' | 'streamMarkers'>;
  readonly commits: Pick<Commits, 'readCommits' | 'readForwards'>;
}

/** From where and how far to step. */
interface Span {
  /** The first position that was not applied. */
  readonly from: number;
  readonly to: number;
  /** The records set aside before it. */
  readonly asides: Asides;
  /** Rows of the commit at `from` are written already. It may not be set aside any more: they would stay. */
  readonly isBegun: boolean;
}

/** Commits that are read at a time; each has at most 300 KB, and most have one or two. */
const COMMITS_PER_READ = 50;

/** Records kept between reads: commits of one record tend to follow each other. */
const RECORDS_KEPT = 500;

const NO_CHANGE = { differences: new Map(), sums: new Map(), asides: new Map() };

/** The steps from the commit at `from` to the position before `to`, in the order of the log. @throws ProjectionBroken */
export async function* stepsOf(deps: StepsDeps, span: Span): AsyncGenerator<ProjectionStep> {
  const { projection, log, commits } = deps;
  const { from, to } = span;
  const known = new Map<string, Known>();
  const asides = new Map(span.asides);
  for await (const page of log.readPages(from, to)) {
    const ahead = page.commits.filter(({ position }) => position >= from);
    for (const slice of slicesOf(ahead, COMMITS_PER_READ)) {
      const ofRecords = slice.filter(({ stream }) => isRecordStream(stream));
      const [found] = await Promise.all([commits.readCommits(ofRecords), readRecords(ofRecords, known, asides, deps)]);
      for (const sealed of slice) {
        const { stream } = sealed;
        const position = lastPositionOf(sealed);
        if (!isRecordStream(stream)) {
          yield { position, ...NO_CHANGE };
          continue;
        }
        const commit = found.get(keyText(sealed));
        if (!commit) throw brokenAt(sealed, new Error('the events table does not have this commit'));
        const after = withCommit(known.get(stream) ?? NOTHING_KNOWN, { commit, position: sealed.position });
        const step = tryTaking(projection, after);
        known.set(stream, step.known);
        if (step.fault && span.isBegun && sealed.position === from) throw brokenAt(sealed, step.fault);
        const changes = await asideChanges(sealed, step, asides, deps);
        for (const [id, aside] of changes) aside ? asides.set(id, aside) : asides.delete(id);
        yield { position, differences: step.differences, sums: step.sums, asides: changes };
      }
      forget(known);
    }
  }
}

const brokenAt = (commit: PageCommit, thrown: unknown) =>
  new ProjectionBroken(commit.position, keyText(commit), errorOf(thrown));

interface Taken {
  readonly known: Known;
  readonly differences: ReadonlyMap<string, RowDifference>;
  readonly sums: Sums;
  readonly fault?: Error;
}

function tryTaking(projection: Projection, after: Known): Taken {
  try {
    return taken(projection, after);
  } catch (thrown) {
    return { known: after, differences: new Map(), sums: new Map(), fault: errorOf(thrown) };
  }
}

/** A record that was set aside stays so with the position and the reason of the first commit that was not taken. */
async function asideChanges(
  commit: PageCommit,
  { known, fault }: Taken,
  asides: Asides,
  { log }: StepsDeps,
): Promise<AsideChanges> {
  const { stream } = commit;
  if (!fault) return asides.has(stream) ? new Map([[stream, undefined]]) : new Map();
  if (asides.has(stream)) return new Map();
  const aside: Aside = { version: known.applied, position: lastPositionOf(commit), reason: reasonOf(fault) };
  const tooMany = await whyTooMany(asides, aside, log);
  if (tooMany !== undefined) throw brokenAt(commit, new Error(tooMany, { cause: fault }));
  return new Map([[stream, aside]]);
}

/** Folds the records of these commits as they were before the first of them, unless they are known. */
async function readRecords(
  slice: readonly PageCommit[],
  known: Map<string, Known>,
  asides: Asides,
  { projection, log, commits }: StepsDeps,
): Promise<void> {
  const firsts = new Map(slice.toReversed().map((commit) => [commit.stream, commit]));
  const missing = [...firsts.values()].filter(({ stream, version }) => version > 1 && !known.has(stream));
  await Promise.all(
    missing.map(async (commit) => {
      const { stream, version } = commit;
      const [earlier, markers] = await Promise.all([
        Array.fromAsync(commits.readForwards(stream, 0, version - 1)),
        log.streamMarkers(stream, version - 1),
      ]);
      const applied = asides.get(stream)?.version ?? version - 1;
      known.set(stream, knownAfter(projection, placedBefore(commit, earlier, markers), applied));
    }),
  );
}

function placedBefore(commit: PageCommit, ...read: Parameters<typeof withPositions>): ReturnType<typeof withPositions> {
  try {
    return withPositions(...read);
  } catch (thrown) {
    throw brokenAt(commit, thrown);
  }
}

function forget(known: Map<string, Known>): void {
  for (const stream of known.keys()) {
    if (known.size <= RECORDS_KEPT) return;
    known.delete(stream);
  }
}
