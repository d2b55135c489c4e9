import type { Refusal } from '../kernel/refusal.ts';
import { aggregateOf, escapePointer } from '../values/ids.ts';

/** A sign with what may become one with it: marks, vowels and final consonants of Hangul, voicing marks of kana. */
const cluster = /.[\p{M}\u1160-\u11ff\u3131-\u318e\uff9e-\uffdc]*/gsu;

/** A word of a script with spaces, white space, or a single sign: a name may stand anywhere among signs of other scripts. */
const word =
  /[[\p{L}\p{N}\p{M}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]]+|\s+|./gsv;

/** Signs that one writer takes where another one takes a plain one: apostrophes, hyphens, dots between parts of a name. */
const plain: readonly (readonly [RegExp, string])[] = [
  [/[’‘ʼ`]/gu, "'"],
  [/[‐‒–—−]/gu, '-'],
  [/[•‧∙⋅・]/gu, '·'],
];

/** A sign as far as a reader sees it: width, case and what is not displayed make no other name. */
const folded = (sign: string): string =>
  plain
    .reduce((all, [signs, one]) => all.replaceAll(signs, one), sign.normalize('NFKC'))
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase();

/** A sign of a script in which a name is written with a space between its parts, or without one. */
const unspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u;

interface Word {
  /** Folded; whatever white space is one space. */
  readonly word: string;
  /** Where it stands in the text as it was given. */
  readonly start: number;
  readonly end: number;
}

function wordsIn(text: string): readonly Word[] {
  const known = new Map<string, string>();
  const signs: string[] = [];
  const [starts, ends]: [number[], number[]] = [[], []];
  for (const { 0: sign, index } of text.matchAll(cluster)) {
    const fold = known.get(sign) ?? folded(sign);
    known.set(sign, fold);
    signs.push(fold);
    for (let unit = 0; unit < fold.length; unit += 1) {
      starts.push(index);
      ends.push(index + sign.length);
    }
  }
  const words = Array.from(signs.join('').matchAll(word), ({ 0: found, index }) => ({
    word: found.trim() === '' ? ' ' : found,
    start: starts[index] as number,
    end: ends[index + found.length - 1] as number,
  }));
  return words.filter(
    (one, place) =>
      one.word !== ' ' || ![words[place - 1], words[place + 1]].every((next) => next && unspaced.test(next.word)),
  );
}

/** The words of a name, without space around it. */
function wordsOfName(name: string): readonly string[] {
  const words = wordsIn(name).map((one) => one.word);
  const [first, last] = [words.findIndex((one) => one !== ' '), words.findLastIndex((one) => one !== ' ')];
  return words.slice(Math.max(first, 0), last + 1);
}

interface Name {
  /** The place of the name among those that are sought. */
  readonly index: number;
  /** How many words it has. */
  readonly length: number;
}

/** The words of names read up to one place. `longestSuffix` is the longest other place that ends in the same words. */
interface Place {
  readonly next: Map<string, Place>;
  longestSuffix?: Place;
  /** The longest name that ends here. */
  name?: Name | undefined;
}

/** The place after one more word. */
function step(from: Place, one: string): Place {
  for (let place: Place | undefined = from; ; place = place.longestSuffix) {
    const next = place.next.get(one);
    if (next) return next;
    if (!place.longestSuffix) return place;
  }
}

/** All names in one automaton, so that a text is read once however many names there are (Aho and Corasick, 1975). */
function automatonOf(names: readonly string[]): Place {
  const start: Place = { next: new Map() };
  for (const [index, name] of names.entries()) {
    let place = start;
    const words = wordsOfName(name);
    for (const one of words) {
      const next: Place = place.next.get(one) ?? { next: new Map() };
      place.next.set(one, next);
      place = next;
    }
    if (place !== start) place.name ??= { index, length: words.length };
  }
  const places = [start];
  for (const place of places) {
    for (const [one, next] of place.next) {
      next.longestSuffix = place.longestSuffix ? step(place.longestSuffix, one) : start;
      next.name ??= next.longestSuffix.name;
      places.push(next);
    }
  }
  return start;
}

/** Where a name stands in a text. */
export interface FoundName {
  /** The place of the name among those that are sought; of equal ones, that of the first. */
  readonly name: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds names in texts, whatever their case, width or spacing; in scripts with spaces a name has to end where a word ends.
 * Of names that overlap, the last one is found, and of those that end together, the longest: none stays whole. The time is
 * linear in the length of the names and texts.
 */
export function nameFinder(names: readonly string[]): (text: string) => readonly FoundName[] {
  if (names.length === 0) return () => [];
  const automaton = automatonOf(names);
  return (text) => {
    const words = wordsIn(text);
    let place = automaton;
    const endings = words.map(({ word: one }) => {
      place = step(place, one);
      return place.name;
    });
    const found: FoundName[] = [];
    let free = text.length;
    for (let at = words.length - 1; at >= 0; ) {
      const name = endings[at];
      const { end } = words[at] as Word;
      if (!name || end > free) {
        at -= 1;
        continue;
      }
      at -= name.length;
      free = (words[at + 1] as Word).start;
      found.push({ name: name.index, start: free, end });
    }
    return found.reverse();
  };
}

/** Texts that hold one of the names, where nothing may stand in its place. */
export function findNames(names: readonly string[]): (data: unknown) => Refusal[] {
  const namesIn = nameFinder(names);
  const search = (value: unknown, pointer: string): Refusal[] => {
    if (typeof value === 'string') {
      return aggregateOf(value) !== undefined || namesIn(value).length === 0 ? [] : [nameInText(pointer)];
    }
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => search(inner, `${pointer}/${escapePointer(key)}`));
  };
  return (data) => search(data, '');
}

export const nameInText = (pointer: string): Refusal => ({
  rule: 'name-in-free-text',
  pointer,
  detail: 'it holds the name of a person',
});
