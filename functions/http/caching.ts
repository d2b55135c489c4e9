import type { MiddlewareHandler } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';

const revalidate = etag({ retainedHeaders: [...RETAINED_304_HEADERS, 'registry-position', 'link'] });

/**
 * Answers 304 when `If-None-Match` names the ETag of the answer; an answer without an ETag gets the digest of its body.
 * An answer that must not be stored is always sent in full: the names of persons in it may change while its ETag does not.
 */
export const conditional: MiddlewareHandler = async (context, next) => {
  let own: string | null | undefined;
  const answer = await revalidate(context, async () => {
    await next();
    if (context.res.headers.get('Cache-Control') !== NOT_STORED) return;
    own = context.res.headers.get('ETag');
    context.res.headers.delete('ETag');
  });
  if (own === null) context.res.headers.delete('ETag');
  else if (own !== undefined) context.res.headers.set('ETag', own);
  return answer;
};

/** `Cache-Control` of an answer that is true for now only, or holds the name of a person, which may be erased later. */
export const NOT_STORED = 'no-store';

/** `Cache-Control` of an answer that any event may change: stored, and revalidated before each use. */
export const REVALIDATE = 'public, no-cache';

/** `Cache-Control` of an answer that only a release changes, or that is of use for a short time only. */
export const FOR_AN_HOUR = 'public, max-age=3600';

/** `Cache-Control` of an answer that never changes. */
export const FOREVER = 'public, max-age=31536000, immutable';
