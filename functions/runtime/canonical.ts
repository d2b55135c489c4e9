import canonicalize from 'canonicalize';

/** Canonical JSON (RFC 8785, JCS). @throws for what JSON cannot express */
export function canonical(value: unknown): string {
  const json = canonicalize(value);
  if (json === undefined) throw new Error('not a JSON value');
  return json;
}
