import { equalBytes } from '../../domain/log/bytes.ts';
import { firstAltered } from '../../domain/log/merkle.ts';
import {
  bundleBytes,
  bundlePath,
  grow,
  rootOfEdge,
  TILE_WIDTH,
  type Tile,
  type TileEdge,
  tileBytes,
  tilePath,
  tilesOf,
} from '../../domain/log/tiles.ts';
import { sha256 } from '../runtime/sha256.ts';
import { type Commit, type Commits, keyText } from '../stores/commits.ts';
import type { LogPage, PageCommit } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import { type PublishedLog, pageKey } from '../stores/published-log.ts';
import { publishedPageBytes } from '../stores/published-page.ts';

/** The published log and the sealed one contradict each other: anything signed from now on could be a fork. */
export class LogContradicted extends Error {
  override readonly name = 'LogContradicted';
}

/** A sealed event is missing or altered. Nothing is published from there on. */
export class SealedEventAltered extends Error {
  override readonly name = 'SealedEventAltered';
}

/** Where the published log ends: the unfinished tile of each level, and the entries of the unfinished bundle. */
export interface End {
  readonly edge: TileEdge;
  readonly pending: readonly Uint8Array[];
}

export interface WriteDeps {
  readonly log: Pick<LogStore, 'readPages'>;
  readonly commits: Pick<Commits, 'readCommits'>;
  readonly published: Pick<PublishedLog, 'putOnce'>;
}

/** Whether it is time to sign what has been written. */
type Late = () => boolean;

/** Objects that are put concurrently. */
const IN_FLIGHT = 16;

/** Events before a checkpoint is due: bounds what is written again after a crash. */
const EVENTS_PER_CHECKPOINT = 16_384;

/**
 * Writes what the sealed pages from `end` on add to the published log, up to position `to` or to the page where it gets
 * late. Returns the last page: every object in a tree of its size is written. Objects can never be replaced, so before
 * any of a page is written, each event is checked against its leaf and the tiles against the page's root.
 */
export async function writeObjects(deps: WriteDeps, end: End, to: number, isLate: Late): Promise<LogPage> {
  const puts = inFlight(IN_FLIGHT);
  try {
    const last = await writePages(deps, end, to, isLate, puts);
    await puts.done();
    return last;
  } finally {
    // No put ends after the caller knows the result.
    await puts.ended();
  }
}

type InFlight = ReturnType<typeof inFlight>;

async function writePages(deps: WriteDeps, end: End, to: number, isLate: Late, puts: InFlight): Promise<LogPage> {
  const { log, published } = deps;
  const put = (key: string, bytes: Uint8Array) => puts.add(() => published.putOnce(key, bytes));
  const putTile = (tile: Tile) => put(tilePath(tile), tileBytes(tile));
  let { edge } = end;
  let pending = [...end.pending];
  let last: LogPage | undefined;

  for await (const page of log.readPages(edge.size, to)) {
    if (page.first !== edge.size) throw new LogContradicted(`no page of the log begins at position ${edge.size}`);
    const grown = grow(sha256, edge, page.leaves);
    if (!equalBytes(rootOfEdge(sha256, grown.edge), page.root)) {
      throw new LogContradicted(`the page that ends at ${page.size} tells another root than its leaves make`);
    }
    const { entries, bytes } = await readPage(page, deps);
    await put(pageKey(page.first), bytes);
    edge = grown.edge;
    for (const tile of grown.full) await putTile(tile);
    pending.push(...entries);
    for (; pending.length >= TILE_WIDTH; pending = pending.slice(TILE_WIDTH)) {
      const index = Math.floor((edge.size - pending.length) / TILE_WIDTH);
      await put(bundlePath({ index, width: TILE_WIDTH }), bundleBytes(pending.slice(0, TILE_WIDTH)));
    }
    last = page;
    if (edge.size - end.edge.size >= EVENTS_PER_CHECKPOINT || isLate()) break;
  }
  if (!last) throw new LogContradicted(`the log has no page for position ${end.edge.size}`);

  for (const tile of tilesOf(edge)) await putTile(tile);
  if (pending.length > 0) {
    const index = Math.floor(edge.size / TILE_WIDTH);
    await put(bundlePath({ index, width: pending.length }), bundleBytes(pending));
  }
  return last;
}

/** A page's entries in order, and its bytes as they are published. */
async function readPage(page: LogPage, { commits }: WriteDeps) {
  const found = await commits.readCommits(page.commits);
  const commitOf = (sealed: PageCommit): Commit => {
    const commit = found.get(keyText(sealed));
    const at = `${keyText(sealed)} is sealed at ${sealed.position}`;
    if (!commit) throw new SealedEventAltered(`${at} and not in the events table`);
    if (commit.requestHash === sealed.requestHash) return commit;
    throw new SealedEventAltered(`${at} with another request hash than it has in the events table`);
  };
  const entries = page.commits.flatMap((sealed) => commitOf(sealed).events.map((event) => Buffer.from(event)));
  const altered = firstAltered(sha256, entries, page.leaves);
  if (altered >= 0 || entries.length !== page.leaves.length) {
    const position = page.first + Math.max(0, altered);
    throw new SealedEventAltered(`the event at position ${position} is not the one that was sealed`);
  }
  return { entries, bytes: publishedPageBytes(page, commitOf) };
}

/** Runs at most `limit` tasks concurrently. `add` waits for its turn, and throws what an earlier task has thrown. */
function inFlight(limit: number) {
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;

  async function add(task: () => Promise<void>): Promise<void> {
    while (running.size >= limit) await Promise.race(running);
    if (failure) return done();
    const run: Promise<void> = task()
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => running.delete(run));
    running.add(run);
  }

  const ended = (): Promise<unknown> => Promise.all(running);

  /** Waits for all tasks; throws what the first of them has thrown. */
  async function done(): Promise<void> {
    await ended();
    if (failure) throw failure.error;
  }

  return { add, done, ended };
}
