import { append, EMPTY_RANGE, rootOf } from '../../domain/log/merkle.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { Head, LogPage, Marker, PageCommit, TableNames } from './log-items.ts';
import type { Sealable } from './sealable.ts';

/** One step of the log: from the HEAD that was read (none before the first step) to the next one. */
export type LogStep = { before: Head | undefined; head: Head; page: LogPage; markers: Marker[] };

/** With HEAD, page and index by instant, 97 markers are the 100 actions of one TransactWriteItems (AWS limit). */
export const MARKERS_PER_SEAL = 97;

/** The next step of the log: these commits after the end that HEAD describes. */
export function stepOf(before: Head | undefined, group: readonly Sealable[], now: number, tables: TableNames): LogStep {
  const first = before?.size ?? 0;
  const leaves = group.flatMap((sealable) => sealable.leaves);
  const { size, frontier } = append(sha256, before ?? EMPTY_RANGE, leaves);
  const root = rootOf(sha256, frontier);
  const time = new Date(now).toISOString();
  const sealedAt = before && before.sealedAt > time ? before.sealedAt : time;
  const commits: PageCommit[] = [];
  const markers: Marker[] = [];
  let position = first;
  for (const { commit, hash } of group) {
    const { stream, version, requestHash } = commit;
    const count = commit.events.length;
    commits.push({ stream, version, count, requestHash, position });
    markers.push({ stream, version, position, count, hash });
    position += count;
  }
  const head = { size, root, frontier: [...frontier], sealedAt, tables };
  return { before, head, page: { first, size, root, sealedAt, commits, leaves }, markers };
}
