import type { Context } from 'hono';
import { escapePointer } from '../../domain/values/ids.ts';
import type { Bindings } from '../http/app.ts';
import { type Fault, ProblemError } from '../http/problem.ts';

const MAX_BODY_BYTES = 256 * 1024;
const MAX_DEPTH = 32;

/**
 * A header as it was sent. Hono's adapter for Lambda percent-encodes a value outside ASCII and drops an empty one; the
 * event of an HTTP API has both, under names in lower case.
 */
function headerOf(context: Context, name: string): string | undefined {
  const { event } = (context.env ?? {}) as Bindings;
  return event?.headers ? (event.headers as Record<string, string | undefined>)[name] : context.req.header(name);
}

/** The JSON body of a request, or the problem with it: media type, coding, size, syntax, depth. */
export async function readBody(context: Context): Promise<unknown> {
  checkMediaType(headerOf(context, 'content-type') ?? '');
  const coding = headerOf(context, 'content-encoding') || 'identity';
  if (coding.toLowerCase() !== 'identity') {
    const headers = { 'Accept-Encoding': 'identity' };
    throw new ProblemError('media-type', `the body must have no content coding, not ${coding}`, { headers });
  }
  const bytes = await context.req.arrayBuffer();
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw new ProblemError('too-large', `the body has ${bytes.byteLength} bytes; at most ${MAX_BODY_BYTES}`);
  }
  const body = parse(bytes);
  if (deeperThan(MAX_DEPTH, body))
    throw new ProblemError('too-deep', `the body is nested more than ${MAX_DEPTH} levels deep`);
  return body;
}

/** RFC 8259 §8.1: JSON is UTF-8, and has no parameter to say so; whoever says it anyway may say nothing else. */
function checkMediaType(header: string): void {
  const [mediaType, ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const fits = parameters.every((one) => !one.startsWith('charset=') || /^charset="?utf-?8"?$/.test(one));
  if (mediaType !== 'application/json' || !fits) {
    throw new ProblemError('media-type', 'the body must be application/json in UTF-8');
  }
}

function parse(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    // The engine's own words may quote the body, and so a person's name.
    const [place = ''] = /at position \d+ \(line \d+ column \d+\)/.exec((cause as Error).message) ?? [];
    throw new ProblemError('malformed-json', `the body is not one JSON value in UTF-8 ${place}`.trim());
  }
}

/** Level by level, not by recursion: the body is not trusted yet. */
function deeperThan(levels: number, body: unknown): boolean {
  let level = [body];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** What JSON can say and canonical JSON cannot (RFC 8785 §3.2.2): lone surrogates, and numbers beyond a double. */
export function withoutCanonicalForm(value: unknown, pointer = ''): Fault[] {
  if (typeof value === 'string' && !value.isWellFormed()) {
    return [{ pointer, rule: 'text-not-well-formed', detail: 'must be well-formed Unicode (no lone surrogates)' }];
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return [{ pointer, rule: 'value-invalid', detail: 'must be a number that a double can hold' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${pointer}/${escapePointer(key)}`;
    return [...(key.isWellFormed() ? [] : withoutCanonicalForm(key, at)), ...withoutCanonicalForm(inner, at)];
  });
}

/** The Idempotency-Key: 1–255 printable characters. */
export function readKey(context: Context): string {
  const key = headerOf(context, 'idempotency-key');
  if (key === undefined || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new ProblemError('key-missing', 'the Idempotency-Key header must hold 1–255 printable characters');
  }
  return key;
}

/** The versions that If-Match allows: the part of each entity tag before the dash. `undefined` allows every one. */
export function readIfMatch(context: Context): readonly number[] | undefined {
  const header = headerOf(context, 'if-match');
  if (header === undefined || header.trim() === '*') return undefined;
  return header.split(',').map((tag) => {
    const version = /^\s*"(\d{1,9})(?:-\d+)?"\s*$/.exec(tag)?.[1];
    if (version === undefined)
      throw new ProblemError('header-invalid', 'If-Match takes entity tags such as "3" or "3-141"');
    return Number(version);
  });
}

/** What opens a record has no earlier version to compare: it lands, or did so before under the same key. */
export function refuseIfMatch(context: Context): void {
  if (headerOf(context, 'if-match') === undefined) return;
  throw new ProblemError('header-invalid', 'If-Match is for an act on one record: leave it out here');
}

export interface Preferences {
  /** Seconds to wait until what was recorded is visible, at most 10; 0 when nobody asked. */
  readonly wait: number;
  /** Whether to decide only, and write nothing. */
  readonly dryRun: boolean;
}

/** What the `Prefer` header asks for (RFC 7240): `wait=N`, `dry-run`. What is not known is ignored, as the RFC says. */
export function readPreferences(context: Context): Preferences {
  const preferences = (context.req.header('prefer') ?? '').split(/[,;]/).map((one) => one.trim().toLowerCase());
  const wait = preferences.map((one) => /^wait=(\d{1,6})$/.exec(one)?.[1]).find((seconds) => seconds !== undefined);
  return { wait: wait === undefined ? 0 : Math.min(10, Number(wait)), dryRun: preferences.includes('dry-run') };
}
