import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context, MiddlewareHandler } from 'hono';
import { NOT_STORED } from './caching.ts';
import { type Condition, tagIn, tagNamed, tagOf } from './entity-tags.ts';
import { preconditionOf } from './header.ts';
import { type Coding, preferredCoding } from './negotiation.ts';
import { ProblemError, problem } from './problem.ts';

/** From here on a body is compressed: a shorter one travels in one packet anyway. */
const LONG = 1024;

const compressed: Record<Coding, (bytes: Uint8Array) => Promise<Uint8Array>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (bytes) => promisify(gzip)(bytes),
};

/**
 * Makes of a handler's answer what is sent: compressed where it is long and the request takes that, with an ETag (of the
 * content coding, RFC 9110 §8.8.3), 304 or 412 where a condition says so, `Vary`, and for HEAD the length of the body.
 *
 * A handler may set an ETag of its own; an answer without one gets the digest of its body. An answer that must not be
 * stored is always sent in full: the names of persons in it may change while its ETag does not.
 */
export const delivery: MiddlewareHandler = async (context, next) => {
  await next();
  if (isReading(context) && (context.res.ok || context.res.status === 304)) await answerConditions(context);
  await encode(context);
  context.header('Vary', varyOf(context.res));
  if (context.req.method === 'HEAD' && context.res.body) {
    context.header('Content-Length', String((await context.res.clone().arrayBuffer()).byteLength));
  }
};

const isReading = ({ req }: Context): boolean => req.method === 'GET' || req.method === 'HEAD';

/**
 * All that is sent is text or JSON, or bytes of the log: its bundles of entries are JSON, too (C2SP tlog-tiles). What can be
 * asked for in parts is sent as it is, as its parts are (RFC 9110 §15.3.7): packs are compressed already.
 */
const isCompressible = ({ headers }: Response): boolean => headers.has('Content-Type') && !headers.has('Accept-Ranges');

/** An HTTP API adds `Access-Control-Allow-Origin` only where there is an `Origin`. */
const varyOf = (answer: Response): string =>
  ['Accept', ...(isCompressible(answer) ? ['Accept-Encoding'] : []), 'Origin'].join(', ');

/** The tag that `If-None-Match` lists of the answer, in whatever coding; an asterisk lists none. */
function tagHad(context: Context, tag: string): string | undefined {
  const had = preconditionOf(context, 'If-None-Match');
  return had === undefined || had === '*' ? undefined : tagNamed(tag, had, 'weakly');
}

/**
 * Whether the request has the answer of this tag already, so that it need not be made: then a handler answers 304, without
 * a body. Where no tag is listed none is asked for.
 */
export async function isHad(context: Context, tag: () => Promise<string | undefined>): Promise<boolean> {
  const had = preconditionOf(context, 'If-None-Match');
  if (had === undefined || had === '*' || preconditionOf(context, 'If-Match')) return false;
  const own = await tag();
  if (own === undefined || tagHad(context, own) === undefined) return false;
  context.header('ETag', own);
  return true;
}

async function answerConditions(context: Context): Promise<void> {
  const { headers, status } = context.res;
  const isStored = headers.get('Cache-Control') !== NOT_STORED;
  const own = headers.get('ETag');
  if (own === null && !isStored) return;
  const tag = own ?? tagOf(new Uint8Array(await context.res.clone().arrayBuffer()));
  context.header('ETag', tag);
  if (status === 304) return context.header('ETag', tagHad(context, tag) ?? tag);
  if (!holds(preconditionOf(context, 'If-Match'), tag)) {
    const stale = new ProblemError('stale', 'the answer has another ETag than If-Match names', {
      headers: { ETag: tag },
    });
    return replace(context, problem(context, stale));
  }
  const had = isStored ? preconditionOf(context, 'If-None-Match') : undefined;
  const current = had === '*' ? tag : had && tagNamed(tag, had, 'weakly');
  if (current !== undefined) replace(context, notModified(headers, current));
}

/** It keeps the media type: an HTTP API adds one of its own otherwise, and caches would take that over. */
function notModified(headers: Headers, tag: string): Response {
  const kept = new Headers(headers);
  kept.set('ETag', tag);
  return new Response(null, { status: 304, headers: kept });
}

const holds = (condition: Condition | undefined, tag: string): boolean =>
  condition === undefined || condition === '*' || tagNamed(tag, condition, 'strongly') !== undefined;

async function encode(context: Context): Promise<void> {
  const answer = context.res;
  if (!answer.body || !isCompressible(answer)) return;
  const coding = preferredCoding(context.req.header('Accept-Encoding'));
  if (coding === undefined) return;
  const bytes = new Uint8Array(await answer.clone().arrayBuffer());
  if (bytes.length < LONG) return;
  const coded = await compressed[coding](bytes);
  if (coded.length >= bytes.length) return;
  const headers = new Headers(answer.headers);
  headers.set('Content-Encoding', coding);
  const tag = headers.get('ETag');
  if (tag !== null && isReading(context) && answer.ok) headers.set('ETag', tagIn(coding, tag));
  replace(context, new Response(coded as Uint8Array<ArrayBuffer>, { status: answer.status, headers }));
}

/** Hono adds the headers of an answer to those of the one that takes its place, unless there is none in between. */
function replace(context: Context, answer: Response): void {
  context.res = undefined;
  context.res = answer;
}
