import { HASH_BYTES } from '../../../domain/log/merkle.ts';
import { bundlePath, bundlesBetween, TILE_WIDTH, tileIn, tilePath } from '../../../domain/log/tiles.ts';

export interface LogObject {
  readonly path: string;
  /** The length of a tile; that of a bundle depends on its entries. */
  readonly bytes?: number;
}

/** All objects besides the checkpoint that verifying a log of this size reads: the widest tiles and bundles. */
export function* objectsOf(size: number): Generator<LogObject> {
  for (const bundle of bundlesBetween(0, size)) yield { path: bundlePath(bundle) };
  for (let level = 0; tileIn(size, level, 0).width > 0; level += 1) {
    for (let index = 0; tileIn(size, level, index).width > 0; index += 1) {
      const tile = tileIn(size, level, index);
      yield { path: tilePath(tile), bytes: tile.width * HASH_BYTES };
    }
  }
}

/** The number of objects that `objectsOf` yields. */
export function objectCount(size: number): number {
  let count = Math.ceil(size / TILE_WIDTH);
  for (let hashes = size; hashes > 0; hashes = Math.floor(hashes / TILE_WIDTH)) count += Math.ceil(hashes / TILE_WIDTH);
  return count;
}
