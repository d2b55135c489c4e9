import { type Http, textOf } from './http.ts';
import { Failure } from './usage.ts';

const NDJSON = 'application/x-ndjson';
const PER_PAGE = 1000;

export interface FeedQuery {
  /** The first position to look at. */
  readonly from: number;
  readonly type?: string | undefined;
  readonly stream?: string | undefined;
}

/** One event as the API tells it: its JSON with the attribute `position`. */
export type FeedLine = string;

/** Events in sealed order, page by page until there are no more; the next page is on its way while one is read. */
export async function* feedLines(http: Http, query: FeedQuery): AsyncGenerator<FeedLine> {
  let next: string | undefined = firstPage(query);
  let page = next === undefined ? undefined : http.get(next, NDJSON);
  while (page) {
    const answer = await page;
    next = nextPage(answer.headers.get('link'));
    page = next === undefined ? undefined : http.get(next, NDJSON);
    page?.catch(() => {});
    yield* textOf(answer).split('\n').filter(Boolean);
  }
}

function firstPage({ from, type, stream }: FeedQuery): string {
  const parameters = new URLSearchParams({ limit: String(PER_PAGE) });
  if (from > 0) parameters.set('after', String(from - 1));
  if (type !== undefined) parameters.set('type', type);
  if (stream !== undefined) parameters.set('stream', stream);
  return `/v1/events?${parameters}`;
}

/** The path of `Link: <…>; rel="next"` (RFC 8288). */
function nextPage(link: string | null): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  const { pathname, search } = new URL(target, 'http://registry.invalid');
  return `${pathname}${search}`;
}

/** The position that a line bears. @throws Failure when it bears none */
export function parseLine(http: Pick<Http, 'url'>, line: FeedLine): Record<string, unknown> & { position: number } {
  try {
    const event = JSON.parse(line);
    if (Number.isSafeInteger(event.position)) return event;
  } catch {
    // Told below: it is no event either way.
  }
  throw new Failure(`${http.url}/v1/events answers with what is no event: ${line.slice(0, 100)}`);
}
