import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { formatCheckpoint } from '../../domain/log/checkpoint.ts';
import { leafHash } from '../../domain/log/merkle.ts';
import { ED25519, formatNote, formatVerifierKey, keyId, verifierKey } from '../../domain/log/note.ts';
import { formatProof } from '../../domain/log/proof-file.ts';
import { inclusionProof } from '../../domain/log/proofs.ts';
import { EMPTY_EDGE, grow, rootOfEdge, tilePath, tilesOf } from '../../domain/log/tiles.ts';
import { sha256 } from './row-tree.ts';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key of a log that signs the same things the same way on every machine. */
export function fixedKey(origin: string, seed = 7) {
  const key = Buffer.concat([PKCS8, Buffer.alloc(32, seed)]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const raw = new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32));
  return {
    privateKey,
    raw,
    key: verifierKey(sha256, origin, raw),
    vkey: formatVerifierKey(verifierKey(sha256, origin, raw)),
  };
}

/** The proof (C2SP tlog-proof) of an entry in a log of these entries. */
export async function provenInLog(
  entries: readonly string[],
  index: number,
  { key, raw, privateKey }: ReturnType<typeof fixedKey>,
) {
  const leaves = entries.map((entry) => leafHash(sha256, new TextEncoder().encode(entry)));
  const { edge, full } = grow(sha256, EMPTY_EDGE, leaves);
  const tiles = new Map([...full, ...tilesOf(edge)].map((tile) => [tilePath(tile), tile]));
  const path = await inclusionProof(
    sha256,
    index,
    entries.length,
    async (tile) => tiles.get(tilePath(tile)) ?? { ...tile, hashes: [] },
  );
  const text = formatCheckpoint({ origin: key.name, size: entries.length, root: rootOfEdge(sha256, edge) });
  const signature = new Uint8Array(sign(null, Buffer.from(text), privateKey));
  const checkpoint = formatNote({
    text,
    signatures: [{ name: key.name, id: keyId(sha256, key.name, ED25519, raw), signature }],
  });
  return formatProof({ index, path, checkpoint });
}
