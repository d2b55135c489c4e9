import { equalBytes } from '../../domain/log/bytes.ts';
import { leafHash } from '../../domain/log/merkle.ts';
import { sha256 } from '../runtime/sha256.ts';
import { type Commit, type Commits, keyText } from './commits.ts';
import { isReservedName, type Marker } from './log-items.ts';
import type { LogStore } from './log-store.ts';

/** A sealed event: its exact canonical JSON, and its place in the log. */
export interface SealedEvent {
  readonly text: string;
  readonly position: number;
}

/** The hash of a commit in its marker: SHA-256 over its leaf hashes. */
export const hashOfLeaves = (leaves: readonly Uint8Array[]): Uint8Array => sha256(Buffer.concat(leaves));

/**
 * Keeps an altered commit from being served to auditors.
 * @throws when the commit is not the one that was sealed
 */
export function assertSealed(commit: Commit, { hash }: Pick<Marker, 'hash'>): void {
  const leaves = commit.events.map((event) => leafHash(sha256, Buffer.from(event)));
  if (!equalBytes(hashOfLeaves(leaves), hash)) throw new Error(`${keyText(commit)} is not what was sealed`);
}

export interface SealedDeps {
  readonly log: Pick<LogStore, 'marker'>;
  readonly commits: Pick<Commits, 'readBackwards'>;
}

/** The event of a stream's version; undefined until it is sealed. */
export async function sealedEvent(
  stream: string,
  version: number,
  { log, commits }: SealedDeps,
): Promise<SealedEvent | undefined> {
  if (isReservedName(stream)) return undefined;
  for await (const commit of commits.readBackwards(stream, version + 1, 1)) {
    const text = commit.events[version - commit.version];
    const marker = text === undefined ? undefined : await log.marker(commit);
    if (text === undefined || !marker) return undefined;
    assertSealed(commit, marker);
    return { text, position: marker.position + version - commit.version };
  }
  return undefined;
}
