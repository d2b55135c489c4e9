import { fromBase64, toBase64 } from '../log/bytes.ts';
import { hashOfMatchKey } from '../organization/match-keys.ts';
import { endOf } from '../values/utf8-order.ts';

/**
 * Where the next page of a list begins: after a row, told by its sort key, whatever characters this has. A cursor is the
 * base64url of a tag of the list and that key in UTF-8.
 */

const TAG = 8;
/** Bytes of a sort key: the limit of DynamoDB. */
const SORT_BYTES = 1_024;
/** Characters of the longest cursor. */
export const MAX_CURSOR = Math.ceil(((TAG + SORT_BYTES) * 4) / 3);

/** A cursor as it was decoded. */
export interface CursorPlace {
  readonly tag: string;
  readonly sort: string;
}

const tagOf = (list: string): string => hashOfMatchKey(list).slice(0, TAG);

export function cursorOf(list: string, sort: string): string {
  const bytes = new TextEncoder().encode(tagOf(list) + sort);
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The place that a cursor tells; undefined for what is none. */
export function placeOfCursor(cursor: string): CursorPlace | undefined {
  if (!/^[\w-]+$/.test(cursor)) return undefined;
  const padded = cursor.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (cursor.length % 4)) % 4);
  const bytes = fromBase64(padded);
  if (!('value' in bytes)) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.value);
    const [tag, sort] = [text.slice(0, TAG), text.slice(TAG)];
    return /^[0-9a-f]{8}$/.test(tag) && sort !== '' ? { tag, sort } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the place is in this list. */
export const isOf = (list: string, { tag }: CursorPlace): boolean => tag === tagOf(list);

/** The cursor of the first page of a list. */
export const fromTheEnd = (list: string): string => cursorOf(list, endOf(''));
