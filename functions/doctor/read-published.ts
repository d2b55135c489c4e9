import { equalBytes } from '../../domain/log/bytes.ts';
import { type Checkpoint, openCheckpoint } from '../../domain/log/checkpoint.ts';
import { leafHash } from '../../domain/log/merkle.ts';
import { parseVerifierKey } from '../../domain/log/note.ts';
import { isFault, type Read } from '../../domain/log/read.ts';
import { bundlePath, bundlesBetween, TILE_WIDTH, tileIn, tilePath } from '../../domain/log/tiles.ts';
import { verifyEd25519 } from '../runtime/ed25519.ts';
import { sha256 } from '../runtime/sha256.ts';
import { type Commit, keyText } from '../stores/commits.ts';
import type { LogEnd } from '../stores/log-repair.ts';
import { type PublishedLog, pageKey, VKEY } from '../stores/published-log.ts';
import { type PublishedPage, publishedPage } from '../stores/published-page.ts';
import { isUnreadable, readCommit, type Sealable } from '../stores/sealable.ts';
import { type DesiredPage, pageAfter, publishedBytes } from './desired-pages.ts';

/**
 * Reads the published log. Everything is verified: the checkpoint by its signature, every page by the root that its
 * entries make with all before them, and the last root by the checkpoint.
 */

/** The published log is inconsistent; the message says where. */
export class PublishedLogBroken extends Error {
  override readonly name = 'PublishedLogBroken';
}

export interface SignedTree extends Checkpoint {
  /** The signed note, verbatim. */
  readonly note: string;
}

type PublishedReader = Pick<PublishedLog, 'get' | 'bundle' | 'tile' | 'checkpoint' | 'vkey'>;

/** The signed tree; undefined if nothing was ever published. `vkey`: the verifier key, if the caller knows it. */
export async function readSignedTree(
  published: PublishedReader,
  origin: string,
  vkey?: string,
): Promise<SignedTree | undefined> {
  const found = await published.checkpoint();
  if (!found) return undefined;
  const text = vkey ?? (await published.vkey());
  if (text === undefined) throw new PublishedLogBroken(`there is a checkpoint and no ${VKEY}`);
  const key = holding(VKEY, parseVerifierKey(sha256, text.trimEnd()));
  if (key.name !== origin) throw new PublishedLogBroken(`${VKEY}: it is the key of ${key.name}, not of ${origin}`);
  const checkpoint = holding('checkpoint', await openCheckpoint(found.note, key, verifyEd25519));
  return { ...checkpoint, note: found.note };
}

/** The published pages from where `at` ends to the end of the signed tree. @throws PublishedLogBroken */
export async function* readPublished(
  published: PublishedReader,
  at: LogEnd,
  tree: SignedTree | undefined,
): AsyncGenerator<DesiredPage> {
  if (!tree || at.size >= tree.size) return;
  const entries = readEntries(published, at.size, tree.size);
  let before = at;
  while (before.size < tree.size) {
    const place = pageKey(before.size);
    const bytes = await published.get(place);
    if (!bytes) throw new PublishedLogBroken(`there is no ${place}`);
    const page = parsePage(place, bytes);
    if (page.first !== before.size || page.size > tree.size) {
      throw new PublishedLogBroken(`${place}: it holds other positions than those from ${before.size} on`);
    }
    const texts: string[] = [];
    while (texts.length < page.size - page.first) texts.push((await entries.next()).value as string);
    const next = await pageOf(place, bytes, page, texts, before).catch(async (error) => {
      throw (await alteredEntry(published, page.first, texts, tree)) ?? error;
    });
    yield next;
    before = next.after;
  }
  if (!equalBytes(before.root, tree.root)) {
    throw new PublishedLogBroken(`checkpoint: the entries do not make the root that is signed for ${tree.size}`);
  }
}

/** The page that a published page and its entries make. @throws PublishedLogBroken unless it is the sealed one */
async function pageOf(place: string, bytes: Uint8Array, page: PublishedPage, texts: string[], before: LogEnd) {
  const sealed = commitsOf(page, texts).map((commit) => sealable(place, commit));
  const next = pageAfter(before, sealed, page.sealedAt);
  if (Buffer.from(next.page.root).toString('hex') !== page.root) {
    throw new PublishedLogBroken(`${place}: the entries before ${page.size} do not make its root`);
  }
  holdToBytes(place, bytes, next);
  return next;
}

/** Explains a page that does not fit: its first entry that is not that of its leaf in the signed tree, if any. */
async function alteredEntry(published: PublishedReader, first: number, texts: readonly string[], { size }: SignedTree) {
  for (const [at, text] of texts.entries()) {
    const index = Math.floor((first + at) / TILE_WIDTH);
    const id = tileIn(size, 0, index);
    const leaf = holding(tilePath(id), await published.tile(id)).hashes[(first + at) % TILE_WIDTH];
    if (leaf && equalBytes(leaf, leafHash(sha256, Buffer.from(text)))) continue;
    return new PublishedLogBroken(
      `${bundlePath(id)}: the entry ${first + at} is not that of its leaf in ${tilePath(id)}`,
    );
  }
  return undefined;
}

/** The texts of the entries `from` ≤ position < `to`. */
async function* readEntries(published: PublishedReader, from: number, to: number): AsyncGenerator<string> {
  for (const bundle of bundlesBetween(from, to)) {
    const path = bundlePath(bundle);
    const skipped = Math.max(0, from - bundle.index * TILE_WIDTH);
    for (const entry of holding(path, await published.bundle(bundle)).slice(skipped)) {
      const text = Buffer.from(entry).toString();
      if (!Buffer.from(text).equals(entry)) throw new PublishedLogBroken(`${path}: an entry is not UTF-8`);
      yield text;
    }
  }
}

export function parsePage(place: string, bytes: Uint8Array): PublishedPage {
  try {
    const page = publishedPage.parse(JSON.parse(Buffer.from(bytes).toString()));
    const count = page.commits.reduce((sum, commit) => sum + commit.count, 0);
    const isTime = new Date(page.sealedAt).toISOString() === page.sealedAt;
    if (count === page.size - page.first && count > 0 && isTime) return page;
  } catch {}
  throw new PublishedLogBroken(`${place}: it is not a page`);
}

function commitsOf({ commits }: PublishedPage, entries: readonly string[]): Commit[] {
  let at = 0;
  return commits.map(({ count, ...commit }) => {
    at += count;
    return { ...commit, events: entries.slice(at - count, at) };
  });
}

function sealable(place: string, commit: Commit): Sealable {
  const found = readCommit(commit);
  if (isUnreadable(found)) throw new PublishedLogBroken(`${place}: ${keyText(commit)}: ${found.fault}`);
  return found;
}

/** Pages are written once: one with other bytes, even of the same meaning, would block the publisher. */
export function holdToBytes(place: string, bytes: Uint8Array, desired: DesiredPage): void {
  if (!equalBytes(publishedBytes(desired), bytes))
    throw new PublishedLogBroken(`${place}: it is not what was published`);
}

function holding<Value>(place: string, read: Read<Value>): Value {
  if (isFault(read)) throw new PublishedLogBroken(`${place}: ${read.fault}`);
  return read.value;
}
