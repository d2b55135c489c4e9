import { nextIn } from '../typescript/feed.ts';
import { jsonObject } from './canonical.ts';
import { type Http, textOf } from './http.ts';
import { Failure } from './usage.ts';

const NDJSON = 'application/x-ndjson';
const PER_PAGE = 1000;

export interface FeedQuery {
  /** The first position to read. */
  readonly from: number;
  readonly type?: string | undefined;
  readonly stream?: string | undefined;
  /** The client that has caused them. */
  readonly actor?: string | undefined;
}

/** An event as the feed has it: its JSON with the attribute `position`. */
export type FeedLine = string;

/** All events in sealed order. While the caller reads a page, the next one is requested. */
export async function* feedLines(http: Http, query: FeedQuery): AsyncGenerator<FeedLine> {
  let next: string | undefined = firstPage(query);
  let page = next === undefined ? undefined : http.get(next, NDJSON);
  while (page) {
    const answer = await page;
    const asked: string | undefined = next;
    next = nextPage(http, answer.headers.get('link'));
    if (next === asked) throw new Failure(`${http.url}${asked} tells itself as its next page.`);
    page = next === undefined ? undefined : http.get(next, NDJSON);
    page?.catch(() => {});
    yield* textOf(answer.bytes).split('\n').filter(Boolean);
  }
}

function firstPage({ from, type, stream, actor }: FeedQuery): string {
  const parameters = new URLSearchParams({ limit: String(PER_PAGE) });
  if (from > 0) parameters.set('after', String(from - 1));
  if (type !== undefined) parameters.set('type', type);
  if (stream !== undefined) parameters.set('stream', stream);
  if (actor !== undefined) parameters.set('actor', actor);
  return `/v1/events?${parameters}`;
}

/** @throws Failure when the next page has no address */
function nextPage({ url }: Http, link: string | null): string | undefined {
  try {
    return nextIn(link);
  } catch {
    throw new Failure(`${url}/v1/events tells a next page that is no address: ${link?.slice(0, 100)}`);
  }
}

type Positioned = Record<string, unknown> & { position: number };

const hasPosition = (event: Record<string, unknown>): event is Positioned => Number.isSafeInteger(event.position);

/** The event of a line. @throws Failure when the line has no position */
export function parseLine(http: Pick<Http, 'url'>, line: FeedLine): Positioned {
  const event = jsonObject(line);
  if (event && hasPosition(event)) return event;
  throw new Failure(`${http.url}/v1/events answers with what is no event: ${line.slice(0, 100)}`);
}
