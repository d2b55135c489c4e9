import type { Refusal } from '../kernel/refusal.ts';
import { aggregateOf, escapePointer } from '../values/ids.ts';

/** A word of a script with spaces, or a single sign: a name may stand anywhere among signs of scripts without spaces. */
const word =
  /[[\p{L}\p{N}\p{M}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]]+|./gsv;

/** Text as far as a reader sees it: width, case, spacing and what is not displayed make no other name. */
const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replaceAll(/\s+/gu, ' ')
    .trim();

const wordsOf = (text: string): readonly string[] => folded(text).match(word) ?? [];

/** The words of names read up to one place. `longestSuffix` is the longest other place that ends in the same words. */
interface Place {
  readonly next: Map<string, Place>;
  longestSuffix?: Place;
  endsName: boolean;
}

const newPlace = (): Place => ({ next: new Map(), endsName: false });

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
  const start = newPlace();
  for (const name of names) {
    let place = start;
    for (const one of wordsOf(name)) {
      const next = place.next.get(one) ?? newPlace();
      place.next.set(one, next);
      place = next;
    }
    place.endsName = true;
  }
  const places = [start];
  for (const place of places) {
    for (const [one, next] of place.next) {
      next.longestSuffix = place.longestSuffix ? step(place.longestSuffix, one) : start;
      next.endsName ||= next.longestSuffix.endsName;
      places.push(next);
    }
  }
  return start;
}

function holdsName(text: string, start: Place): boolean {
  let place = start;
  return (
    start.endsName ||
    wordsOf(text).some((one) => {
      place = step(place, one);
      return place.endsName;
    })
  );
}

/**
 * Finds texts that hold one of the names: what is recorded in free text is there for ever, so a name that is given as a
 * person's has no place there. The time is linear in the length of the names and texts.
 */
export function findNames(names: readonly string[]): (data: unknown) => Refusal[] {
  if (names.length === 0) return () => [];
  const automaton = automatonOf(names);
  const search = (value: unknown, pointer: string): Refusal[] => {
    if (typeof value === 'string') {
      if (aggregateOf(value) !== undefined || !holdsName(value, automaton)) return [];
      return [{ rule: 'name-in-free-text', pointer, detail: 'the text holds the name of a person of this request' }];
    }
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => search(inner, `${pointer}/${escapePointer(key)}`));
  };
  return (data) => search(data, '');
}
