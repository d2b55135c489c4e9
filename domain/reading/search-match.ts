import { looselySpelt } from '../projections/search/romanization.ts';
import type { Word } from '../projections/search/words.ts';

/**
 * Why a name is found, the best first: it is what was asked for; it has all words, in their order; the words asked for
 * begin words of it, in their order; they do in any order.
 */
export const reasons = ['exact', 'words', 'prefix', 'any-order'] as const;
type Reason = (typeof reasons)[number];

export interface NameMatch {
  readonly reason: Reason;
  /** Whether Cyrillic letters were found by Latin ones. */
  readonly isRomanized: boolean;
  /** Whether the name begins with it. */
  readonly isAtStart: boolean;
  /** Signs of the name beside those that were asked for. */
  readonly beside: number;
}

/** Where a word stands in a name. */
interface Place {
  readonly word: number;
  /** The first sign in the word, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly isWhole: boolean;
  readonly isRomanized: boolean;
}

const isLatin = (text: string): boolean => /^\p{Script=Latin}/u.test(text);

/** Every place in a name where a word that is asked for may stand. */
const placesOf = (asked: Word, name: readonly Word[]): Place[] =>
  name.flatMap((word, index): Place[] => {
    const at = { word: index, from: 0, to: asked.text.length, isRomanized: false };
    if (word.isUnspaced || asked.isUnspaced)
      return word.isUnspaced && asked.isUnspaced ? within(asked, word, index) : [];
    if (word.text.startsWith(asked.text)) return [{ ...at, isWhole: word.text === asked.text }];
    if (word.tails.some((tail) => tail.startsWith(asked.text))) return [{ ...at, isWhole: false }];
    const loose = looselySpelt(asked.text);
    const romanized = isLatin(asked.text) ? word.romanized.filter((text) => text.startsWith(loose)) : [];
    return romanized.length === 0 ? [] : [{ ...at, isWhole: romanized.includes(loose), isRomanized: true }];
  });

function within({ text }: Word, word: Word, index: number): Place[] {
  const places: Place[] = [];
  for (let from = word.text.indexOf(text); from >= 0; from = word.text.indexOf(text, from + 1)) {
    places.push({ word: index, from, to: from + text.length, isWhole: text === word.text, isRomanized: false });
  }
  return places;
}

const isBehind = (one: Place, other: Place): boolean =>
  one.word > other.word || (one.word === other.word && one.from >= other.to);

/** The first places that follow each other, one for each word. */
function inOrder(options: readonly (readonly Place[])[]): readonly Place[] | undefined {
  const found: Place[] = [];
  for (const places of options) {
    const last = found.at(-1);
    const next = places.find((place) => last === undefined || isBehind(place, last));
    if (!next) return undefined;
    found.push(next);
  }
  return found;
}

/** A place for each word, no two in one word of the name, but for what is written without spaces (Kuhn's algorithm). */
function inAnyOrder(options: readonly (readonly Place[])[], name: readonly Word[]): readonly Place[] | undefined {
  const taken = new Map<number, number>();
  const found: Place[] = [];
  const settle = (asked: number, seen: Set<number>): boolean =>
    (options[asked] ?? []).some((place) => {
      if (!name[place.word]?.isUnspaced) {
        if (seen.has(place.word)) return false;
        seen.add(place.word);
        const other = taken.get(place.word);
        if (other !== undefined && !settle(other, seen)) return false;
        taken.set(place.word, asked);
      }
      found[asked] = place;
      return true;
    });
  return options.every((_, asked) => settle(asked, new Set())) ? found : undefined;
}

const signsIn = (words: readonly Word[]): number => words.reduce((sum, { text }) => sum + [...text].length, 0);

/** How a name answers to what is asked for; `undefined` when it does not have all of it. */
export function matchOf(asked: readonly Word[], name: readonly Word[]): NameMatch | undefined {
  const options = asked.map((word) => placesOf(word, name));
  if (options.length === 0 || options.some(({ length }) => length === 0)) return undefined;
  const whole = inOrder(options.map((places) => places.filter(({ isWhole }) => isWhole)));
  const ordered = whole ?? inOrder(options);
  const found = ordered ?? inAnyOrder(options, name);
  if (!found) return undefined;
  const [first] = found;
  return {
    reason: whole ? (whole.length === name.length ? 'exact' : 'words') : ordered ? 'prefix' : 'any-order',
    isRomanized: found.some(({ isRomanized }) => isRomanized),
    isAtStart: first?.word === 0 && first.from === 0,
    beside: Math.max(0, signsIn(name) - signsIn(asked)),
  };
}
