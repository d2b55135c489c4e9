import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafHash } from '../../../domain/log/merkle.ts';
import { unwrap } from '../../../domain/log/read.ts';
import {
  bundleBytes,
  bundlePath,
  bundlesBetween,
  EMPTY_EDGE,
  edgeOf,
  grow,
  parseTilePath,
  partialTiles,
  readBundle,
  readTile,
  rootOfEdge,
  smallestTreeWith,
  type Tile,
  tileBytes,
  tileIn,
  tilePath,
  tilesOf,
} from '../../../domain/log/tiles.ts';
import { naiveRoot } from '../../support/check-log.ts';

const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const leavesOf = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => leafHash(hash, Buffer.from(`entry ${from + at}`)));

describe('the paths of tiles', () => {
  it('are those of the example of C2SP tlog-tiles', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 1, index: 0, width: 17 })).toBe('tile/1/000.p/17');
    expect(bundlePath({ index: 273, width: 112 })).toBe('tile/entries/273.p/112');
    expect(bundlePath({ index: 1000, width: 256 })).toBe('tile/entries/x001/000');
  });

  it('read back as what they name, whatever the place', () => {
    const place = { index: fc.nat({ max: 2 ** 40 }), width: fc.integer({ min: 1, max: 256 }) };
    fc.assert(
      fc.property(fc.record({ level: fc.integer({ min: 0, max: 63 }), ...place }), (tile) => {
        expect(parseTilePath(tilePath(tile))).toEqual(tile);
        const { level: _, ...bundle } = tile;
        expect(parseTilePath(bundlePath(bundle))).toEqual({ level: 'entries', ...bundle });
      }),
    );
  });

  it.each([
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/1000',
    'tile/0/x000/001',
    'tile/0/001/001',
    'tile/0/x001/x067',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/entries/000/',
    'tile/entries/../000',
    'tile/data/000',
    'tiles/0/000',
    '/tile/0/000',
    `tile/0/${'x999/'.repeat(6)}999`,
  ])('do not read %s', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });
});

describe('the tiles of a tree', () => {
  it('of 70,000 and of 256 leaves are those of the example of C2SP tlog-tiles', () => {
    expect(partialTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(tileIn(70_000, 0, 272).width).toBe(256);
    expect(tileIn(70_000, 1, 0).width).toBe(256);
    expect(tileIn(70_000, 0, 274).width).toBeLessThanOrEqual(0);
    expect(partialTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(partialTiles(0)).toEqual([]);
  });

  it('hold the hashes of the definition, full and partial, and make the root of the definition', () => {
    const leaves = leavesOf(700);
    for (const size of [0, 1, 2, 255, 256, 257, 511, 512, 513, 700]) {
      const { edge, full } = grow(hash, EMPTY_EDGE, leaves.slice(0, size));
      expect(hex(rootOfEdge(hash, edge)), `${size} leaves`).toBe(hex(naiveRoot(leaves.slice(0, size))));
      const tiles = [...full, ...tilesOf(edge)];
      expect(tiles.filter(({ level }) => level === 0).reduce((sum, { width }) => sum + width, 0)).toBe(size);
      for (const { level, index, width, hashes } of tiles) {
        expect(hashes).toHaveLength(width);
        const span = 256 ** level;
        for (const [at, found] of hashes.entries()) {
          const from = (256 * index + at) * span;
          expect(hex(found)).toBe(hex(naiveRoot(leaves.slice(from, from + span))));
        }
      }
    }
  });

  it('are the same in however many steps the leaves arrive, and go on from what was published', () => {
    const leaves = leavesOf(1200);
    const whole = grow(hash, EMPTY_EDGE, leaves);
    for (const step of [1, 97, 255, 256, 257, 600]) {
      let edge = EMPTY_EDGE;
      const full: Tile[] = [];
      for (let at = 0; at < leaves.length; at += step) {
        const published = tilesOf(edge).map((tile) => unwrap(readTile(tile, tileBytes(tile))));
        const grown = grow(hash, edgeOf(edge.size, published), leaves.slice(at, at + step));
        edge = grown.edge;
        full.push(...grown.full);
      }
      expect(edge).toEqual(whole.edge);
      expect(full).toEqual(whole.full);
    }
  });

  it('reach the third level at 65,536 leaves, without ever holding more than a tile a level', () => {
    let edge = EMPTY_EDGE;
    for (let at = 0; at < 70_000; at += 1000) {
      edge = grow(hash, edge, leavesOf(1000, at)).edge;
      expect(Math.max(...edge.levels.map((hashes) => hashes.length))).toBeLessThan(256);
    }
    expect(edge.levels.map((hashes) => hashes.length)).toEqual([112, 17, 1]);
    expect(hex(rootOfEdge(hash, edge))).toBe(hex(naiveRoot(leavesOf(70_000))));
  });

  it('are refused with another number of bytes', () => {
    expect(readTile({ level: 0, index: 0, width: 2 }, new Uint8Array(63))).toHaveProperty('fault');
  });
});

describe('the smallest tree with a tile', () => {
  it.each([
    [{ level: 0, index: 0, width: 1 }, 1],
    [{ level: 0, index: 2, width: 256 }, 768],
    [{ level: 1, index: 0, width: 3 }, 768],
    [{ level: 2, index: 1, width: 1 }, 257 * 65_536],
  ] as const)('is the first that reaches it: %o', (tile, size) => {
    expect(smallestTreeWith(tile)).toBe(size);
    expect(tileIn(size, tile.level, tile.index).width).toBe(tile.width);
    expect(tileIn(size - 1, tile.level, tile.index).width).toBe(tile.width - 1);
  });

  it('has all entries of a bundle', () => {
    expect(smallestTreeWith({ level: 'entries', index: 3, width: 4 })).toBe(772);
  });
});

describe('a bundle of entries', () => {
  const entries = ['', 'a', 'x'.repeat(300), 'y'.repeat(65_535)].map((text) => new Uint8Array(Buffer.from(text)));
  const bundle = { index: 0, width: entries.length };

  it('has the length of each entry before it, in 16 bits, big-endian', () => {
    expect([...bundleBytes([new Uint8Array(258)]).subarray(0, 3)]).toEqual([1, 2, 0]);
    expect(unwrap(readBundle(bundle, bundleBytes(entries)))).toEqual(entries);
  });

  it('is refused when it breaks off or has another number of entries', () => {
    const bytes = bundleBytes(entries);
    expect(readBundle(bundle, bytes.subarray(0, -1))).toHaveProperty('fault');
    expect(readBundle(bundle, bytes.subarray(0, 1))).toHaveProperty('fault');
    expect(readBundle({ ...bundle, width: 5 }, bytes)).toHaveProperty('fault');
    expect(readBundle({ ...bundle, width: 3 }, bytes)).toHaveProperty('fault');
  });

  it('takes no entry that 16 bits cannot tell the length of', () => {
    expect(() => bundleBytes([new Uint8Array(65_536)])).toThrow(RangeError);
  });

  it('is as wide as the tree has it', () => {
    expect([...bundlesBetween(300, 700)]).toEqual([
      { index: 1, width: 256 },
      { index: 2, width: 188 },
    ]);
    expect([...bundlesBetween(256, 256)]).toEqual([]);
    expect([...bundlesBetween(0, 256)]).toEqual([{ index: 0, width: 256 }]);
  });
});
