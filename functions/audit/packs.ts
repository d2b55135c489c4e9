import { Hono } from 'hono/tiny';
import { FOREVER } from '../http/caching.ts';
import { headerOf } from '../http/header.ts';
import { readParameters } from '../http/parameters.ts';
import { ProblemError } from '../http/problem.ts';
import { BYTES } from '../http/routes.ts';
import type { Packs } from '../stores/packs.ts';

/** An answer of a function has at most 6 MB (AWS limit), and bytes travel as Base64. */
const MOST_BYTES = 4_000_000;

/** One range of bytes (RFC 9110 section 14.1.2); any other `Range` may be ignored. */
const RANGE = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/;

/** The range that is read for one that is asked for: its beginning, as far as an answer holds it. */
function rangeIn(asked: string): string | undefined {
  const [, first, last, suffix] = RANGE.exec(asked) ?? [];
  if (suffix !== undefined) return Number(suffix) > MOST_BYTES ? undefined : asked;
  if (first === undefined) return undefined;
  const end = Math.min(Number(last ?? Number.MAX_SAFE_INTEGER), Number(first) + MOST_BYTES - 1);
  return end < Number(first) ? undefined : `bytes=${first}-${end}`;
}

/** A pack, or a range of it; `unfit` where it has no such bytes. */
async function partOf({ part }: Pick<Packs, 'part'>, position: number, range: string | undefined) {
  try {
    return await part(position, range);
  } catch (error) {
    // 416 Range Not Satisfiable (S3 API reference, GetObject: `InvalidRange`)
    if ((error as Error).name === 'InvalidRange') return 'unfit';
    throw error;
  }
}

/** The packs of the row trees, byte for byte as in the bucket. */
export function packRoutes(packs: Pick<Packs, 'part'>): Hono {
  const app = new Hono();
  app.get('/packs/:position', async (context) => {
    readParameters(context, {});
    const position = context.req.param('position');
    const etag = `"pack-${position}"`;
    const asked = headerOf(context, 'range');
    const isSame = [undefined, etag].includes(headerOf(context, 'if-range'));
    const range = asked !== undefined && isSame ? rangeIn(asked) : undefined;
    const part = /^\d{16}$/.test(position) ? await partOf(packs, Number(position), range) : undefined;
    if (part === undefined) throw new ProblemError('not-found', 'no pack of this position is kept');
    if (part === 'unfit') throw new ProblemError('header-invalid', `Range: the pack has no ${asked}`);
    const { bytes, contentRange } = part;
    if (bytes.length > MOST_BYTES) {
      throw new ProblemError('header-invalid', `the pack has ${bytes.length} bytes: ask for parts of it with Range`);
    }
    return context.body(bytes as Uint8Array<ArrayBuffer>, contentRange === undefined ? 200 : 206, {
      'Content-Type': BYTES,
      'Cache-Control': FOREVER,
      'Accept-Ranges': 'bytes',
      ETag: etag,
      ...(contentRange !== undefined && { 'Content-Range': contentRange }),
    });
  });
  return app;
}
