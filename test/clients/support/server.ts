import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PublishedLog } from './published.ts';

export interface Reply {
  readonly status?: number;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a request, or leaves it to the next one. */
export type Route = (request: Request) => Reply | undefined | Promise<Reply | undefined>;

export interface Server {
  readonly url: string;
  /** The paths that were asked for, in order, since the last `forget`. */
  readonly paths: string[];
  forget(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A small HTTP server on a free port; 404 where no route answers. */
export async function serve(...routes: Route[]): Promise<Server> {
  const paths: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    paths.push(pathname);
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    const asked: Request = {
      method: String(request.method),
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body,
    };
    let reply: Reply | undefined;
    for (const route of routes) reply ??= await route(asked);
    response.writeHead(reply?.status ?? (reply ? 200 : 404), reply?.headers ?? {});
    response.end(reply?.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    forget: () => paths.splice(0),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The published objects. */
export const objectsOf =
  ({ objects }: Pick<PublishedLog, 'objects'>): Route =>
  ({ path }) => {
    const body = objects.get(path.slice(1));
    return body && { body };
  };

/** `GET /v1/events` as NDJSON, page by page. */
export const feedOf =
  (log: { readonly events: readonly string[] }): Route =>
  ({ path, query }) => {
    const [, stream] = /^\/v1\/events\/([^/]+)\/1$/.exec(path) ?? [];
    if (stream !== undefined) {
      const first = log.events.find((event) => (JSON.parse(event) as { subject: string }).subject === stream);
      return first === undefined ? undefined : { body: first };
    }
    if (path !== '/v1/events') return undefined;
    const from = query.has('after') ? Number(query.get('after')) + 1 : 0;
    const to = Math.min(log.events.length, from + Number(query.get('limit') ?? 100));
    const filtered = log.events
      .slice(from, to)
      .map((event, at) => ({ event, position: from + at, ...(JSON.parse(event) as { type: string; subject: string }) }))
      .filter(({ type }) => !query.has('type') || type === query.get('type'))
      .filter(({ subject }) => !query.has('stream') || subject === query.get('stream'));
    const body = filtered.map(({ event, position }) => `${event.slice(0, -1)},"position":${position}}\n`).join('');
    query.set('after', String(to - 1));
    return { body, headers: to < log.events.length ? { Link: `</v1/events?${query}>; rel="next"` } : {} };
  };
