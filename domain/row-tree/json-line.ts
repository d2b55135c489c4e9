/** Lines `["<partition>","<sort>",<value>]` of packs and proofs, in canonical JSON (RFC 8785). */
import { fault, type Read, value } from '../log/read.ts';
import { MAX_KEY_BYTES, type RowPlace, type TreeRow } from './group.ts';

const utf8 = new TextEncoder();

/** What a line is for a row, up to the value. */
const startOf = ({ partition, sort }: RowPlace): string => `[${JSON.stringify(partition)},${JSON.stringify(sort)}`;

export const keyLine = (key: RowPlace): string => `${startOf(key)}]`;

export const rowLine = (row: TreeRow): string => `${startOf(row)},${row.value}]`;

const [QUOTE, BACKSLASH, SPACE, SURROGATES] = [0x22, 0x5c, 0x20, 0xd800] as const;
const MOST_BYTES_A_CHARACTER = 3;

/** A JSON string of a line: its text, and where the line goes on behind it. */
interface StringInLine {
  readonly text: string;
  readonly end: number;
}

/**
 * The canonical JSON string of whole characters that begins at `from`, where it is no longer than a part of a key may be.
 * Most have no character of which there is more to know.
 */
function stringAt(line: string, from: number): StringInLine | undefined {
  let isPlain = true;
  for (let at = from + 1; at < line.length; at += 1) {
    const unit = line.charCodeAt(at);
    if (unit === QUOTE) {
      const text = isPlain ? line.slice(from + 1, at) : readString(line.slice(from, at + 1));
      return text !== undefined && isShort(text) ? { text, end: at + 1 } : undefined;
    }
    if (unit === BACKSLASH) at += 1;
    if (unit === BACKSLASH || unit < SPACE || unit >= SURROGATES) isPlain = false;
  }
  return undefined;
}

const isShort = (text: string): boolean =>
  text.length * MOST_BYTES_A_CHARACTER <= MAX_KEY_BYTES || utf8.encode(text).length <= MAX_KEY_BYTES;

function readString(text: string): string | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'string' && read.isWellFormed() && JSON.stringify(read) === text ? read : undefined;
  } catch {
    return undefined;
  }
}

/** The key that a line begins with, and the text behind it, which nobody has looked at. */
export function readRowKey(line: string): Read<{ readonly key: RowPlace; readonly rest: string }> {
  const partition = line.startsWith('["') ? stringAt(line, 1) : undefined;
  const sort = partition && line.startsWith(',"', partition.end) ? stringAt(line, partition.end + 1) : undefined;
  if (!partition || !sort) return fault('it does not begin with the key of a row');
  return value({ key: { partition: partition.text, sort: sort.text }, rest: line.slice(sort.end) });
}

/** A row, of whose value nothing is known but that it ends the line. */
export function readRow(line: string): Read<TreeRow> {
  const read = readRowKey(line);
  if ('fault' in read) return read;
  const { key, rest } = read.value;
  if (rest.length < 3 || !rest.startsWith(',') || !rest.endsWith(']')) return fault('it is no row');
  return value({ ...key, value: rest.slice(1, -1) });
}
