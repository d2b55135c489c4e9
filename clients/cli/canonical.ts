import canonicalize from 'canonicalize';

/** Canonical JSON (RFC 8785). @throws on values that JSON cannot represent */
export function canonical(value: unknown): string {
  const json = canonicalize(value);
  if (json === undefined) throw new Error('not a JSON value');
  return json;
}

/** A JSON object; undefined when the text is none. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The leaf of an event of the feed: canonical, without `position`. Undefined when the text is no JSON object. */
export function leafOfFeed(
  text: string,
): { readonly id: unknown; readonly position: unknown; readonly entry: string } | undefined {
  const parsed = jsonObject(text);
  if (!parsed) return undefined;
  const { position, ...event } = parsed;
  try {
    return { id: event.id, position, entry: canonical(event) };
  } catch {
    return undefined;
  }
}
