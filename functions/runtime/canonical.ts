import canonicalize from 'canonicalize';

/** Canonical JSON (RFC 8785, JCS). Throws on what JSON cannot say. */
export function canonical(value: unknown): string {
  const json = canonicalize(value);
  if (json === undefined) throw new Error('not a JSON value');
  return json;
}
