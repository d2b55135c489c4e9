import type { Context } from 'hono';
import { escapePointer } from '../../domain/values/ids.ts';
import { type Fault, ProblemError } from '../shared/http/problem.ts';

const MAX_BODY_BYTES = 256 * 1024;
const MAX_DEPTH = 32;

/** The JSON body of a request, or the problem with it: media type, size, syntax, depth. */
export async function readBody(context: Context): Promise<unknown> {
  const mediaType = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') throw new ProblemError('media-type', 'the body must be application/json');
  const bytes = await context.req.arrayBuffer();
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw new ProblemError('too-large', `the body has ${bytes.byteLength} bytes; at most ${MAX_BODY_BYTES}`);
  }
  const body = parse(bytes);
  if (deeperThan(MAX_DEPTH, body))
    throw new ProblemError('too-deep', `the body is nested more than ${MAX_DEPTH} levels deep`);
  return body;
}

function parse(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ProblemError('malformed-json', (cause as Error).message.slice(0, 200), { cause });
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
  const key = context.req.header('idempotency-key');
  if (key === undefined || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new ProblemError('key-missing', 'the Idempotency-Key header must hold 1–255 printable characters');
  }
  return key;
}

/** The versions that If-Match allows: the part of each entity tag before the dash. `undefined` allows every one. */
export function readIfMatch(context: Context): readonly number[] | undefined {
  const header = context.req.header('if-match');
  if (header === undefined || header.trim() === '*') return undefined;
  return header.split(',').map((tag) => {
    const version = /^\s*"(\d{1,9})(?:-\d+)?"\s*$/.exec(tag)?.[1];
    if (version === undefined)
      throw new ProblemError('header-invalid', 'If-Match takes entity tags such as "3" or "3-141"');
    return Number(version);
  });
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
