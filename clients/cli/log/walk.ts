import { equalBytes } from '../../../domain/log/bytes.ts';
import { leafHash } from '../../../domain/log/merkle.ts';
import { isFault } from '../../../domain/log/read.ts';
import {
  type BundleId,
  bundlePath,
  bundlesBetween,
  EMPTY_EDGE,
  grow,
  readBundle,
  rootOfEdge,
  TILE_WIDTH,
  type Tile,
  type TileEdge,
  type TileId,
  tilePath,
  tilesOf,
} from '../../../domain/log/tiles.ts';
import { withWindow } from '../window.ts';
import { blameBundle, blameLeaf, blameTile, type Log } from './blame.ts';
import { digest } from './crypto.ts';
import { LogFault } from './fault.ts';
import { objectOf, tileOf } from './source.ts';

/** Bundles of at most 4 MB (256 events of 16 KiB), each with its tile. */
const IN_FLIGHT = 8;

/** Where a walk begins: after the leaves of a known edge, so that nothing older has to be fetched. */
export interface Start {
  readonly edge: TileEdge;
  /** The edge whose tiles an earlier run compared with the published ones; they are not fetched again. */
  readonly compared: TileEdge;
}

export const FROM_THE_BEGINNING: Start = { edge: EMPTY_EDGE, compared: EMPTY_EDGE };

/** A bundle that agrees with its tiles. */
export interface Walked {
  /** The position of the first of the entries. */
  readonly first: number;
  /** The entries of the bundle that come after `start`. */
  readonly entries: readonly Uint8Array[];
  /** The edge after them. */
  readonly edge: TileEdge;
}

/**
 * Downloads a log from `start` on and recomputes every leaf hash, every tile and the root of its checkpoint. What the walk
 * yields is proved only when it has ended: then the checkpoint commits to all of it, and the log extends the start,
 * because its root was computed from the hashes of the start.
 *
 * @throws LogFault at the first object that does not hold
 */
export async function* walk(log: Log, { edge: start, compared }: Start): AsyncGenerator<Walked> {
  const { size, root } = log.checkpoint;
  let edge = start;
  for await (const bundle of withWindow(bundlesBetween(start.size, size), IN_FLIGHT, (id) => fetchBundle(log, id))) {
    const leaves = await checkedLeaves(log, bundle);
    const first = bundle.id.index * TILE_WIDTH;
    const known = edge.size - first;
    checkKnown(bundle.id, leaves, edge.levels[0] ?? []);
    const grown = grow(digest, edge, leaves.slice(known));
    for (const tile of grown.full) if (tile.level > 0) await checkTile(log, tile);
    edge = grown.edge;
    yield { first: first + known, entries: bundle.entries.slice(known), edge };
  }
  const before = new Set(tilesOf(compared).map(tilePath));
  for (const tile of tilesOf(edge)) if (tile.level > 0 && !before.has(tilePath(tile))) await checkTile(log, tile);
  if (!equalBytes(rootOfEdge(digest, edge), root)) {
    throw new LogFault('checkpoint, line 3', `its root is not that of the ${size} published entries`);
  }
}

interface FetchedBundle {
  readonly id: BundleId;
  readonly entries: readonly Uint8Array[];
  /** The tile with the hashes of its entries. */
  readonly tile: Tile;
}

async function fetchBundle({ source }: Log, id: BundleId): Promise<FetchedBundle> {
  const [bytes, tile] = await Promise.all([
    objectOf(source, bundlePath(id)),
    tileOf(source, { level: 0, ...id } satisfies TileId),
  ]);
  const read = readBundle(id, bytes);
  if (isFault(read)) throw blameBundle(id, bytes, tile, read.fault);
  return { id, entries: read.value, tile };
}

/** The hashes of a bundle's entries, which agree with its tile. @throws LogFault when they do not */
async function checkedLeaves(log: Log, { id, entries, tile }: FetchedBundle): Promise<Uint8Array[]> {
  const leaves = entries.map((entry) => leafHash(digest, entry));
  const different = leaves.findIndex((leaf, at) => !equalBytes(leaf, tile.hashes[at] as Uint8Array));
  if (different >= 0) throw await blameLeaf(log, id, different, leaves[different] as Uint8Array, tile);
  return leaves;
}

/** The bundle in which the start ends begins with entries that an earlier run verified. */
function checkKnown(id: BundleId, leaves: readonly Uint8Array[], known: readonly Uint8Array[]): void {
  const different = known.findIndex((leaf, at) => !equalBytes(leaf, leaves[at] as Uint8Array));
  if (different < 0) return;
  const position = id.index * TILE_WIDTH + different;
  throw new LogFault(bundlePath(id), 'the entry is another one than was verified here before', position);
}

async function checkTile(log: Log, tile: Tile): Promise<void> {
  const published = await tileOf(log.source, tile);
  const different = tile.hashes.findIndex((hash, at) => !equalBytes(hash, published.hashes[at] as Uint8Array));
  if (different >= 0) throw await blameTile(log, tile, different);
}
