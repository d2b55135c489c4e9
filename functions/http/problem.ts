import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ProblemShown } from '../../domain/answers/receipts.ts';
import { problems, type Rule } from '../../domain/problems.ts';

export interface Fault {
  readonly pointer: string;
  readonly rule: Rule;
  readonly detail: string;
}

/** An answer that is a problem (RFC 9457): thrown inside a handler, written by `onError`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly rule: Rule;
  readonly errors: readonly Fault[];
  readonly headers: Readonly<Record<string, string>>;
  /** Members that this problem has beside those of every one (RFC 9457 §3.2). */
  readonly extensions: object;

  constructor(
    rule: Rule,
    detail: string,
    options: { errors?: readonly Fault[]; headers?: Record<string, string>; extensions?: object; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
    this.rule = rule;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
  }
}

/** The record that a path names was merged into another one: the answer is a redirect to that record (308). */
export class MergedError extends Error {
  override readonly name = 'MergedError';
  readonly id: string;
  readonly into: string;
  /** Members that the answer has beside these. */
  readonly extensions: object;

  constructor(id: string, into: string, extensions: object = {}) {
    super(`${id} was merged into ${into}`);
    this.id = id;
    this.into = into;
    this.extensions = extensions;
  }
}

/** The most faults that an answer lists, and the most bytes of them: more than anybody reads. */
const MAX_ERRORS = 250;
const MAX_ERROR_BYTES = 1_000_000;

/** The first faults, as far as they fit. The pointers of all faults under one long key hold that key. */
function listed(errors: readonly Fault[]): readonly Fault[] {
  let bytes = 0;
  const first = errors.slice(0, MAX_ERRORS);
  const end = first.findIndex((fault) => {
    bytes += Buffer.byteLength(JSON.stringify(fault));
    return bytes > MAX_ERROR_BYTES;
  });
  return end < 0 ? first : first.slice(0, end);
}

/** Writes a problem as `application/problem+json`; `instance` is the request's path. */
export function problem(context: Context, { rule, message, errors, headers, extensions }: ProblemError): Response {
  const { status, title } = problems[rule];
  const shown = listed(errors);
  const body: ProblemShown = {
    type: `/problems/${rule}`,
    title,
    status,
    detail: shown.length < errors.length ? `${message} (the first ${shown.length} of ${errors.length})` : message,
    instance: context.req.path,
    ...(shown.length > 0 ? { errors: shown } : {}),
    ...extensions,
  };
  return context.body(JSON.stringify(body), status as ContentfulStatusCode, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...headers,
  });
}

/**
 * Redirects a request (308, RFC 9110 §15.4.9) to the record that the one in its path was merged into. The answer is not
 * cached, because that record may be merged in its turn.
 */
export function redirectToFinal(
  context: Context,
  { id, into, extensions = {} }: Pick<MergedError, 'id' | 'into'> & { readonly extensions?: object },
): Response {
  const { pathname, search } = new URL(context.req.url);
  const location = pathname.replace(id, into) + search;
  return context.json({ id, mergedInto: into, ...extensions }, 308, {
    Location: location,
    'Cache-Control': 'no-store',
  });
}
