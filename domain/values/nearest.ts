/** Longer words than this are not compared: what takes time is the product of two lengths. */
const MAX_LENGTH = 64;

/** The known words that are most like one that is not known, nearest first: `most` of them, however far they are. */
export const nearestOf = (given: string, known: Iterable<string>, most: number): string[] =>
  ranked(given, known)
    .slice(0, most)
    .map(({ word }) => word);

/** `; did you mean …?`, to stand at the end of a sentence; empty where no known word is like the given one. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const [first] = ranked(given, known);
  return first && first.far <= Math.max(1, given.length / 3) ? `; did you mean ${first.word}?` : '';
}

/** Says what was meant to so many faults of a request that a reader looks at, and then no more: comparing takes time. */
export function hinting(most = 20): typeof didYouMean {
  let left = most;
  return (given, known) => {
    left -= 1;
    return left >= 0 ? didYouMean(given, known) : '';
  };
}

/** The known words by how far they are from the given one, in any case. What this may be short for counts as one edit. */
function ranked(given: string, known: Iterable<string>) {
  if (given.length > MAX_LENGTH) return [];
  const one = given.toLowerCase();
  return [...new Set(known)]
    .map((word) => {
      const other = word.toLowerCase();
      const edits = editsBetween(one, other);
      return { word, edits, far: isShortFor(one, other) ? Math.min(1, edits) : edits };
    })
    .sort((a, b) => a.far - b.far || a.edits - b.edits || (a.word < b.word ? -1 : 1));
}

/**
 * Whether a word has the letters of another one in their order, from the first on, as `sign` of `sign-agreement` and `mou` of
 * `memorandum`. Of one word the longer part may say the opposite of the whole, as `performers` of `performersNotStated`.
 */
function isShortFor(short: string, long: string): boolean {
  if (short.length < 2 || short[0] !== long[0]) return false;
  if (short.length > 4 && !long.includes('-')) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at++;
  return at === short.length;
}

/**
 * The least number of signs to insert, delete, replace, or swap with the next one that makes one word of another: the
 * restricted Damerau-Levenshtein distance (Boytsov, "Indexing methods for approximate dictionary searching", 2011, §2.1).
 */
export function editsBetween(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let at = 1; at <= other.length; at++) {
      const replaced = one[row - 1] === other[at - 1] ? 0 : 1;
      const swaps = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      next[at] = Math.min(
        (last[at] ?? 0) + 1,
        (next[at - 1] ?? 0) + 1,
        (last[at - 1] ?? 0) + replaced,
        swaps ? (before[at - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, next];
  }
  return last[other.length] ?? 0;
}
