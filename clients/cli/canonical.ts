import canonicalize from 'canonicalize';

/** Canonical JSON (RFC 8785). @throws on values that JSON cannot represent */
export function canonical(value: unknown): string {
  const json = canonicalize(value);
  if (json === undefined) throw new Error('not a JSON value');
  return json;
}

/** The leaf of an event of the feed: canonical, without `position`. Undefined when the text is no JSON object. */
export function leafOfFeed(
  text: string,
): { readonly id: unknown; readonly position: unknown; readonly entry: string } | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    const { position, ...event } = parsed as Record<string, unknown>;
    return { id: event.id, position, entry: canonical(event) };
  } catch {
    return undefined;
  }
}
