import type { Context } from 'hono';
import { isContainer } from '../../domain/values/container.ts';
import { escapePointer } from '../../domain/values/ids.ts';
import { repeatedKey, sayRepeated } from '../../domain/values/repeated-key.ts';
import { headerOf, preconditionOf } from '../http/header.ts';
import { type Fault, ProblemError } from '../http/problem.ts';

const MAX_BODY_BYTES = 256 * 1024;
const MAX_DEPTH = 32;
/** Values of a body, those that hold others among them. What means something takes ten bytes and more for each. */
const MAX_VALUES = 25_000;
/** Values of one list. Commands have a cap of their own. */
const MAX_ITEMS = 1_000;

/** The JSON body of a request, or the problem with it: media type, coding, size, syntax, repeated keys, depth, number of values. */
export async function readBody(context: Context): Promise<unknown> {
  checkMediaType(headerOf(context, 'content-type') ?? '');
  const coding = headerOf(context, 'content-encoding') || 'identity';
  if (coding.toLowerCase() !== 'identity') {
    const headers = { 'Accept-Encoding': 'identity' };
    throw new ProblemError('media-type', `the body must have no content coding, not ${coding.slice(0, 40)}`, {
      headers,
    });
  }
  const bytes = await context.req.arrayBuffer();
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw new ProblemError('too-large', `the body has ${bytes.byteLength} bytes; at most ${MAX_BODY_BYTES}`);
  }
  const body = parse(bytes);
  checkShape(body);
  return body;
}

/** RFC 8259 §8.1: JSON is UTF-8 and its media type defines no `charset`; a `charset` that is sent anyway must be UTF-8. */
function checkMediaType(header: string): void {
  const [mediaType, ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const fits = parameters.every((one) => !one.startsWith('charset=') || /^charset="?utf-?8"?$/.test(one));
  if (mediaType !== 'application/json' || !fits) {
    throw new ProblemError('media-type', 'the body must be application/json in UTF-8');
  }
}

function parse(bytes: ArrayBuffer): unknown {
  let text: string;
  let body: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    body = JSON.parse(text);
  } catch (cause) {
    // The engine's message may quote the body, and with it a person's name; only the position is passed on.
    const [position = ''] = /at position \d+ \(line \d+ column \d+\)/.exec((cause as Error).message) ?? [];
    throw new ProblemError('malformed-json', `the body is not one JSON value in UTF-8 ${position}`.trim());
  }
  const repeated = repeatedKey(text);
  if (repeated)
    throw new ProblemError('malformed-json', `${sayRepeated(repeated)}, again ${placeOf(repeated.offset, text)}`);
  return body;
}

/** A place in a text, as the engine's messages tell it. */
function placeOf(offset: number, text: string): string {
  const lines = text.slice(0, offset).split('\n');
  return `at position ${offset} (line ${lines.length} column ${(lines.at(-1) ?? '').length + 1})`;
}

/** Descends level by level, not by recursion: the depth of an untrusted body must not exhaust the stack. */
function checkShape(body: unknown): void {
  const commands = isContainer(body) ? body.commands : undefined;
  let level = [body];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      throw new ProblemError('too-deep', `the body is nested more than ${MAX_DEPTH} levels deep`);
    }
    values += level.length;
    const long = level.find((value) => Array.isArray(value) && value.length > MAX_ITEMS && value !== commands);
    if (long) {
      throw new ProblemError('cap-values', `a list of the body has more than ${MAX_ITEMS} items`);
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  if (values > MAX_VALUES) {
    throw new ProblemError('cap-values', `the body holds ${values} values; at most ${MAX_VALUES}`);
  }
}

/** Whether a value has a canonical form at a glance: bodies may hold very many of these. */
const isPlain = (value: unknown): boolean =>
  value === null ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value.isWellFormed());

/** Faults that JSON allows and canonical JSON does not (RFC 8785 §3.2.2): lone surrogates, and numbers beyond a double. */
export function withoutCanonicalForm(value: unknown, pointer = ''): Fault[] {
  if (typeof value === 'string' && !value.isWellFormed()) {
    return [{ pointer, rule: 'text-not-well-formed', detail: 'must be well-formed Unicode (no lone surrogates)' }];
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return [{ pointer, rule: 'value-invalid', detail: 'must be a number that a double can hold' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (isPlain(inner) && key.isWellFormed()) return [];
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

/**
 * The versions that If-Match allows: the part of each entity tag before the dash. `undefined` allows every version; a weak
 * tag allows none, since versions are compared strongly (RFC 9110 §13.1.1).
 */
export function readIfMatch(context: Context): readonly number[] | undefined {
  const condition = preconditionOf(context, 'If-Match');
  if (condition === undefined || condition === '*') return undefined;
  return condition.flatMap(({ isWeak, opaque }) => {
    const version = /^"([1-9]\d{0,8})(?:-.*)?"$/.exec(opaque)?.[1];
    return isWeak || version === undefined ? [] : [Number(version)];
  });
}

/** Refuses If-Match on a request that opens a record: there is no earlier version to compare with. */
export function refuseIfMatch(context: Context): void {
  if (headerOf(context, 'if-match') === undefined) return;
  throw new ProblemError('header-invalid', 'If-Match is for an act on one record: leave it out here');
}

/** Refuses If-None-Match: what is there already is told by the Idempotency-Key. */
export function refuseIfNoneMatch(context: Context): void {
  if (headerOf(context, 'if-none-match') === undefined) return;
  throw new ProblemError('header-invalid', 'If-None-Match is for reading: leave it out here');
}

export interface Preferences {
  /** Seconds to wait until what was recorded is visible, at most 10; 0 without the preference. */
  readonly wait: number;
  /** Whether to decide only, and write nothing. */
  readonly dryRun: boolean;
}

/** The `Prefer` header (RFC 7240): `wait=N`, `dry-run`. Unknown preferences are ignored, as the RFC says. */
export function readPreferences(context: Context): Preferences {
  const given = (context.req.header('prefer') ?? '').toLowerCase().split(',');
  const preferences = given.map((one) => one.split(';', 1).join('').trim());
  const wait = preferences
    .map((one) => /^wait\s*=\s*("?)(\d+)\1$/.exec(one)?.[2])
    .find((seconds) => seconds !== undefined);
  return { wait: wait === undefined ? 0 : Math.min(10, Number(wait)), dryRun: preferences.includes('dry-run') };
}
