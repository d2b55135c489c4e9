import type * as z from 'zod';
import { packedStream } from '../../domain/values/lists.ts';
import type { feedParameters } from '../http/audit-parameters.ts';
import { ProblemError } from '../http/problem.ts';
import { type Commits, keyText, withPosition } from '../stores/commits.ts';
import { lastPositionOf, type Marker } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import { assertSealed, hashOfLeaves } from '../stores/sealed.ts';

export type FeedParameters = Omit<z.output<z.ZodObject<typeof feedParameters>>, 'wait'>;

export interface FeedDeps {
  readonly log: Pick<LogStore, 'readHead' | 'readPages' | 'streamMarkers'>;
  readonly commits: Pick<Commits, 'readCommits'>;
}

export interface Feed {
  /** Events as JSON texts: their own bytes with the attribute `position`. */
  readonly events: readonly string[];
  /** The last position looked at, or `after` itself: whoever goes on from there misses nothing. */
  readonly last: number;
  /** The `after` of the next request, if there is more. */
  readonly next?: number;
}

/** Bytes in one answer (AWS limit of a function's answer: 6 MB), and events that one request searches for those of a type or a client. */
const MAX_BYTES = 4_000_000;
const MAX_LOOKED_AT = 5_000;
const COMMITS_PER_READ = 50;

/** Sealed events in order of position. @throws ProblemError 409 when the log has no event at the position `after` yet */
async function readFeed({ after = -1, limit, stream, ...filters }: FeedParameters, deps: FeedDeps): Promise<Feed> {
  const size = (await deps.log.readHead())?.size ?? 0;
  if (after >= size) throw new ProblemError('not-yet', `the log has ${size} events; none is at position ${after}`);
  const ahead = stream === undefined ? inOrder(deps, after + 1, size) : ofStream(deps, stream, after + 1);
  const events: string[] = [];
  let bytes = 0;
  let looked = 0;
  let last = after;
  for await (const { text, position } of eventsOf(ahead, deps, after)) {
    const event = withPosition(text, position);
    const more = Buffer.byteLength(event) + 1;
    if (events.length === limit || bytes + more > MAX_BYTES || looked === MAX_LOOKED_AT)
      return { events, last, next: last };
    if (matches(text, filters)) {
      events.push(event);
      bytes += more;
    }
    looked += 1;
    last = position;
  }
  // Of a stream only its own positions were read; up to the head there are no others.
  return { events, last: Math.max(last, size - 1) };
}

function matches(text: string, { type, actor }: Pick<FeedParameters, 'type' | 'actor'>): boolean {
  if (type === undefined && actor === undefined) return true;
  const event = JSON.parse(text) as { type: string; actor: string };
  return (type === undefined || event.type === type) && (actor === undefined || event.actor === actor);
}

/** Waits at most so many seconds for the first event that matches. Each wait continues after what was read. */
export async function awaitFeed(
  { after = -1, ...filters }: FeedParameters,
  seconds: number,
  { clock, sleep, ...deps }: FeedDeps & { clock: () => number; sleep: (milliseconds: number) => Promise<unknown> },
): Promise<Feed> {
  const deadline = clock() + seconds * 1000;
  let from = after;
  for (let wait = 50; ; wait = Math.min(2 * wait, 1000)) {
    const feed = await readFeed({ ...filters, after: from }, deps);
    if (feed.events.length > 0 || feed.next !== undefined || clock() + wait > deadline) return feed;
    await sleep(wait);
    from = feed.last;
  }
}

type SealedPlace = Pick<Marker, 'stream' | 'version' | 'position' | 'count' | 'hash'>;

async function* inOrder({ log }: FeedDeps, from: number, to: number): AsyncGenerator<SealedPlace> {
  for await (const { first, leaves, commits } of log.readPages(from, to)) {
    for (const commit of commits) {
      const at = commit.position - first;
      yield { ...commit, hash: hashOfLeaves(leaves.slice(at, at + commit.count)) };
    }
  }
}

/** The positions of a stream, from its markers alone. */
async function* ofStream({ log }: FeedDeps, stream: string, from: number): AsyncGenerator<SealedPlace> {
  for (const marker of await log.streamMarkers(stream, Number.MAX_SAFE_INTEGER)) {
    if (marker.position + marker.count > from) yield marker;
  }
}

async function* eventsOf(places: AsyncIterable<SealedPlace>, { commits }: FeedDeps, after: number) {
  for await (const slice of packedStream(places, COMMITS_PER_READ)) {
    const ahead = slice.filter((place) => lastPositionOf(place) > after);
    const found = await commits.readCommits(ahead);
    for (const place of ahead) {
      const commit = found.get(keyText(place));
      if (!commit) throw new Error(`${keyText(place)} is sealed and not in the events table`);
      assertSealed(commit, place);
      for (const [index, text] of commit.events.entries()) {
        if (place.position + index > after) yield { text, position: place.position + index };
      }
    }
  }
}
