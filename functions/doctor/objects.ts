import { equalBytes } from '../../domain/log/bytes.ts';
import {
  bundleBytes,
  EMPTY_EDGE,
  grow,
  parseTilePath,
  TILE_WIDTH,
  type Tile,
  type TileEdge,
  tileBytes,
  tilePath,
  tilesOf,
} from '../../domain/log/tiles.ts';
import { sha256 } from '../runtime/sha256.ts';
import { type PublishedLog, pageKey } from '../stores/published-log.ts';
import { type DesiredPage, publishedBytes } from './desired-pages.ts';
import { PublishedLogBroken } from './read-published.ts';

type Place = { readonly level: number | 'entries'; readonly index: number };

/**
 * Checks the bucket's objects against the log, page by page: the tiles of the signed tree have to be those of the
 * entries; objects beyond the checkpoint (`leftovers`, keys) have to be what the publisher would write there next.
 */
export function createObjects(published: Pick<PublishedLog, 'get'>, leftovers: Iterable<string>) {
  let edge: TileEdge = EMPTY_EDGE;
  let pending: Uint8Array[] = [];
  /** Leftovers that are not yet known to be right. */
  const suspects = new Set(leftovers);
  const byPlace = Map.groupBy(suspects, (key) => placeText(parseTilePath(key)));

  async function hold(tile: Tile): Promise<void> {
    const path = tilePath(tile);
    const bytes = await published.get(path);
    if (!bytes) throw new PublishedLogBroken(`there is no ${path}`);
    if (equalBytes(bytes, tileBytes(tile))) return;
    throw new PublishedLogBroken(`${path}: its hashes are not those of the entries`);
  }

  async function clear(key: string, belongs: Uint8Array): Promise<void> {
    const there = await published.get(key);
    if (!there || equalBytes(there, belongs)) suspects.delete(key);
  }

  /** Checks a place's objects that are no wider than the log's: narrower ones are prefixes of wider ones. */
  async function clearPlace(place: Place, parts: readonly Uint8Array[]): Promise<void> {
    const bytesOf = place.level === 'entries' ? bundleBytes : (hashes: Uint8Array[]) => tileBytes({ hashes });
    for (const key of byPlace.get(placeText(place)) ?? []) {
      const width = parseTilePath(key)?.width ?? 0;
      if (width <= parts.length) await clear(key, bytesOf(parts.slice(0, width)));
    }
  }

  /** Checks the next page of the log; `isSigned`: it is in the signed tree. @throws PublishedLogBroken */
  async function add(desired: Pick<DesiredPage, 'page' | 'commits'>, isSigned: boolean): Promise<void> {
    const { page, commits } = desired;
    const grown = grow(sha256, edge, page.leaves);
    for (const tile of grown.full) {
      if (isSigned) await hold(tile);
      await clearPlace(tile, tile.hashes);
    }
    edge = grown.edge;
    pending.push(...commits.flatMap(({ events }) => events.map((event) => Buffer.from(event))));
    for (; pending.length >= TILE_WIDTH; pending = pending.slice(TILE_WIDTH)) {
      const index = Math.floor((edge.size - pending.length) / TILE_WIDTH);
      await clearPlace({ level: 'entries', index }, pending.slice(0, TILE_WIDTH));
    }
    const key = pageKey(page.first);
    if (suspects.has(key)) await clear(key, publishedBytes(desired));
  }

  /** Checks the partial tiles, at the end of the signed tree. @throws PublishedLogBroken */
  async function holdEdge(): Promise<void> {
    for (const tile of tilesOf(edge)) await hold(tile);
  }

  /** At the end of the log: the leftovers that differ from what it has, or will have, under their keys. */
  async function conflicts(): Promise<string[]> {
    for (const tile of tilesOf(edge)) await clearPlace(tile, tile.hashes);
    await clearPlace({ level: 'entries', index: Math.floor(edge.size / TILE_WIDTH) }, pending);
    return [...suspects].sort();
  }

  return { add, holdEdge, conflicts };
}

const placeText = (place: Place | undefined): string => (place ? `${place.level}/${place.index}` : '');
