import type { MiddlewareHandler } from 'hono';
import { getPath } from 'hono/utils/url';
import { FOR_AN_HOUR } from './caching.ts';
import { preconditionOf } from './header.ts';
import { preferredType } from './negotiation.ts';
import { ProblemError } from './problem.ts';
import { allowedMethods, mediaTypesFor, routeAt, withoutEnding } from './routes.ts';

export interface Admitted {
  /** The media type that the request prefers. */
  mediaType: string;
}

/**
 * Answers what needs no handler: a slash at the end of a path, OPTIONS, a method that the path does not take, media types
 * that it does not have, and conditions that nobody can read. Paths that are no route go on, and find no handler.
 */
export const admission: MiddlewareHandler<{ Variables: Admitted }> = async (context, next) => {
  const { method, path } = context.req;
  const short = path.replace(/\/+$/, '');
  if (short !== path && routeAt(short)) {
    context.header('Cache-Control', FOR_AN_HOUR);
    return context.redirect(encodedAgain(short) + new URL(context.req.url).search, 308);
  }
  const route = routeAt(path);
  if (!route) return next();
  const allow = allowedMethods(route);
  if (method === 'OPTIONS') return context.body(null, 204, { Allow: allow.join(', ') });
  if (!allow.includes(method)) {
    const headers = { Allow: allow.join(', ') };
    throw new ProblemError('method-not-allowed', `this path takes ${allow.join(', ')}`, { headers });
  }
  const { mediaType } = withoutEnding(getPath(context.req.raw));
  const mediaTypes = mediaType === undefined ? mediaTypesFor(route, method) : [mediaType];
  context.set('mediaType', acceptable(context.req.header('accept'), mediaTypes));
  if (method === 'GET' || method === 'HEAD') {
    preconditionOf(context, 'If-Match');
    preconditionOf(context, 'If-None-Match');
  }
  await next();
};

/** An HTTP API hands over a path that is decoded already (payload format 2.0). */
const encodedAgain = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** @throws ProblemError 406 */
function acceptable(accept: string | undefined, mediaTypes: readonly string[]): string {
  const mediaType = preferredType(accept, mediaTypes);
  if (mediaType !== undefined) return mediaType;
  throw new ProblemError('not-acceptable', `this path answers ${mediaTypes.join(' or ')}`);
}
