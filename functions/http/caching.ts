/** `Cache-Control` of an answer that is true for now only, or holds the name of a person, which may be erased later. */
export const NOT_STORED = 'no-store';

/** `Cache-Control` of an answer that any event may change: stored, and revalidated before each use. */
export const REVALIDATE = 'public, no-cache';

/** `Cache-Control` of an answer that only a release changes, or that is of use for a short time only. */
export const FOR_AN_HOUR = 'public, max-age=3600';

/** `Cache-Control` of an answer that never changes. */
export const FOREVER = 'public, max-age=31536000, immutable';
