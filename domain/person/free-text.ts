import type { Refusal } from '../kernel/refusal.ts';
import { aggregateOf, escapePointer } from '../values/ids.ts';

/** Letters of scripts that put no spaces between words: there a name may stand anywhere. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const partOfWord = /[\p{L}\p{N}\p{M}]/u;

/** Text as far as a reader sees it: width, case, spacing and what is not displayed make no other name. */
const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replaceAll(/\s+/gu, ' ')
    .trim();

/** Whether a word of a script with spaces would go on over the border between two signs. */
const goesOn = (before: string | undefined, after: string | undefined): boolean =>
  [before, after].every((sign) => sign !== undefined && partOfWord.test(sign) && !unspaced.test(sign));

function holds(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const [before, after] = [[...text.slice(0, at)].at(-1), [...text.slice(at + name.length)][0]];
    if (!goesOn(before, [...name][0]) && !goesOn([...name].at(-1), after)) return true;
  }
  return false;
}

/**
 * Texts that hold one of the names: what is recorded in free text is there for ever, so a name that is given as a person's
 * has no place there.
 */
export function namesInText(data: unknown, names: readonly string[]): Refusal[] {
  const sought = names.map(folded);
  const search = (value: unknown, pointer: string): Refusal[] => {
    if (typeof value === 'string') {
      if (aggregateOf(value) !== undefined) return [];
      const text = folded(value);
      if (!sought.some((name) => holds(text, name))) return [];
      return [{ rule: 'name-in-free-text', pointer, detail: 'the text holds the name of a person of this request' }];
    }
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => search(inner, `${pointer}/${escapePointer(key)}`));
  };
  return sought.length === 0 ? [] : search(data, '');
}
