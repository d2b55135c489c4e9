import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNames } from '../../domain/person/free-text.ts';
import { names } from '../../domain/values/names.ts';
import { cpuOf } from '../support/cpu.ts';

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const partOfWord = /[\p{L}\p{N}\p{M}]/u;
const folded = (text: string) =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replaceAll(/\s+/gu, ' ')
    .trim();
const goesOn = (...signs: (string | undefined)[]) =>
  signs.every((sign) => sign !== undefined && partOfWord.test(sign) && !unspaced.test(sign));

/** Whether a text holds a name, tried at each place of the text: correct, and quadratic. */
function holds(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const [before, after] = [[...text.slice(0, at)].at(-1), [...text.slice(at + name.length)][0]];
    if (!goesOn(before, [...name][0]) && !goesOn([...name].at(-1), after)) return true;
  }
  return false;
}

/** Letters, scripts with and without spaces, signs of two code units, and signs that folding changes or removes. */
const sign = fc.constantFrom(
  ...['a', 'b', 'B', '1', 'ß', 'ﬁ', 'ж', '陈', '李', 'ก', 'カ'],
  ...['\u{1d400}', '\u{20bb7}', '\u{10400}', '\u{1f600}'],
  ...[' ', '-', '’', '.', '\u0301', '\u200b', '\u00a0', '\n'],
);
const ofSigns = (maxLength: number) => fc.array(sign, { maxLength }).map((signs) => signs.join(''));

describe('names in free text', () => {
  it('are found exactly where a name is tried at each place', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(ofSigns(12), { minLength: 5, maxLength: 5 }),
        fc.array(ofSigns(4), { minLength: 1, maxLength: 3 }),
        (texts, sought) => {
          const expected = texts.flatMap((text, index) =>
            sought.some((name) => holds(folded(text), folded(name))) ? [`/${index}`] : [],
          );
          found += expected.length;
          expect(findNames(sought)(texts).map(({ pointer }) => pointer)).toEqual(expected);
        },
      ),
      { numRuns: 10_000, seed: 12 },
    );
    expect(found).toBeGreaterThan(5_000);
    expect(found).toBeLessThan(45_000);
  });

  it('are sought in a time that grows as the bytes do, however names and texts are made', () => {
    const hostile = (bytes: number) => {
      const [many, long] = [bytes / 1_000, bytes / 4];
      const sought = Array.from({ length: many }, (_, index) => 'a '.repeat(20) + index);
      const texts = [
        'a'.repeat(long),
        'a '.repeat(long / 2),
        '陈'.repeat(long),
        `${'a '.repeat(19)}b `.repeat(long / 40),
      ];
      return () => findNames([...sought, 'a'.repeat(300), `${'陈'.repeat(300)}李`])(texts);
    };
    cpuOf(hostile(16_000));
    expect(cpuOf(hostile(256_000))).toBeLessThan(2_000);
  });
});

describe('names of one language', () => {
  it('are compared in a time that grows as their number does', () => {
    const many = Array.from({ length: 40_000 }, (_, index) => ({ value: `name ${index}`, lang: 'en' }));
    cpuOf(() => names.safeParse(many.slice(0, 1_000)));
    expect(cpuOf(() => names.safeParse(many))).toBeLessThan(2_000);
    expect(names.safeParse([...many.slice(0, 9), many[3]]).error?.issues).toMatchObject([
      { path: [9], params: { rule: 'name-repeated' } },
    ]);
  });
});
