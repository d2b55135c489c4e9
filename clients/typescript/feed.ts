import { type PageBody, type Pages, pagesFrom } from './pages.ts';
import { type Answered, type ReadJson, type ReadOptions, withQuery } from './reading.ts';
import type { FeedEvent } from './types.ts';

export interface EventsQuery extends ReadOptions {
  /** Only events after this position. */
  readonly after?: number | undefined;
  readonly type?: string | undefined;
  readonly stream?: string | undefined;
  /** Only events that this client has caused. */
  readonly actor?: string | undefined;
  /** The most events that one request asks for. */
  readonly limit?: number | undefined;
  /** Whether to go on with events that come later, until the signal is aborted. */
  readonly follow?: boolean | undefined;
}

/** How long a request waits for new events; without a token the registry takes 2 seconds at most. */
const WAIT = { withToken: 20, without: 2 };

/** The events of the log in their order. */
export function feedOf(
  read: ReadJson,
  { follow = false, signal, ...query }: EventsQuery = {},
  hasToken: boolean,
): Pages<PageBody<FeedEvent>> {
  async function* pages(): AsyncGenerator<Answered<PageBody<FeedEvent>>> {
    const wait = follow ? (hasToken ? WAIT.withToken : WAIT.without) : undefined;
    let path: string | undefined = withQuery('/v1/events', query);
    let after = query.after;
    while (path !== undefined) {
      const page: Answered<readonly FeedEvent[]> = await read(path, { signal });
      yield { ...page, body: { items: page.body } };
      after = page.position ?? page.body.at(-1)?.position ?? after;
      const next = nextIn(page.headers.get('link'));
      if (next !== undefined && next === path) throw new Error(`${path} tells itself as its next page.`);
      path = next ?? (follow ? withQuery('/v1/events', { ...query, after, wait }) : undefined);
    }
  }
  return pagesFrom(pages);
}

/** The path of `Link: <…>; rel="next"` (RFC 8288). */
export function nextIn(link: string | null): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  const { pathname, search } = new URL(target, 'http://registry.invalid');
  return `${pathname}${search}`;
}
