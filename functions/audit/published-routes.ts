import { type Context, Hono } from 'hono';
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
import type { PublishedLog } from '../stores/published-log.ts';
import { readCheckpoint } from './checkpoint.ts';

export const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';

/**
 * The published log where clients of C2SP tlog-tiles look for it, byte for byte as it stands in the bucket. A key of the
 * bucket is made of what a path was parsed into, never of the path: what is no tile cannot be reached. Nor can what no
 * checkpoint has reached: it may be what a publisher left behind that was stopped, which nothing has been promised of, and
 * whoever was told that it never changes would keep it.
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
    // A partial one never changes either, but is asked for only until a wider one is there.
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

  /** The largest size of a checkpoint that was seen: checkpoints only grow. */
  let seen = 0;
  async function isReached(size: number): Promise<boolean> {
    if (size > seen) seen = Math.max(seen, (await readCheckpoint(published))?.size ?? 0);
    return size <= seen;
  }

  return app;
}

/** @throws ProblemError 404, which nobody keeps: what is not published now may be in a moment */
function send(context: Context, body: Uint8Array | string | undefined, type: string, keep: string): Response {
  if (body === undefined) throw new ProblemError('not-found', 'nothing is published under this path');
  return context.body(body as string | Uint8Array<ArrayBuffer>, 200, { 'Content-Type': type, 'Cache-Control': keep });
}
