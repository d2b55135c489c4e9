/**
 * The Merkle tree cut into tiles (C2SP tlog-tiles, https://c2sp.org/tlog-tiles). Tile (L, n) holds up to 256 hashes, of
 * which the i-th is the root of the leaves [(256n + i) · 256^L, (256n + i + 1) · 256^L). A tree grows at its edge, the
 * partial tile of each level, and never has to be in memory as a whole.
 */
import { concat, wholeNumber } from './bytes.ts';
import { append, EMPTY_RANGE, HASH_BYTES, type Hash, rootOf } from './merkle.ts';
import { fault, type Read, value } from './read.ts';

export const TILE_WIDTH = 256;

/** The largest level of a tile (C2SP tlog-tiles, "Merkle Tree"). */
const MAX_LEVEL = 63;

/** Identifies a tile; its `width` is its number of hashes, 256 when it is full. */
export interface TileId {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

export interface Tile extends TileId {
  readonly hashes: readonly Uint8Array[];
}

/** A bundle of entries has the index and width of the tile of level 0 with their hashes. */
export type BundleId = Omit<TileId, 'level'>;

const number = (index: number): string => {
  const groups = String(index).padStart(3, '0');
  const padded = groups.padStart(Math.ceil(groups.length / 3) * 3, '0').match(/.{3}/g) as string[];
  return padded.map((digits, at) => (at < padded.length - 1 ? `x${digits}` : digits)).join('/');
};
const suffix = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${width}`);

/** `tile/0/x001/x234/067`, `tile/0/000.p/5` */
export const tilePath = ({ level, index, width }: TileId): string => `tile/${level}/${number(index)}${suffix(width)}`;

/** `tile/entries/x001/x234/067`, `tile/entries/000.p/5` */
export const bundlePath = ({ index, width }: BundleId): string => `tile/entries/${number(index)}${suffix(width)}`;

const PATH = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/;

/** The tile or bundle that a path names; undefined if there is none. Every tile and bundle has exactly one path. */
export function parseTilePath(path: string): TileId | (BundleId & { readonly level: 'entries' }) | undefined {
  const [, kind = '', groups = '', partial] = PATH.exec(path) ?? [];
  const index = wholeNumber(groups.replace(/[x/]/g, '').replace(/^0+(?=\d)/, ''));
  const width = partial === undefined ? TILE_WIDTH : wholeNumber(partial);
  if (kind === '' || index === undefined || width === undefined) return undefined;
  if (partial !== undefined && (width < 1 || width >= TILE_WIDTH)) return undefined;
  if (kind === 'entries') return bundlePath({ index, width }) === path ? { level: kind, index, width } : undefined;
  const tile = { level: Number(kind), index, width };
  return tile.level <= MAX_LEVEL && tilePath(tile) === path ? tile : undefined;
}

/** The number of hashes on a level in a tree of this size, in full tiles and the partial one. */
const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The widest tile at an index in a tree of this size; its width is 0 or less if the tree does not reach it. */
export const tileIn = (size: number, level: number, index: number): TileId => ({
  level,
  index,
  width: Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH),
});

/** The size of the smallest tree that has a tile or bundle of this width. */
export const smallestTreeWith = ({
  level,
  index,
  width,
}: Omit<TileId, 'level'> & { level: number | 'entries' }): number =>
  (index * TILE_WIDTH + width) * TILE_WIDTH ** (level === 'entries' ? 0 : level);

/** The bundles that hold the entries `from` ≤ position < `to`, each as wide as in a tree of size `to`. */
export function* bundlesBetween(from: number, to: number): Generator<BundleId> {
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index += 1) {
    yield { index, width: Math.min(TILE_WIDTH, to - index * TILE_WIDTH) };
  }
}

/** The hashes of each level's partial tile, level 0 first; none for a level without one. */
export interface TileEdge {
  readonly size: number;
  readonly levels: readonly (readonly Uint8Array[])[];
}

export const EMPTY_EDGE: TileEdge = { size: 0, levels: [] };

/** The partial tiles of a tree of this size. */
export function partialTiles(size: number): TileId[] {
  const tiles: TileId[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const hashes = hashesAt(level, size);
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: (hashes - width) / TILE_WIDTH, width });
  }
  return tiles;
}

/** The edge as partial tiles. */
export const tilesOf = ({ size, levels }: TileEdge): Tile[] =>
  partialTiles(size).map((tile) => ({ ...tile, hashes: levels[tile.level] ?? [] }));

/** The edge of a tree of this size, from its `partialTiles`. */
export function edgeOf(size: number, tiles: readonly Tile[]): TileEdge {
  const levels: (readonly Uint8Array[])[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) levels.push([]);
  for (const { level, hashes } of tiles) levels[level] = hashes;
  return { size, levels };
}

/**
 * The edge with more leaf hashes, and the tiles that these have filled, lower levels first. A leaf costs one node hash
 * on average.
 */
export function grow(hash: Hash, edge: TileEdge, leaves: Iterable<Uint8Array>): { edge: TileEdge; full: Tile[] } {
  const levels = edge.levels.map((hashes) => [...hashes]);
  const full: Tile[] = [];
  let { size } = edge;

  function push(level: number, added: Uint8Array): void {
    levels[level] ??= [];
    const hashes = levels[level];
    hashes.push(added);
    if (hashes.length < TILE_WIDTH) return;
    levels[level] = [];
    full.push({ level, index: hashesAt(level, size) / TILE_WIDTH - 1, width: TILE_WIDTH, hashes });
    push(level + 1, subtreeRoot(hash, hashes));
  }

  for (const leaf of leaves) {
    size += 1;
    push(0, leaf);
  }
  return { edge: { size, levels }, full };
}

/** The root of hashes of one level whose number is a power of two, such as those of a full tile. */
export const subtreeRoot = (hash: Hash, hashes: readonly Uint8Array[]): Uint8Array =>
  rootOf(hash, append(hash, EMPTY_RANGE, hashes).frontier);

/** The root of the whole tree (RFC 6962 section 2.1): hashes of upper levels are to the left of those of lower ones. */
export function rootOfEdge(hash: Hash, { levels }: TileEdge): Uint8Array {
  const frontier = levels.toReversed().flatMap((hashes) => append(hash, EMPTY_RANGE, hashes).frontier);
  return rootOf(hash, frontier);
}

/** The bytes of a tile: its hashes, concatenated. */
export const tileBytes = ({ hashes }: Pick<Tile, 'hashes'>): Uint8Array<ArrayBuffer> => concat(hashes);

export function readTile(tile: TileId, bytes: Uint8Array): Read<Tile> {
  if (bytes.length !== tile.width * HASH_BYTES) {
    return fault(`${tilePath(tile)} has ${bytes.length} bytes instead of ${tile.width * HASH_BYTES}`);
  }
  const at = (hash: number) => bytes.subarray(hash * HASH_BYTES, (hash + 1) * HASH_BYTES);
  return value({ ...tile, hashes: Array.from({ length: tile.width }, (_, hash) => at(hash)) });
}

/** The length of an entry is encoded in 16 bits (C2SP tlog-tiles, "Log entries"). */
export const MAX_ENTRY_BYTES = 65_535;

/** The bytes of a bundle: each entry after its length in 16 bits, big-endian. @throws RangeError if one is too long */
export function bundleBytes(entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry of ${entry.length} bytes fits into no bundle`);
      return [Uint8Array.of(entry.length >> 8, entry.length & 255), entry];
    }),
  );
}

export function readBundle(bundle: BundleId, bytes: Uint8Array): Read<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    if (at + 2 > bytes.length || end > bytes.length) {
      return fault(`${bundlePath(bundle)} breaks off within entry ${entries.length}`);
    }
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  if (entries.length !== bundle.width) {
    return fault(`${bundlePath(bundle)} has ${entries.length} entries instead of ${bundle.width}`);
  }
  return value(entries);
}
