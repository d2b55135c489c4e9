/**
 * Which of two objects that contradict each other was altered: the other hashes of the tree, which lead from either of
 * them to the signed root, are the witnesses.
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

/** Which of some leaves the log's tree has at a position, as far as its other tiles tell. */
async function standing({ source, checkpoint }: Log, position: number, leaves: readonly Uint8Array[]) {
  const { size, root } = checkpoint;
  try {
    const path = await inclusionProof(digest, position, size, (id) => tileOf(source, id));
    return leaves.filter((leaf) => verifyInclusion(digest, { index: position, size, leaf, path, root }));
  } catch (error) {
    if (error instanceof LogFault) return [];
    throw error;
  }
}

/** An entry whose hash is not that of its tile. */
export async function blameLeaf(log: Log, id: BundleId, at: number, leaf: Uint8Array, tile: Tile): Promise<LogFault> {
  const position = id.index * TILE_WIDTH + at;
  const told = tile.hashes[at] as Uint8Array;
  const [stands] = await standing(log, position, [leaf, told]);
  if (stands === leaf) {
    return new LogFault(tilePath(tile), `its hash ${at} was altered: the entry is the one that was signed`, position);
  }
  if (stands === told) return new LogFault(bundlePath(id), 'the entry is not the one that was signed', position);
  const what = `the entry is not the one of ${tilePath(tile)}, and neither of them is the one that was signed`;
  return new LogFault(bundlePath(id), what, position);
}

/** A bundle that cannot be read; where it begins to differ from its tile. */
export function blameBundle(id: BundleId, bytes: Uint8Array, { hashes }: Tile, what: string): LogFault {
  const leaves = entriesIn(bytes).map((entry) => leafHash(digest, entry));
  const different = hashes.findIndex((hash, at) => !leaves[at] || !equalBytes(hash, leaves[at]));
  // All entries are there, and something behind them.
  if (different < 0) return new LogFault(bundlePath(id), what, id.index * TILE_WIDTH + id.width);
  return new LogFault(bundlePath(id), what, id.index * TILE_WIDTH + different);
}

/** As many entries as can be told apart. */
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

/** A tile above the entries that is not the one that they make, although they agree with theirs. */
export async function blameTile(log: Log, { level, index, width }: Tile, at: number): Promise<LogFault> {
  const position = (index * TILE_WIDTH + at) * TILE_WIDTH ** level;
  const place = tilePath({ level, index, width });
  const { hashes } = await tileOf(log.source, tileIn(log.checkpoint.size, 0, Math.floor(position / TILE_WIDTH)));
  const [stands] = await standing(log, position, [hashes[position % TILE_WIDTH] as Uint8Array]);
  if (stands)
    return new LogFault(place, `its hash ${at} was altered: the entries are those that were signed`, position);
  const last = position + TILE_WIDTH ** level - 1;
  const what = `its hash ${at} is not that of the entries ${position} to ${last}, and they are not those that were signed`;
  return new LogFault(place, what, position);
}
