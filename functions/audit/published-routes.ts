import type { Context } from 'hono';
import { Hono } from 'hono/tiny';
import { unwrap } from '../../domain/log/read.ts';
import {
  bundleBytes,
  bundlePath,
  parseTilePath,
  smallestTreeWith,
  TILE_WIDTH,
  tileBytes,
  tileIn,
  tilePath,
} from '../../domain/log/tiles.ts';
import { FOR_AN_HOUR, FOREVER, REVALIDATE } from '../http/caching.ts';
import { readParameters } from '../http/parameters.ts';
import { ProblemError } from '../http/problem.ts';
import { BYTES } from '../http/routes.ts';
import { readCheckpoint } from '../proofs/checkpoint.ts';
import type { PublishedLog } from '../stores/published-log.ts';

export const TEXT = 'text/plain; charset=utf-8';

/**
 * The published log under the paths of C2SP tlog-tiles, byte for byte as in the bucket. Keys of the bucket are built
 * from the parsed path, so nothing but tiles can be read. A tile beyond every checkpoint is not served: a publisher
 * that was stopped may have left it, it is not signed, and a client that is told to cache it for ever would keep it.
 */
export function publishedRoutes(
  published: Pick<PublishedLog, 'get' | 'checkpoint' | 'vkey' | 'tile' | 'bundle'>,
): Hono {
  const app = new Hono();

  app.get('/checkpoint', async (context) => {
    readParameters(context, {});
    const found = await published.checkpoint();
    return send(context, found?.note, TEXT, REVALIDATE);
  });

  app.get('/vkey', async (context) => {
    readParameters(context, {});
    return send(context, await published.vkey(), TEXT, FOR_AN_HOUR);
  });

  app.get('/tile/*', async (context) => {
    readParameters(context, {});
    const id = parseTilePath(context.req.path.slice(1));
    if (!id) return send(context, undefined, BYTES, FOREVER);
    // A partial tile never changes either, but is requested only until there is a wider one.
    if (id.width < TILE_WIDTH) return send(context, await partial(id), BYTES, FOR_AN_HOUR);
    const key = id.level === 'entries' ? bundlePath(id) : tilePath({ ...id, level: id.level });
    return send(
      context,
      (await isReached(smallestTreeWith(id))) ? await published.get(key) : undefined,
      BYTES,
      FOREVER,
    );
  });

  /**
   * The beginning of the widest object at its place that the checkpoint promises. Auditors and the doctor check that one;
   * a narrower one that it has superseded is checked by nobody, so it is never read.
   */
  async function partial({ level, index, width }: NonNullable<ReturnType<typeof parseTilePath>>) {
    const size = (await readCheckpoint(published))?.size ?? 0;
    const widest = tileIn(size, level === 'entries' ? 0 : level, index);
    if (widest.width < width) return undefined;
    if (level === 'entries') return bundleBytes(unwrap(await published.bundle(widest)).slice(0, width));
    return tileBytes({ hashes: unwrap(await published.tile(widest)).hashes.slice(0, width) });
  }

  /** The largest checkpoint seen: checkpoints only grow. */
  let seen = 0;
  async function isReached(size: number): Promise<boolean> {
    if (size > seen) seen = Math.max(seen, (await readCheckpoint(published))?.size ?? 0);
    return size <= seen;
  }

  return app;
}

/** @throws ProblemError 404, which is not cached: what is not published now may be in a moment */
function send(context: Context, body: Uint8Array | string | undefined, type: string, keep: string): Response {
  if (body === undefined) throw new ProblemError('not-found', 'nothing is published under this path');
  return context.body(body as string | Uint8Array<ArrayBuffer>, 200, { 'Content-Type': type, 'Cache-Control': keep });
}
