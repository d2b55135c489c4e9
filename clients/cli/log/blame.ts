/**
 * Which of two contradicting objects was altered: the one from which the other hashes of the tree do not lead to the
 * signed root.
 */
import { equalBytes } from '../../../domain/log/bytes.ts';
import type { Checkpoint } from '../../../domain/log/checkpoint.ts';
import { leafHash } from '../../../domain/log/merkle.ts';
import { inclusionProof, verifyInclusion } from '../../../domain/log/proofs.ts';
import { type BundleId, bundlePath, TILE_WIDTH, type Tile, tileIn, tilePath } from '../../../domain/log/tiles.ts';
import { digest } from './crypto.ts';
import { LogFault } from './fault.ts';
import { type LogSource, tileOf } from './source.ts';

export interface Log {
  readonly source: LogSource;
  /** A checkpoint of it whose signature was checked. */
  readonly checkpoint: Checkpoint;
}

/** Those of some leaves that the signed root proves at a position; none when tiles are missing. */
async function provenAt({ source, checkpoint }: Log, position: number, leaves: readonly Uint8Array[]) {
  const { size, root } = checkpoint;
  try {
    const path = await inclusionProof(digest, position, size, (id) => tileOf(source, id));
    return leaves.filter((leaf) => verifyInclusion(digest, { index: position, size, leaf, path, root }));
  } catch (error) {
    if (error instanceof LogFault) return [];
    throw error;
  }
}

/** For an entry whose hash is not the one in its tile. */
export async function blameLeaf(log: Log, id: BundleId, at: number, leaf: Uint8Array, tile: Tile): Promise<LogFault> {
  const position = id.index * TILE_WIDTH + at;
  const inTile = tile.hashes[at] as Uint8Array;
  const [signed] = await provenAt(log, position, [leaf, inTile]);
  if (signed === leaf) {
    return new LogFault(tilePath(tile), `its hash ${at} was altered: the entry is the one that was signed`, position);
  }
  if (signed === inTile) return new LogFault(bundlePath(id), 'the entry is not the one that was signed', position);
  const what = `the entry is not the one of ${tilePath(tile)}, and neither of them is the one that was signed`;
  return new LogFault(bundlePath(id), what, position);
}

/** For a bundle that cannot be read: names the position where it begins to differ from its tile. */
export function blameBundle(id: BundleId, bytes: Uint8Array, { hashes }: Tile, what: string): LogFault {
  const leaves = entriesIn(bytes).map((entry) => leafHash(digest, entry));
  const different = hashes.findIndex((hash, at) => !leaves[at] || !equalBytes(hash, leaves[at]));
  // All entries are there, with something after them.
  if (different < 0) return new LogFault(bundlePath(id), what, id.index * TILE_WIDTH + id.width);
  return new LogFault(bundlePath(id), what, id.index * TILE_WIDTH + different);
}

/** The entries up to the first that is incomplete. */
function entriesIn(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    if (end > bytes.length) break;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** For a tile above level 0 that does not follow from the entries, although these agree with their own tiles. */
export async function blameTile(log: Log, { level, index, width }: Tile, at: number): Promise<LogFault> {
  const position = (index * TILE_WIDTH + at) * TILE_WIDTH ** level;
  const place = tilePath({ level, index, width });
  const { hashes } = await tileOf(log.source, tileIn(log.checkpoint.size, 0, Math.floor(position / TILE_WIDTH)));
  const [signed] = await provenAt(log, position, [hashes[position % TILE_WIDTH] as Uint8Array]);
  if (signed)
    return new LogFault(place, `its hash ${at} was altered: the entries are those that were signed`, position);
  const last = position + TILE_WIDTH ** level - 1;
  const what = `its hash ${at} is not that of the entries ${position} to ${last}, and they are not those that were signed`;
  return new LogFault(place, what, position);
}
