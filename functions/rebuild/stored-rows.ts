import { digestAfter, EMPTY_DIGEST } from '../../domain/projections/digest.ts';
import { allRows, applyCommits, isRecordStream, type Projection } from '../../domain/projections/projection.ts';
import { rowKey } from '../../domain/projections/sums.ts';
import { canonical } from '../runtime/canonical.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { Build } from '../stores/builds.ts';
import type { Commits } from '../stores/commits.ts';
import { eventsOf } from '../stores/event-store.ts';
import { lastPositionOf } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { ViewKey, Views } from '../stores/views.ts';

export interface StoredRowsDeps {
  readonly projection: Projection;
  readonly views: Pick<Views, 'checkpoint' | 'rows' | 'get' | 'asides'>;
  readonly log: Pick<LogStore, 'streamMarkers'>;
  readonly commits: Pick<Commits, 'readForwards'>;
}

/** What the table holds of a build, apart from what its checkpoint says. */
export interface StoredRows {
  readonly rows: number;
  /** Whether they have the digest of the checkpoint. */
  readonly isAsWritten: boolean;
  /** The first of those that no event makes, as canonical JSON `[partition, sort, value]`. */
  readonly unexplained: readonly string[];
}

const ROWS_PER_READ = 1000;
/** Enough to see what happened. */
const MOST_SHOWN = 20;
/** A projector that read what is served before the flip may go on for a while. */
const ATTEMPTS = 10;

/** Reads every row of a build that is no longer written, and compares it with the build that took its place. */
export async function storedRows(deps: StoredRowsDeps, old: Build, now: Build): Promise<StoredRows> {
  const was = { ...deps.projection, ...old };
  const is = { ...deps.projection, ...now };
  for (let attempt = 1; ; attempt += 1) {
    const before = await deps.views.checkpoint(was);
    let rows = 0;
    let digest = EMPTY_DIGEST;
    const unexplained: string[] = [];
    for await (const page of pagesOf(deps, was)) {
      rows += page.length;
      digest = digestAfter(sha256, digest, [], page.map(textOf));
      const different = await differing(deps, page, is);
      const hasGoneOn = (await deps.views.checkpoint(is)).position !== before.position;
      for (const row of different) {
        const at = { build: was, position: before.position, hasGoneOn };
        if (unexplained.length < MOST_SHOWN && !(await isMade(deps, row, at))) {
          unexplained.push(textOf(row));
        }
      }
    }
    const after = await deps.views.checkpoint(was);
    const isStill = after.position === before.position && after.digest === before.digest;
    if (!isStill && attempt < ATTEMPTS) continue;
    const isAsWritten = digest === after.digest;
    return { rows, isAsWritten, unexplained: isAsWritten ? [] : unexplained };
  }
}

type StoredRow = Awaited<ReturnType<Views['rows']>>['rows'][number];
type BuiltProjection = Projection & Build;

const textOf = ({ partition, sort, value }: StoredRow): string => canonical([partition, sort, value]);

async function* pagesOf({ views }: StoredRowsDeps, build: BuiltProjection): AsyncGenerator<readonly StoredRow[]> {
  let after: ViewKey | undefined;
  do {
    const { rows, next } = await views.rows(build, after, ROWS_PER_READ);
    yield rows;
    after = next;
  } while (after);
}

/** The rows that another build does not have as they are. */
async function differing({ views }: StoredRowsDeps, rows: readonly StoredRow[], build: BuiltProjection) {
  const found = await views.get<object>(build, rows);
  return rows.filter((row) => {
    const value = found.get(rowKey(row));
    return value === undefined || canonical(value) !== canonical(row.value);
  });
}

/**
 * Whether the record in whose id its key ends makes the row, as the record was at a position. Of a row that records share
 * it cannot be told once the other build has gone on.
 */
async function isMade(
  { projection, views, log, commits }: StoredRowsDeps,
  row: StoredRow,
  { build, position, hasGoneOn }: { build: BuiltProjection; position: number; hasGoneOn: boolean },
): Promise<boolean> {
  const owner = row.sort.slice(row.sort.lastIndexOf('/') + 1);
  if (!isRecordStream(owner)) return hasGoneOn && projection.sums !== undefined;
  const markers = (await log.streamMarkers(owner, Number.MAX_SAFE_INTEGER)).filter(
    (marker) => lastPositionOf(marker) <= position,
  );
  const last = markers.at(-1);
  if (!last) return false;
  const stored = await Array.fromAsync(commits.readForwards(owner, 0, last.version));
  const taken = (await views.asides(build)).get(owner)?.version ?? Number.POSITIVE_INFINITY;
  const sealed = applyCommits(
    undefined,
    stored.flatMap((commit, at) => {
      const place = markers[at]?.position;
      const isTaken = commit.version + commit.events.length - 1 <= taken;
      return place !== undefined && isTaken ? [{ events: eventsOf(commit), position: place }] : [];
    }),
  );
  return sealed !== undefined && allRows(projection, sealed).some((one) => textOf(one) === textOf(row));
}
