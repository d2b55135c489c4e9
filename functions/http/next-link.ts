import type { Context } from 'hono';

/** The `Link` to the next page (RFC 8288): the same request with the cursor at which the next page begins. */
export function nextLink(context: Context, cursor: string, parameter = 'cursor'): string {
  const { pathname, searchParams } = new URL(context.req.url);
  searchParams.set(parameter, cursor);
  return `<${pathname}?${searchParams}>; rel="next"`;
}
