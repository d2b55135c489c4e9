/**
 * Proofs of inclusion and consistency, made from tiles (RFC 6962 sections 2.1.1 and 2.1.2), and verified by the
 * algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2. Numbers are divided, not shifted: a position may pass 2^31.
 */
import { equalBytes } from './bytes.ts';
import { HASH_BYTES, type Hash, nodeHash, rootOf } from './merkle.ts';
import { subtreeRoot, TILE_WIDTH, type Tile, type TileId, tileIn } from './tiles.ts';

/** Leaves `from` ≤ position < `to`. */
type Leaves = readonly [from: number, to: number];

/** The largest power of two below `size`. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The subtrees whose hashes are the audit path of a leaf, from its sibling to the root's child. */
function inclusionLeaves(index: number, [from, to]: Leaves): Leaves[] {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...inclusionLeaves(index, [from, middle]), [middle, to]]
    : [...inclusionLeaves(index, [middle, to]), [from, middle]];
}

/** The subtrees whose hashes prove that the tree of `to` begins with that of `size` leaves; SUBPROOF of RFC 6962. */
function consistencyLeaves(size: number, [from, to]: Leaves, isWhole: boolean): Leaves[] {
  if (size === to) return isWhole ? [] : [[from, to]];
  const middle = from + splitOf(to - from);
  return size <= middle
    ? [...consistencyLeaves(size, [from, middle], isWhole), [middle, to]]
    : [...consistencyLeaves(size, [middle, to], false), [from, middle]];
}

/** Reads a tile of a tree, as wide as it is there. */
export type ReadTile = (tile: TileId) => Promise<Tile>;

/** The audit path of a leaf in a tree of `size` leaves, from the leaf's sibling up. */
export const inclusionProof = (hash: Hash, index: number, size: number, readTile: ReadTile): Promise<Uint8Array[]> =>
  hashesOf(hash, size, inclusionLeaves(index, [0, size]), readTile);

/** The proof that the first `from` leaves of a tree of `size` leaves are those of an earlier one; 0 < from ≤ size. */
export const consistencyProof = (hash: Hash, from: number, size: number, readTile: ReadTile): Promise<Uint8Array[]> =>
  hashesOf(hash, size, consistencyLeaves(from, [0, size], true), readTile);

async function hashesOf(hash: Hash, size: number, wanted: readonly Leaves[], readTile: ReadTile) {
  const tiles = new Map<string, Promise<Tile>>();
  const tileAt = (level: number, index: number): Promise<Tile> => {
    const key = `${level}/${index}`;
    const found = tiles.get(key) ?? readTile(tileIn(size, level, index));
    tiles.set(key, found);
    return found;
  };

  /** The root of `width` leaves from `from` on: a perfect subtree, whose hashes are within one tile. */
  async function perfect(from: number, width: number): Promise<Uint8Array> {
    let level = 0;
    let unit = 1;
    while (unit * TILE_WIDTH <= width) {
      level += 1;
      unit *= TILE_WIDTH;
    }
    const first = from / unit;
    const { hashes } = await tileAt(level, Math.floor(first / TILE_WIDTH));
    const offset = first % TILE_WIDTH;
    return subtreeRoot(hash, hashes.slice(offset, offset + width / unit));
  }

  return Promise.all(
    wanted.map(async ([from, to]) => {
      const subtrees: Promise<Uint8Array>[] = [];
      for (let at = from; at < to; ) {
        let width = 1;
        while (width * 2 <= to - at) width *= 2;
        subtrees.push(perfect(at, width));
        at += width;
      }
      return rootOf(hash, await Promise.all(subtrees));
    }),
  );
}

const isOdd = (number: number): boolean => number % 2 === 1;
const half = (number: number): number => Math.floor(number / 2);
const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every(({ length }) => length === HASH_BYTES);

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Whether the leaf is at `index` in the tree with this root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(hash: Hash, { index, size, leaf, path, root }: Inclusion): boolean {
  if (index >= size || !areHashes([leaf, ...path])) return false;
  let at = index;
  let last = size - 1;
  let reached = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      reached = nodeHash(hash, sibling, reached);
      while (!isOdd(at) && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      reached = nodeHash(hash, reached, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && equalBytes(reached, root);
}

export interface Consistency {
  readonly first: number;
  readonly firstRoot: Uint8Array;
  readonly second: number;
  readonly secondRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/**
 * Whether the tree of `second` leaves begins with that of `first` leaves (RFC 9162 section 2.1.4.2), 0 < first ≤
 * second. Every tree begins with the empty one, so there is no proof of that.
 */
export function verifyConsistency(hash: Hash, { first, firstRoot, second, secondRoot, path }: Consistency): boolean {
  if (first < 1 || first > second || !areHashes(path)) return false;
  if (first === second) return path.length === 0 && equalBytes(firstRoot, secondRoot);
  const isPowerOfTwo = splitOf(first + 1) === first;
  const [start, ...rest] = isPowerOfTwo ? [firstRoot, ...path] : path;
  if (start === undefined) return false;
  let at = first - 1;
  let last = second - 1;
  while (isOdd(at)) {
    at = half(at);
    last = half(last);
  }
  let one = start;
  let other = start;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      one = nodeHash(hash, sibling, one);
      other = nodeHash(hash, sibling, other);
      while (!isOdd(at) && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      other = nodeHash(hash, other, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && equalBytes(one, firstRoot) && equalBytes(other, secondRoot);
}
