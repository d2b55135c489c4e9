import type { Held } from '../../domain/kernel/aggregate.ts';
import { withoutPersons } from '../../domain/person/pointers.ts';
import { isContainer } from '../../domain/values/container.ts';
import { escapePointer } from '../../domain/values/ids.ts';
import { canonical } from './canonical.ts';
import { sha256 } from './sha256.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_LENGTH = 26;
const utf8 = new TextEncoder();

/** The first 130 bits of SHA-256 over the value's canonical JSON: 26 characters of base32 (RFC 4648, lower case). */
export function digestId(value: unknown): string {
  const bytes = sha256(utf8.encode(canonical(value)));
  const bits = bytes.subarray(0, 17).reduce((all, byte) => (all << 8n) | BigInt(byte), 0n) >> 6n;
  return Array.from(
    { length: ID_LENGTH },
    (_, i) => alphabet[Number((bits >> BigInt(5 * (ID_LENGTH - 1 - i))) & 31n)],
  ).join('');
}

/** Identifies a request: the same client and Idempotency-Key give the same commandId. */
export const commandIdOf = (client: string, idempotencyKey: string): string => digestId([client, idempotencyKey]);

/**
 * Identifies the content of a request: SHA-256 over the canonical JSON of method, path and body, in base64. The name of
 * a person is replaced by its number, and a text that mentions one is left out, because the hash outlives the name.
 */
export function requestHashOf(method: string, path: string, body: unknown, leftOut?: ReadonlySet<string>): string {
  const said = leftOut?.size ? withoutTexts(body, leftOut) : body;
  const nameless = withoutPersons(said, (_, number) => number);
  return Buffer.from(sha256(utf8.encode(canonical([method, path, nameless])))).toString('base64');
}

/** The value with `null` in the place of each string at one of the JSON pointers. */
function withoutTexts(value: unknown, pointers: ReadonlySet<string>, at = ''): unknown {
  if (typeof value === 'string') return pointers.has(at) ? null : value;
  if (Array.isArray(value)) return value.map((item, place) => withoutTexts(item, pointers, `${at}/${place}`));
  if (!isContainer(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutTexts(inner, pointers, `${at}/${escapePointer(key)}`)]),
  );
}

/**
 * The id of the i-th record that a request opens. A retry derives the same id, and so conflicts with the first attempt.
 */
export const recordIdOf = (aggregate: string, commandId: string, index: number): string =>
  `${aggregate}-${digestId([commandId, index])}`;

/**
 * The id of words that mention a person: those that stand at a place of the request, told by its path, the JSON pointer of
 * the text in the body, and how many such words stand before them in the text.
 */
export const mentionIdOf = (commandId: string, path: string, pointer: string, number: number): string =>
  `person-${digestId([commandId, path, pointer, number])}`;

/** The id of a record that can exist only once, such as the membership of an organization in a body. */
export const identityIdOf = (aggregate: string, identity: readonly string[]): string =>
  `${aggregate}-${digestId([aggregate, ...identity])}`;

/** The stream that reserves a value. A value of several parts, or with other characters, is hashed. */
export const reservationStream = ({ kind, key }: Held): string =>
  typeof key === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(key) ? `${kind}-${key}` : `${kind}-${digestId(key)}`;

export const submissionStream = (commandId: string): string => `submission-${commandId}`;
