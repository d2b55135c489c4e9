import { equalBytes } from '../../domain/log/bytes.ts';
import {
  EMPTY_EDGE,
  grow,
  TILE_WIDTH,
  type Tile,
  type TileEdge,
  tileBytes,
  tilePath,
  tilesOf,
} from '../../domain/log/tiles.ts';
import { writeObjects } from '../publisher/write-objects.ts';
import { type Commit, keyText } from '../shared/commits.ts';
import type { PublishedLog } from '../shared/published-log.ts';
import { sha256 } from '../shared/sha256.ts';
import type { DesiredPage } from './pages.ts';
import { PublishedLogBroken } from './published.ts';

/** Follows the edge of the tree while its pages go by, and holds the tiles of the signed part to the published ones. */
export function createTiles(published: Pick<PublishedLog, 'get'>) {
  let edge: TileEdge = EMPTY_EDGE;
  let pending: Uint8Array[] = [];

  async function hold(tile: Tile): Promise<void> {
    const path = tilePath(tile);
    const bytes = await published.get(path);
    if (!bytes) throw new PublishedLogBroken(`there is no ${path}`);
    if (!equalBytes(bytes, tileBytes(tile)))
      throw new PublishedLogBroken(`${path}: its hashes are not those of the entries`);
  }

  /** @throws PublishedLogBroken */
  async function add({ page, commits }: Pick<DesiredPage, 'page' | 'commits'>): Promise<void> {
    const grown = grow(sha256, edge, page.leaves);
    edge = grown.edge;
    pending.push(...commits.flatMap(({ events }) => events.map((event) => Buffer.from(event))));
    pending = pending.slice(Math.floor(pending.length / TILE_WIDTH) * TILE_WIDTH);
    for (const tile of grown.full) await hold(tile);
  }

  /** The end of the signed tree. @throws PublishedLogBroken */
  async function end() {
    for (const tile of tilesOf(edge)) await hold(tile);
    return { edge, pending };
  }

  return { add, end };
}

/**
 * Objects beyond the checkpoint that hold other bytes than the publisher would write there next: it would refuse to go on.
 * Nobody was promised them, but nothing is ever written over an object.
 */
export async function conflictsWith(
  published: Pick<PublishedLog, 'get'>,
  end: Awaited<ReturnType<ReturnType<typeof createTiles>['end']>>,
  tail: AsyncIterable<DesiredPage>,
  to: number,
): Promise<string[]> {
  const conflicts: string[] = [];
  let current = new Map<string, Commit>();
  async function* readPages() {
    for await (const { page, commits } of tail) {
      current = new Map(commits.map((commit) => [keyText(commit), commit]));
      yield page;
    }
  }
  const putOnce = async (key: string, bytes: Uint8Array) => {
    const there = await published.get(key);
    if (there && !equalBytes(there, bytes)) conflicts.push(key);
  };
  const deps = { log: { readPages }, commits: { readCommits: async () => current }, published: { putOnce } };
  if (to > end.edge.size) await writeObjects(deps, end, to, () => false);
  return conflicts.sort();
}
