import { leafHash } from '../../domain/log/merkle.ts';
import { MAX_ENTRY_BYTES } from '../../domain/log/tiles.ts';
import { canonical } from '../runtime/canonical.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { Commit, CommitKey } from './commits.ts';
import { isReservedName, type Marker } from './log-items.ts';

/** A valid commit, with its leaf hashes and their hash as the log keeps them. */
export type Sealable = { commit: Commit; leaves: Uint8Array[]; hash: Uint8Array };

/** An item that cannot be sealed. */
export type Unreadable = { stream: string; version: number; fault: string };

/** A commit never spans pages: so many leaves and the commit's row fit into one. */
const MAX_EVENTS = 10_000;

/** AWS limit of a bus entry's DetailType. */
const MAX_TYPE_LENGTH = 128;

/**
 * Reads an item of the events table. One that the event store could not have written is unreadable, with the reason.
 */
export function readCommit(item: Partial<Commit>): Sealable | Unreadable {
  const fault = faultOf(item);
  if (fault !== undefined) return { stream: String(item.stream), version: Number(item.version), fault };
  const commit = item as Commit;
  const leaves = commit.events.map((event) => leafHash(sha256, Buffer.from(event)));
  return { commit, leaves, hash: sha256(Buffer.concat(leaves)) };
}

export const keyOf = (found: Sealable | Unreadable): CommitKey => {
  const { stream, version } = isUnreadable(found) ? found : found.commit;
  return { stream, version };
};

export const isUnreadable = (found: Sealable | Unreadable): found is Unreadable => 'fault' in found;

/** Whether a commit is the next one of its stream after the last sealed one. */
export function follows(before: Pick<Marker, 'version' | 'count'> | undefined, { commit }: Sealable): boolean {
  if (!before) return commit.previous === 0 && commit.version === 1;
  return commit.previous === before.version && commit.version === before.version + before.count;
}

function faultOf({ stream, version, previous, events, requestHash }: Partial<Commit>): string | undefined {
  if (typeof stream !== 'string' || isReservedName(stream)) return 'its stream has no usable name';
  if (!isWhole(version, 1) || !isWhole(previous, 0))
    return 'its version or previous version is not a number of a commit';
  if (typeof requestHash !== 'string') return 'it has no request hash';
  if (!Array.isArray(events) || events.length === 0) return 'it has no events';
  if (events.length > MAX_EVENTS) return 'it has more events than a page can hold';
  for (const [index, event] of events.entries()) {
    const fault = eventFault(event, stream, version + index);
    if (fault) return `event ${index}: ${fault}`;
  }
  return undefined;
}

function eventFault(event: unknown, stream: string, version: number): string | undefined {
  if (typeof event !== 'string') return 'not a string';
  // A larger event could be sealed but not published. The limit is far below that of a PutEvents entry (256 KB).
  if (Buffer.byteLength(event) > MAX_ENTRY_BYTES) return `larger than ${MAX_ENTRY_BYTES} bytes`;
  const parsed = parse(event);
  if (!isCanonical(event, parsed)) return 'not canonical JSON';
  const { id, streamversion, type } = parsed;
  if (id !== `${stream}/${version}`) return `its id should be ${stream}/${version}`;
  if (streamversion !== version) return `its streamversion should be ${version}`;
  if (typeof type !== 'string' || type === '' || type.length > MAX_TYPE_LENGTH) return 'its type is no event type';
  return undefined;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A reader of the event, in whatever JSON it is served, must be able to reproduce the leaf's bytes (RFC 8785). */
function isCanonical(event: string, parsed: Record<string, unknown>): boolean {
  try {
    return canonical(parsed) === event;
  } catch {
    return false;
  }
}

const isWhole = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least;
