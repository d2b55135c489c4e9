/**
 * The log's mathematics: the Merkle tree of RFC 6962 section 2.1 (the same as RFC 9162 section 2.1), grown leaf by
 * leaf from its compact range. Pure and free of Node.js: the caller provides SHA-256.
 */
import { equalBytes } from './bytes.ts';

/** SHA-256 of some bytes. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/**
 * The state of a growing tree: its number of leaves, and the roots of the perfect subtrees that they fill, largest
 * (leftmost) first. There is one subtree for each one in the binary form of `size`.
 */
export type CompactRange = { readonly size: number; readonly frontier: readonly Uint8Array[] };

export const HASH_BYTES = 32;

export const EMPTY_RANGE: CompactRange = { size: 0, frontier: [] };

/** SHA-256(0x00 ‖ entry): the prefix distinguishes leaves from nodes (RFC 6962 section 2.1). */
export function leafHash(hash: Hash, entry: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + entry.length);
  bytes.set(entry, 1);
  return hash(bytes);
}

/** The index of the first leaf hash that is not that of its entry, or has no entry; -1 if there is none. */
export const firstAltered = (hash: Hash, entries: readonly Uint8Array[], leaves: readonly Uint8Array[]): number =>
  leaves.findIndex((leaf, at) => {
    const entry = entries[at];
    return !entry || !equalBytes(leafHash(hash, entry), leaf);
  });

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + left.length + right.length);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + left.length);
  return hash(bytes);
}

/** The range with more leaf hashes. A leaf costs one node hash on average, however large the tree is. */
export function append(hash: Hash, range: CompactRange, leaves: Iterable<Uint8Array>): CompactRange {
  const frontier = [...range.frontier];
  let { size } = range;
  for (const leaf of leaves) {
    let subtree = leaf;
    // Every trailing one of `size` is a perfect subtree as large as the current one: like a carry, they become one.
    // Division, not shifts: a position may pass 2^31.
    for (let ones = size; ones % 2 === 1; ones = (ones - 1) / 2) {
      const left = frontier.pop();
      if (left === undefined) throw new RangeError(`a range of ${range.size} leaves needs more subtrees than it has`);
      subtree = nodeHash(hash, left, subtree);
    }
    frontier.push(subtree);
    size += 1;
  }
  return { size, frontier };
}

/** The Merkle tree hash of everything in the range; SHA-256 of nothing for the empty tree. */
export function rootOf(hash: Hash, frontier: readonly Uint8Array[]): Uint8Array {
  if (frontier.length === 0) return hash(new Uint8Array());
  return frontier.reduceRight((right, left) => nodeHash(hash, left, right));
}
