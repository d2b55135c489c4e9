/** Lines `["<partition>","<sort>",<value>]` of packs and proofs, in canonical JSON (RFC 8785). */
import { fault, type Read, value } from '../log/read.ts';
import { MAX_KEY_BYTES, type RowPlace, type TreeRow } from './group.ts';

const utf8 = new TextEncoder();

/** What a line is for a row, up to the value. */
const startOf = ({ partition, sort }: RowPlace): string => `[${JSON.stringify(partition)},${JSON.stringify(sort)}`;

export const keyLine = (key: RowPlace): string => `${startOf(key)}]`;

export const rowLine = (row: TreeRow): string => `${startOf(row)},${row.value}]`;

/** Where a JSON string that begins at `from` ends, behind its closing quotation mark; -1 if it does not. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') return at + 1;
    if (character === '\\') at += 1;
  }
  return -1;
}

/** What a text says that is a canonical JSON string of whole characters, no longer than a part of a key may be. */
function readString(text: string): string | undefined {
  try {
    const read: unknown = JSON.parse(text);
    const isString = typeof read === 'string' && read.isWellFormed() && JSON.stringify(read) === text;
    return isString && utf8.encode(read).length <= MAX_KEY_BYTES ? read : undefined;
  } catch {
    return undefined;
  }
}

/** The key that a line begins with, and the text behind it, which nobody has looked at. */
export function readRowKey(line: string): Read<{ readonly key: RowPlace; readonly rest: string }> {
  const first = line.startsWith('["') ? endOfString(line, 1) : -1;
  const second = first > 0 && line.startsWith(',"', first) ? endOfString(line, first + 1) : -1;
  const partition = second > 0 ? readString(line.slice(1, first)) : undefined;
  const sort = second > 0 ? readString(line.slice(first + 1, second)) : undefined;
  if (partition === undefined || sort === undefined) return fault('it does not begin with the key of a row');
  return value({ key: { partition, sort }, rest: line.slice(second) });
}

/** A row, of whose value nothing is known but that it ends the line. */
export function readRow(line: string): Read<TreeRow> {
  const read = readRowKey(line);
  if ('fault' in read) return read;
  const { key, rest } = read.value;
  if (rest.length < 3 || !rest.startsWith(',') || !rest.endsWith(']')) return fault('it is no row');
  return value({ ...key, value: rest.slice(1, -1) });
}
