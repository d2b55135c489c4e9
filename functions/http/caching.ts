import type { MiddlewareHandler } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';

const revalidate = etag({ retainedHeaders: [...RETAINED_304_HEADERS, 'registry-position', 'link'] });

/**
 * Answers 304 to whoever has the answer already. An answer without an ETag of its own gets the digest of its body. Whoever
 * keeps what is not to be kept gets the whole answer: the names in it may have changed, and nothing of its ETag.
 */
export const conditional: MiddlewareHandler = async (context, next) => {
  let own: string | null | undefined;
  const answer = await revalidate(context, async () => {
    await next();
    if (context.res.headers.get('Cache-Control') !== NOT_KEPT) return;
    own = context.res.headers.get('ETag');
    context.res.headers.delete('ETag');
  });
  if (own === null) context.res.headers.delete('ETag');
  else if (own !== undefined) context.res.headers.set('ETag', own);
  return answer;
};

/** `Cache-Control` of what holds the name of a person: it may have to be forgotten. */
export const NOT_KEPT = 'no-store';

/** `Cache-Control` of what may change with every event: kept, but asked for again each time. */
export const REVALIDATE = 'public, no-cache';

/** Of what changes with a release at most, or is asked for for a while only. */
export const FOR_AN_HOUR = 'public, max-age=3600';

/** Of what never changes. */
export const FOREVER = 'public, max-age=31536000, immutable';
