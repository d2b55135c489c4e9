import { ProblemError } from './problem.ts';

/** What RFC 6750 §3 lets stand in a description: printable ASCII without `"` and `\`. */
const describable = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

/** The answer to a request without a token, which has no error code (RFC 6750 §3.1). */
export const tokenMissing = () =>
  new ProblemError('token-missing', 'the Authorization header holds no bearer token', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });

export function tokenInvalid(detail: string, cause?: unknown): ProblemError {
  const description = detail.replaceAll('"', "'");
  const described = describable.test(description) ? `, error_description="${description}"` : '';
  return new ProblemError('token-invalid', detail, {
    headers: { 'WWW-Authenticate': `Bearer error="invalid_token"${described}` },
    cause,
  });
}

/** `scope` is what the operation takes, if one scope alone would do. */
export function scopeLacking(detail: string, scope?: string): ProblemError {
  const asked = scope === undefined ? '' : `, scope="${scope}"`;
  return new ProblemError('scope-lacking', detail, {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope"${asked}` },
  });
}
