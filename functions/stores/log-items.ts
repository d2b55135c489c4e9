import { HASH_BYTES, rootOf } from '../../domain/log/merkle.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { Commit, CommitKey } from './commits.ts';

/** The items of the log table and their keys. */

/** The names of the tables that a log is about. */
export type TableNames = { events: string; log: string };

export type Head = {
  /** How many events are sealed; the next position. */
  size: number;
  root: Uint8Array;
  /** The compact range, largest subtree first. */
  frontier: Uint8Array[];
  /** RFC 3339, UTC, milliseconds; never decreases. */
  sealedAt: string;
  tables: TableNames;
  /** Why nothing may be sealed. */
  halted?: string;
};

/** A commit as its page lists it. */
export type PageCommit = CommitKey & { count: number; requestHash: string; position: number };

export type LogPage = {
  /** The position of the first leaf. */
  first: number;
  /** `first` + the number of leaves: the tree size that `root` belongs to. */
  size: number;
  root: Uint8Array;
  sealedAt: string;
  commits: PageCommit[];
  /** Leaf hashes, in order of position. */
  leaves: Uint8Array[];
};

/** A commit is sealed: where, and with which bytes. */
export type Marker = CommitKey & {
  /** Of its first event. */
  position: number;
  count: number;
  /** SHA-256 over the concatenated leaf hashes. */
  hash: Uint8Array;
};

/** Position of a commit's last event. */
export const lastPositionOf = ({ position, count }: Pick<Marker, 'position' | 'count'>): number => position + count - 1;

/** What the sequencer's schedule leaves each minute, for whoever asks whether events are sealed. */
export type SealingNote = {
  /** When the schedule last ran. */
  checkedAt: string;
  /** The oldest commit without a position that the sequencer knows of. */
  oldest?: CommitKey & Pick<Commit, 'recordedAt'>;
};

export const HEAD = { pk: 'head', sk: 0 };
export const ANNOUNCED = { pk: 'announced', sk: 0 };
export const SCAN = { pk: 'scan', sk: 0 };
export const SEALING = { pk: 'sealing', sk: 0 };
/** Where a log without any page ends. */
export const NOTHING_SEALED = { size: 0, root: rootOf(sha256, []), frontier: [], sealedAt: '' };

/** Keys that the log uses itself: no stream may have such a name. */
export const isReservedName = (stream: string): boolean =>
  /^(head|page|announced|scan|sealing|sealed\/.*)$/.test(stream);

/** Why nothing may be appended or projected under these table names; undefined when it may. */
export function foreignTables(head: Head | undefined, tables: TableNames): string | undefined {
  if (!head || (head.tables.events === tables.events && head.tables.log === tables.log)) return undefined;
  return `the log stands over ${JSON.stringify(head.tables)}, not over ${JSON.stringify(tables)}`;
}

/** Why the log may not be continued from here under these table names; undefined when it may. */
export function whyNotContinued(head: Head | undefined, tables: TableNames): string | undefined {
  return foreignTables(head, tables) ?? (head?.halted === undefined ? undefined : `the log is halted: ${head.halted}`);
}

export const sealedOn = (time: number) => `sealed/${new Date(time).toISOString().slice(0, 10)}`;

export function instantOf({ sealedAt, size }: Pick<LogPage, 'sealedAt' | 'size'>) {
  const time = Date.parse(sealedAt);
  return { pk: sealedOn(time), sk: time, last: size - 1 };
}

export function fromPage({ first, size, root, sealedAt, commits, leaves }: LogPage) {
  const rows = commits.map(({ stream, version, count, requestHash }) => [stream, version, count, requestHash]);
  return { pk: 'page', sk: first, size, root, sealedAt, commits: rows, leaves: Buffer.concat(leaves) };
}

export function toPage(item: Record<string, unknown>): LogPage {
  const { sk: first, size, root, sealedAt, commits: rows, leaves: bytes } = item as unknown as PageItem;
  const commits: PageCommit[] = [];
  let position = first;
  for (const [stream, version, count, requestHash] of rows) {
    commits.push({ stream, version, count, requestHash, position });
    position += count;
  }
  const leaves = Array.from({ length: size - first }, (_, leaf) =>
    bytes.subarray(leaf * HASH_BYTES, (leaf + 1) * HASH_BYTES),
  );
  return { first, size, root, sealedAt, commits, leaves };
}

type PageItem = Pick<LogPage, 'size' | 'root' | 'sealedAt'> & {
  sk: number;
  commits: [stream: string, version: number, count: number, requestHash: string][];
  leaves: Uint8Array;
};

export const fromMarker = ({ stream, version, ...marker }: Marker) => ({ pk: stream, sk: version, ...marker });

export const toMarker = ({ pk, sk, ...marker }: Record<string, unknown>) =>
  ({ stream: pk, version: sk, ...marker }) as Marker;
