import { equalBytes } from '../../domain/log/bytes.ts';
import { type Checkpoint, formatCheckpoint, openCheckpoint } from '../../domain/log/checkpoint.ts';
import { firstAltered } from '../../domain/log/merkle.ts';
import { formatNote, formatVerifierKey, keyId, type VerifierKey, verifierKey } from '../../domain/log/note.ts';
import { isFault, type Read } from '../../domain/log/read.ts';
import { EMPTY_EDGE, edgeOf, partialTiles, rootOfEdge, TILE_WIDTH, type TileEdge } from '../../domain/log/tiles.ts';
import { type Backoff, RetryableError, retry } from '../runtime/backoff.ts';
import { verifyEd25519 } from '../runtime/ed25519.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { WorkProgress } from '../runtime/wake-up.ts';
import { type TableNames, whyNotContinued } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import {
  CheckpointRemoved,
  DifferentObject,
  type PublishedCheckpoint,
  type PublishedLog,
} from '../stores/published-log.ts';
import type { Signer } from './signer.ts';
import { type End, LogContradicted, type WriteDeps, writeObjects } from './write-objects.ts';

export interface PublisherDeps extends WriteDeps {
  readonly log: WriteDeps['log'] & Pick<LogStore, 'readHead' | 'pageAt' | 'halt'>;
  readonly published: PublishedLog;
  /** Each signs every checkpoint, under the log's name. The first one's key is the log's verifier key. */
  readonly signers: readonly [Signer, ...Signer[]];
  readonly tables: TableNames;
  /** The log's name: the registry's origin. */
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly backoff: Backoff;
}

/** Nothing may be published: HEAD is halted, or names other tables. */
class PublisherRefuses extends Error {
  override readonly name = 'PublisherRefuses';
}

/** Lost races in a row, at most. */
const ATTEMPTS = 8;

/**
 * Extends the published log from its checkpoint to HEAD, or as far as possible until `deadline`. The checkpoint is the
 * only cursor. It is read before HEAD, so that HEAD is not behind what others publish meanwhile. It is replaced last,
 * on condition that it is still the one that was read and checked before signing. The log without events is published,
 * too: as a checkpoint of size 0. A contradiction between the published log and the sealed one halts the latter.
 */
export async function publish(deps: PublisherDeps, deadline: number): Promise<WorkProgress> {
  try {
    for (;;) {
      const done = await retry(() => publishNext(deps, deadline), { attempts: ATTEMPTS, backoff: deps.backoff });
      if (done !== 'published') return done;
    }
  } catch (error) {
    if (isContradiction(error)) await deps.log.halt(error.message, deps.tables);
    throw error;
  }
}

/** Whether an error halts the log: anything signed from now on could be a fork. */
export const isContradiction = (error: unknown): error is Error =>
  error instanceof LogContradicted || error instanceof DifferentObject || error instanceof CheckpointRemoved;

async function publishNext(deps: PublisherDeps, deadline: number): Promise<WorkProgress | 'published'> {
  const { log, published, origin, clock } = deps;
  const before = await published.checkpoint();
  const head = await log.readHead();
  const refusal = whyNotContinued(head, deps.tables);
  if (refusal !== undefined) throw new PublisherRefuses(refusal);
  const size = head?.size ?? 0;
  const key = verifierKey(sha256, origin, await deps.signers[0].publicKey());
  const from = before ? await checkedCheckpoint(before, key, size, log) : EMPTY_TREE;
  if (before && from.size === size) return 'current';
  if (clock() >= deadline) return 'more';

  await nextSecond(before, deps);
  const end = await endOf(from, published);
  const tree = size === 0 ? EMPTY_TREE : await writeObjects(deps, end, size, () => clock() >= deadline);
  const note = await signedNote(key, tree, deps.signers);
  if (!before) await published.putVkey(`${formatVerifierKey(key)}\n`);
  if (await published.replaceCheckpoint(note, before)) return 'published';
  throw new RetryableError(`others have replaced the checkpoint ${ATTEMPTS} times while it was made`);
}

type Tree = Pick<Checkpoint, 'size' | 'root'>;

/** That of no leaves: its root is the hash of the empty string (RFC 6962 section 2.1). */
const EMPTY_TREE: Tree = { size: 0, root: rootOfEdge(sha256, EMPTY_EDGE) };

/** The published tree. @throws LogContradicted unless the log, of so many events, has a page that ends with it */
async function checkedCheckpoint(
  before: PublishedCheckpoint,
  key: VerifierKey,
  sealed: number,
  log: Pick<LogStore, 'pageAt'>,
): Promise<Tree> {
  const { size, root } = holding(await openCheckpoint(before.note, key, verifyEd25519));
  if (size > sealed) throw new LogContradicted(`${size} events are published, and HEAD knows of ${sealed}`);
  const tree = size === 0 ? EMPTY_TREE : await log.pageAt(size - 1);
  if (tree?.size !== size || !equalBytes(tree.root, root)) {
    throw new LogContradicted(`the log does not begin with the ${size} events that are published`);
  }
  return { size, root };
}

/** The end of the published log, checked against the checkpoint. */
async function endOf({ size, root }: Tree, published: PublishedLog): Promise<End> {
  if (size === 0) return { edge: EMPTY_EDGE, pending: [] };
  const tiles = await Promise.all(partialTiles(size).map(async (tile) => holding(await published.tile(tile))));
  const edge = edgeOf(size, tiles);
  if (!equalBytes(rootOfEdge(sha256, edge), root)) {
    throw new LogContradicted(`the published tiles do not make the root of the published checkpoint of ${size}`);
  }
  return { edge, pending: await pendingOf(edge, published) };
}

async function pendingOf({ size, levels: [leaves = []] }: TileEdge, published: PublishedLog): Promise<Uint8Array[]> {
  if (leaves.length === 0) return [];
  const entries = holding(await published.bundle({ index: Math.floor(size / TILE_WIDTH), width: leaves.length }));
  const altered = firstAltered(sha256, entries, leaves);
  if (altered < 0) return entries;
  throw new LogContradicted(`the published entry ${size - leaves.length + altered} is not the one of its leaf`);
}

function holding<Value>(read: Read<Value>): Value {
  if (isFault(read)) throw new LogContradicted(read.fault);
  return read.value;
}

async function signedNote(key: VerifierKey, { size, root }: Tree, signers: readonly Signer[]): Promise<string> {
  const { name } = key;
  const text = formatCheckpoint({ origin: name, size, root });
  const signatureOf = async (signer: Signer) => ({
    name,
    id: keyId(sha256, name, signer.type, await signer.publicKey()),
    signature: await signer.sign(Buffer.from(text)),
  });
  const note = formatNote({ text, signatures: await Promise.all(signers.map(signatureOf)) });
  const opened = await openCheckpoint(note, key, verifyEd25519);
  if (isFault(opened)) throw new Error(`the signer gave no signature of its key: ${opened.fault}`);
  return note;
}

/** At most one checkpoint a second: S3 records only the second in which the one before was written. */
async function nextSecond(before: PublishedCheckpoint | undefined, { clock, sleep }: PublisherDeps): Promise<void> {
  const wait = (before?.publishedAt ?? 0) + 1000 - clock();
  // A clock far behind S3's must not cause a longer wait.
  if (wait > 0) await sleep(Math.min(wait, 1000));
}
