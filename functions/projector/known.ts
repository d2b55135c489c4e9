import {
  applyCommits,
  type Projection,
  type SealedEvents,
  type SealedRecord,
} from '../../domain/projections/projection.ts';
import { change, type Sums, summed } from '../../domain/projections/sums.ts';
import { type Commit, keyText } from '../stores/commits.ts';
import { eventsOf } from '../stores/event-store.ts';
import type { Marker } from '../stores/log-items.ts';
import { added, difference, merge, type RowDifference, type Rows, rowsByKey } from './difference.ts';

/** A record that the projector steps through, and what the read model has of it. */
export interface Known {
  /** As of its last commit; undefined before the first. */
  readonly sealed?: SealedRecord;
  /** The version that its rows in the read model have; 0 when it has none. */
  readonly applied: number;
  /** Those of its rows that it contributes as a whole. */
  readonly rows: Rows;
  /** What it adds to rows that it shares. */
  readonly sums: Sums;
  /** Why it can be taken at no later commit either: it cannot be folded, or its rows in the read model cannot be told. */
  readonly fault?: Error;
}

/** A commit, and the position of its first event. */
export interface PlacedCommit {
  readonly commit: Commit;
  readonly position: number;
}

/** A record before its first commit. */
export const NOTHING_KNOWN: Known = { applied: 0, rows: new Map(), sums: new Map() };

export const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** The commits with their places. @throws when one of both is missing: neither is the record's fault */
export function withPositions(commits: readonly Commit[], markers: readonly Marker[]): PlacedCommit[] {
  const positions = new Map(markers.map((marker) => [keyText(marker), marker.position]));
  const found = commits.map((commit) => {
    const position = positions.get(keyText(commit));
    if (position === undefined) throw new Error(`${keyText(commit)} has no marker`);
    return { commit, position };
  });
  const there = new Set(commits.map(keyText));
  const missing = markers.find((marker) => !there.has(keyText(marker)));
  if (missing) throw new Error(`the events table does not have the commit ${keyText(missing)}`);
  return found;
}

/** A record after these commits, of which the read model has those up to version `applied`. */
export function knownAfter(projection: Projection, commits: readonly PlacedCommit[], applied: number): Known {
  const taken = commits.filter(({ commit }) => commit.version + commit.events.length - 1 <= applied);
  try {
    const sealed = applyCommits(undefined, taken.map(eventsAt));
    if ((sealed?.record.version ?? 0) !== applied) {
      throw new Error(`no commit ends at version ${applied}, which the read model has`);
    }
    const known = sealed ? { applied, sealed, ...contributionOf(projection, sealed) } : { ...NOTHING_KNOWN, applied };
    return withCommits(known, commits.slice(taken.length));
  } catch (thrown) {
    return { ...NOTHING_KNOWN, applied, fault: errorOf(thrown) };
  }
}

/** What a record contributes as a whole. */
const contributionOf = ({ rows, sums = () => [] }: Projection, sealed: SealedRecord) => ({
  rows: rowsByKey(rows(sealed)),
  sums: summed(sums(sealed)),
});

const eventsAt = ({ commit, position }: PlacedCommit): SealedEvents => ({ events: eventsOf(commit), position });

/** A record after one more commit. */
export const withCommit = (known: Known, commit: PlacedCommit): Known => withCommits(known, [commit]);

/** A record after more commits. After a fold that failed nothing of it is used again. */
function withCommits(known: Known, commits: readonly PlacedCommit[]): Known {
  const { sealed, fault, ...contributed } = known;
  if (fault || commits.length === 0) return known;
  try {
    const after = applyCommits(sealed, commits.map(eventsAt));
    return after ? { ...contributed, sealed: after } : known;
  } catch (thrown) {
    return { ...contributed, fault: errorOf(thrown) };
  }
}

/** What brings its rows in the read model to its last commit. @throws when the projection cannot take it */
export function taken(projection: Projection, { sealed, applied, rows: before, sums: had, fault }: Known) {
  if (fault) throw fault;
  if (!sealed) throw new Error('a record has at least one commit');
  const { rows, sums } = contributionOf(projection, sealed);
  const isApplied = ({ version }: { readonly version: number }) => version <= applied;
  const fresh = sealed.commits.slice(sealed.commits.findLastIndex(isApplied) + 1);
  const own = rowsByKey(fresh.flatMap((commit) => projection.ofCommit?.(sealed, commit) ?? []));
  const differences: ReadonlyMap<string, RowDifference> = merge(difference(before, rows), added(own));
  const known: Known = { sealed, applied: sealed.record.version, rows, sums };
  return { differences, sums: change(had, sums), known };
}
