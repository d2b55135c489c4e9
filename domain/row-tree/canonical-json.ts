/** Canonical JSON (RFC 8785) is read strictly: a text that any two readers could read differently is refused. */
import { fault, isFault, type Read, value } from '../log/read.ts';

/** No row and no event nests deeper. */
const MAX_DEPTH = 64;

/** What a text says that is the canonical JSON of something. */
export function readCanonical(text: string): Read<unknown> {
  try {
    const read: unknown = JSON.parse(text);
    const written = canonicalText(read, MAX_DEPTH);
    if (isFault(written)) return written;
    return written.value === text ? value(read) : fault('it is not canonical JSON');
  } catch {
    return fault('it is not JSON');
  }
}

function canonicalText(read: unknown, depth: number): Read<string> {
  if (typeof read === 'string' && !read.isWellFormed()) return fault('it has half a character');
  if (typeof read !== 'object' || read === null) return value(JSON.stringify(read));
  if (depth === 0) return fault(`it nests deeper than ${MAX_DEPTH} levels`);
  const isList = Array.isArray(read);
  const parts: string[] = [];
  // RFC 8785 section 3.2.3 sorts members by UTF-16 code units, as `sort` does.
  for (const name of isList ? read.keys() : Object.keys(read).sort()) {
    const part = canonicalText((read as Record<string | number, unknown>)[name], depth - 1);
    if (isFault(part)) return part;
    if (typeof name === 'string' && !name.isWellFormed()) return fault('it has half a character');
    parts.push(typeof name === 'string' ? `${JSON.stringify(name)}:${part.value}` : part.value);
  }
  return value(isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`);
}
