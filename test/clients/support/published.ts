import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import canonicalize from 'canonicalize';
import { formatCheckpoint } from '../../../domain/log/checkpoint.ts';
import { leafHash } from '../../../domain/log/merkle.ts';
import { formatNote, formatVerifierKey, type VerifierKey, verifierKey } from '../../../domain/log/note.ts';
import { formatProof } from '../../../domain/log/proof-file.ts';
import { inclusionProof } from '../../../domain/log/proofs.ts';
import { unwrap } from '../../../domain/log/read.ts';
import {
  bundleBytes,
  bundlePath,
  bundlesBetween,
  EMPTY_EDGE,
  grow,
  readTile,
  rootOfEdge,
  type TileEdge,
  tileBytes,
  tilePath,
  tilesOf,
} from '../../../domain/log/tiles.ts';

const ORIGIN = 'registry.example.org';
export const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

export interface Signer {
  readonly privateKey: KeyObject;
  readonly key: VerifierKey;
  readonly vkey: string;
}

export function createSigner(name = ORIGIN): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url');
  const key = verifierKey(sha256, name, bytes);
  return { privateKey, key, vkey: formatVerifierKey(key) };
}

/** A canonical event, small; `fill` makes another one of it. */
export const eventAt = (position: number, fill = ''): string =>
  canonicalize({
    id: `agreement-${position}/1`,
    subject: `agreement-${position}`,
    time: '2026-02-03T04:05:06.789Z',
    type: 'agreement.signed',
    data: { fill },
  }) as string;

export const eventsUpTo = (count: number): string[] => Array.from({ length: count }, (_, at) => eventAt(at));

/** A log as its publisher leaves it: every object under its path, written once, and a checkpoint that is replaced. */
export interface PublishedLog {
  readonly objects: Map<string, Uint8Array>;
  readonly signer: Signer;
  /** The events of the last publishing. */
  events: readonly string[];
  /** Publishes further events: all that there are now. */
  publish(events: readonly string[]): void;
  /** The tlog-proof of a position under the checkpoint that stands. */
  proof(position: number): Promise<string>;
}

export function publishedLog(events: readonly string[], signer = createSigner()): PublishedLog {
  const objects = new Map<string, Uint8Array>([['vkey', Buffer.from(`${signer.vkey}\n`)]]);
  let edge: TileEdge = EMPTY_EDGE;
  const log: PublishedLog = {
    objects,
    signer,
    events: [],
    publish(all) {
      const entries = all.map((event) => Buffer.from(event));
      const grown = grow(
        sha256,
        edge,
        entries.slice(edge.size).map((entry) => leafHash(sha256, entry)),
      );
      for (const bundle of bundlesBetween(edge.size, all.length)) {
        const from = bundle.index * 256;
        objects.set(bundlePath(bundle), bundleBytes(entries.slice(from, from + bundle.width)));
      }
      edge = grown.edge;
      for (const tile of [...grown.full, ...tilesOf(edge)]) objects.set(tilePath(tile), tileBytes(tile));
      log.events = all;
      objects.set('checkpoint', Buffer.from(noteOf(signer, all.length, rootOfEdge(sha256, edge))));
    },
    async proof(index) {
      const path = await inclusionProof(sha256, index, log.events.length, async (id) =>
        unwrap(readTile(id, objects.get(tilePath(id)) ?? new Uint8Array())),
      );
      return formatProof({ index, path, checkpoint: Buffer.from(objects.get('checkpoint') ?? '').toString() });
    },
  };
  log.publish(events);
  return log;
}

/** A checkpoint that the signer has signed. */
export function noteOf({ privateKey, key }: Signer, size: number, root: Uint8Array): string {
  const text = formatCheckpoint({ origin: key.name, size, root });
  return formatNote({ text, signatures: [{ ...key, signature: sign(null, Buffer.from(text), privateKey) }] });
}
