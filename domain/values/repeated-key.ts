/** A member name that stands twice in one object of a JSON text, and where it stands again. */
export interface RepeatedKey {
  readonly key: string;
  readonly offset: number;
}

/** The offset behind a string that begins at an offset. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

/**
 * The first key that repeats one of the same object in a valid JSON text. Readers differ in which of the two members they
 * take, so RFC 7493 (I-JSON) section 2.3 excludes both. The time is linear in the length of the text, and depth costs no
 * stack.
 */
export function repeatedKey(json: string): RepeatedKey | undefined {
  /** The keys of each object that is open; `undefined` for an array. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (let at = 0; at < json.length; at += 1) {
    const sign = json[at];
    if (sign === '{' || sign === '[') open.push(sign === '{' ? new Set() : undefined);
    if (sign === '}' || sign === ']') open.pop();
    if (sign === '{' || sign === ',') isKey = open.at(-1) !== undefined;
    if (sign === '[' || sign === ':') isKey = false;
    if (sign !== '"') continue;
    const end = endOfString(json, at);
    const keys = isKey ? open.at(-1) : undefined;
    if (keys) {
      const key: string = JSON.parse(json.slice(at, end));
      if (keys.has(key)) return { key, offset: at };
      keys.add(key);
    }
    at = end - 1;
  }
  return undefined;
}

const SHOWN_KEY = 100;

/** What is wrong with a text in which a key is repeated, in words. */
export const sayRepeated = ({ key }: RepeatedKey): string =>
  `the key ${JSON.stringify(key.slice(0, SHOWN_KEY).toWellFormed())} stands twice in one object`;
