import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { formatCheckpoint } from '../../domain/log/checkpoint.ts';
import { leafHash } from '../../domain/log/merkle.ts';
import { formatNote, formatVerifierKey, verifierKey } from '../../domain/log/note.ts';
import {
  bundleBytes,
  bundlePath,
  bundlesBetween,
  EMPTY_EDGE,
  grow,
  rootOfEdge,
  TILE_WIDTH,
  tileBytes,
  tilePath,
  tilesOf,
} from '../../domain/log/tiles.ts';
import { keyText } from '../../functions/shared/commits.ts';
import { sha256 } from '../../functions/shared/sha256.ts';
import { ORIGIN } from './commits.ts';
import type { TestRegistry } from './registry.ts';

// PKCS #8 and SubjectPublicKeyInfo of Ed25519 keys have these bytes before the 32 of the key (RFC 8410).
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const privateKey = createPrivateKey({
  key: Buffer.concat([PRIVATE_PREFIX, Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
});
const publicBytes = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.length);

/** The key that published logs of tests are signed with, and the means to verify what is read from them. */
export const testKey = verifierKey(sha256, ORIGIN, publicBytes);
export const verifying = {
  hash: sha256,
  verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
    verify(null, message, { key: Buffer.concat([PUBLIC_PREFIX, key]), format: 'der', type: 'spki' }, signature),
};

/** The sealed entries from position 0 on. */
export async function sealedEntries({ log, commits }: Pick<TestRegistry, 'log' | 'commits'>): Promise<Buffer[]> {
  const entries: Buffer[] = [];
  for await (const page of log.readPages(0)) {
    const found = await commits.readCommits(page.commits);
    for (const key of page.commits) {
      entries.push(...(found.get(keyText(key))?.events ?? []).map((event) => Buffer.from(event)));
    }
  }
  return entries;
}

/** Publishes everything that is sealed, by nothing but the mathematics of the log: no page, no check, no cursor. */
export async function publishByHand(registry: Pick<TestRegistry, 'log' | 'commits' | 'published'>): Promise<number> {
  const { published } = registry;
  const entries = await sealedEntries(registry);
  const { edge, full } = grow(
    sha256,
    EMPTY_EDGE,
    entries.map((entry) => leafHash(sha256, entry)),
  );
  for (const tile of [...full, ...tilesOf(edge)]) await published.putOnce(tilePath(tile), tileBytes(tile));
  for (const bundle of bundlesBetween(0, entries.length)) {
    const from = bundle.index * TILE_WIDTH;
    await published.putOnce(bundlePath(bundle), bundleBytes(entries.slice(from, from + bundle.width)));
  }
  const text = formatCheckpoint({ origin: ORIGIN, size: edge.size, root: rootOfEdge(sha256, edge) });
  await published.putVkey(`${formatVerifierKey(testKey)}\n`);
  const note = formatNote(text, testKey, sign(null, Buffer.from(text), privateKey));
  await published.replaceCheckpoint(note, await published.checkpoint());
  return edge.size;
}
