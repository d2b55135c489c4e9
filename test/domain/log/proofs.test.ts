import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafHash } from '../../../domain/log/merkle.ts';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from '../../../domain/log/proofs.ts';
import { EMPTY_EDGE, grow, rootOfEdge, type Tile, type TileId, tilePath, tilesOf } from '../../../domain/log/tiles.ts';
import { naiveRoot } from '../../support/check-log.ts';
import probes from './published-probes.json' with { type: 'json' };

const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const hex = (one: Uint8Array) => Buffer.from(one).toString('hex');
const bytes = (base64: string | null) => new Uint8Array(Buffer.from(base64 ?? '', 'base64'));
const leaves = Array.from({ length: 1200 }, (_, at) => leafHash(hash, Buffer.from(`entry ${at}`)));
const rootOf = (size: number) => naiveRoot(leaves.slice(0, size));

/** RFC 6962 section 2.1.1, PATH, by recursion on the leaves. */
function naivePath(index: number, of: readonly Uint8Array[]): Uint8Array[] {
  if (of.length <= 1) return [];
  const split = 2 ** Math.ceil(Math.log2(of.length) - 1);
  return index < split
    ? [...naivePath(index, of.slice(0, split)), naiveRoot(of.slice(split))]
    : [...naivePath(index - split, of.slice(split)), naiveRoot(of.slice(0, split))];
}

/** RFC 6962 section 2.1.2, SUBPROOF, likewise. */
function naiveSubproof(first: number, of: readonly Uint8Array[], isWhole = true): Uint8Array[] {
  if (first === of.length) return isWhole ? [] : [naiveRoot(of)];
  const split = 2 ** Math.ceil(Math.log2(of.length) - 1);
  return first <= split
    ? [...naiveSubproof(first, of.slice(0, split), isWhole), naiveRoot(of.slice(split))]
    : [...naiveSubproof(first - split, of.slice(split), false), naiveRoot(of.slice(0, split))];
}

/** The tiles of the tree of this size, and no others. */
function tilesFor(size: number) {
  const { edge, full } = grow(hash, EMPTY_EDGE, leaves.slice(0, size));
  const published = new Map([...full, ...tilesOf(edge)].map((tile) => [tilePath(tile), tile]));
  const asked: string[] = [];
  const readTile = async (tile: TileId): Promise<Tile> => {
    asked.push(tilePath(tile));
    const found = published.get(tilePath(tile));
    if (!found) throw new Error(`${tilePath(tile)} is no tile of the tree of ${size}`);
    return found;
  };
  return { readTile, asked, root: rootOfEdge(hash, edge) };
}

const sizes = fc.integer({ min: 1, max: leaves.length });

describe('the published probes of transparency-dev/merkle', () => {
  it('are as many as were published', () => {
    expect([probes.inclusion.length, probes.consistency.length]).toEqual([98, 98]);
  });

  it.each(probes.inclusion)('$file', ({ leafIdx, treeSize, root, leafHash: leaf, proof, wantErr }) => {
    const path = (proof ?? []).map(bytes);
    const inclusion = { index: leafIdx, size: treeSize, leaf: bytes(leaf), path, root: bytes(root) };
    expect(verifyInclusion(hash, inclusion)).toBe(!wantErr);
  });

  it.each(probes.consistency)('$file', ({ size1, size2, root1, root2, proof, wantErr }) => {
    const path = (proof ?? []).map(bytes);
    const sides = { first: size1, firstRoot: bytes(root1), second: size2, secondRoot: bytes(root2) };
    expect(verifyConsistency(hash, { ...sides, path })).toBe(!wantErr);
  });
});

describe('a proof of inclusion', () => {
  it('is that of RFC 6962 for every leaf of small trees and any of larger ones, made from tiles alone', async () => {
    const check = async (size: number, index: number) => {
      const { readTile, root, asked } = tilesFor(size);
      const path = await inclusionProof(hash, index, size, readTile);
      expect(path.map(hex)).toEqual(naivePath(index, leaves.slice(0, size)).map(hex));
      const leaf = leaves[index] as Uint8Array;
      expect(verifyInclusion(hash, { index, size, leaf, path, root })).toBe(true);
      expect(new Set(asked).size, 'no tile is read twice').toBe(asked.length);
    };
    for (let size = 1; size <= 20; size += 1) for (let index = 0; index < size; index += 1) await check(size, index);
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), (size, index) => check(size, index % size)),
      {
        numRuns: 60,
        examples: [
          [257, 256],
          [513, 0],
          [1025, 1024],
        ],
      },
    );
  });

  it('does not hold for another leaf, place, size, root or path', async () => {
    const size = 700;
    const { readTile, root } = tilesFor(size);
    const path = await inclusionProof(hash, 300, size, readTile);
    const whole = { index: 300, size, leaf: leaves[300] as Uint8Array, path, root };
    expect(verifyInclusion(hash, whole)).toBe(true);
    const flipped = path.map((one, at) => (at === 4 ? one.map((byte, bit) => (bit === 0 ? byte ^ 1 : byte)) : one));
    for (const wrong of [
      { leaf: leaves[301] as Uint8Array },
      { index: 301 },
      { index: 700 },
      { size: 699, index: 600 },
      { root: rootOf(699) },
      { path: path.slice(1) },
      { path: [...path, root] },
      { path: flipped },
      { path: [new Uint8Array(31), ...path.slice(1)] },
    ]) {
      expect(verifyInclusion(hash, { ...whole, ...wrong })).toBe(false);
    }
  });
});

describe('a proof of consistency', () => {
  it('is that of RFC 6962 between any two sizes, made from the tiles of the larger tree', async () => {
    const check = async (first: number, second: number) => {
      const { readTile, root } = tilesFor(second);
      const path = await consistencyProof(hash, first, second, readTile);
      expect(path.map(hex)).toEqual(naiveSubproof(first, leaves.slice(0, second)).map(hex));
      const sides = { first, firstRoot: rootOf(first), second, secondRoot: root, path };
      expect(verifyConsistency(hash, sides)).toBe(true);
      if (first < second) {
        expect(verifyConsistency(hash, { ...sides, firstRoot: rootOf(first - 1) })).toBe(false);
        expect(verifyConsistency(hash, { ...sides, first: first + 1 })).toBe(false);
        expect(verifyConsistency(hash, { ...sides, path: [...path, root] })).toBe(false);
      }
    };
    for (let second = 1; second <= 18; second += 1) {
      for (let first = 1; first <= second; first += 1) await check(first, second);
    }
    await fc.assert(
      fc.asyncProperty(sizes, sizes, (one, other) => check(Math.min(one, other), Math.max(one, other))),
      {
        numRuns: 60,
        examples: [
          [256, 257],
          [255, 256],
          [1, 1200],
        ],
      },
    );
  });

  it('finds a tree that took something back', () => {
    expect(
      verifyConsistency(hash, { first: 9, firstRoot: rootOf(9), second: 8, secondRoot: rootOf(8), path: [] }),
    ).toBe(false);
  });
});
