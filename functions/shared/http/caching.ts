import type { MiddlewareHandler } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';

/** Answers 304 to whoever has the answer already. An answer without an ETag of its own gets the digest of its body. */
export const conditional: MiddlewareHandler = etag({
  retainedHeaders: [...RETAINED_304_HEADERS, 'registry-position', 'link'],
});

/** `Cache-Control` of what may change with every event: kept, but asked for again each time. */
export const REVALIDATE = 'public, no-cache';

/** Of what changes with a release at most. */
export const FOR_AN_HOUR = 'public, max-age=3600';

/** Of what never changes. */
export const FOREVER = 'public, max-age=31536000, immutable';
