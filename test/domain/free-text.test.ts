import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNames, nameFinder } from '../../domain/person/free-text.ts';
import { names } from '../../domain/values/names.ts';
import { cpuOf } from '../support/cpu.ts';

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const partOfWord = /[\p{L}\p{N}\p{M}]/u;
const folded = (text: string) =>
  text
    .normalize('NFKC')
    .replaceAll(/[’‘ʼ`]/gu, "'")
    .replaceAll(/[‐‒–—−]/gu, '-')
    .replaceAll(/[•‧∙⋅・]/gu, '·')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/(?<=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]) (?=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}])/gu, '')
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
  // Signs of several, and signs that become one with what stands before them.
  ...['㈱', '가', '\u1100', '\u1161', '\u11a8', 'ㄱ', 'ㅏ', 'ㄳ', 'ﾡ', 'ￂ', 'ﾣ', 'ｶ', 'ﾞ', 'か', '\u3099', '゛'],
);
const ofSigns = (maxLength: number) => fc.array(sign, { maxLength }).map((signs) => signs.join(''));

describe('names in free text', () => {
  it('are found exactly where a name is tried at each place', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(ofSigns(12), { minLength: 5, maxLength: 5 }),
        fc.array(ofSigns(4), { minLength: 1, maxLength: 3 }),
        (texts, given) => {
          const sought = given.filter((name) => folded(name) !== '');
          const expected = texts.flatMap((text, index) =>
            sought.some((name) => holds(folded(text), folded(name))) ? [`/${index}`] : [],
          );
          found += expected.length;
          expect(findNames(sought)(texts).map(({ pointer }) => pointer)).toEqual(expected);
        },
      ),
      { numRuns: 10_000, seed: 12 },
    );
    expect(found).toBeGreaterThan(1_500);
    expect(found).toBeLessThan(45_000);
  });

  it('are told by where they stand: what is left without them holds none, and what stands there is one', () => {
    let found = 0;
    fc.assert(
      fc.property(ofSigns(16), fc.array(ofSigns(4), { minLength: 1, maxLength: 3 }), (text, given) => {
        const sought = given.filter((name) => folded(name) !== '');
        const namesIn = nameFinder(sought);
        let [rest, end] = ['', 0];
        for (const one of namesIn(text)) {
          expect(one.start).toBeGreaterThanOrEqual(end);
          const words = text.slice(one.start, one.end);
          expect(holds(folded(words), folded(sought[one.name] as string)), words).toBe(true);
          rest += `${text.slice(end, one.start)}\u0000`;
          end = one.end;
          found += 1;
        }
        expect(namesIn(rest + text.slice(end))).toEqual([]);
      }),
      { numRuns: 10_000, seed: 12 },
    );
    expect(found).toBeGreaterThan(400);
  });
  it('are the longest that end in a place, and of equal ones the first', () => {
    const found = (text: string, ...sought: string[]) =>
      nameFinder(sought)(text).map(({ name, start, end }) => [sought[name], text.slice(start, end), name]);
    expect(found('Dr. Chen  EXAMPLE came', 'Example', 'Chen Example', 'Chen Example', 'Chen')).toEqual([
      ['Chen Example', 'Chen  EXAMPLE', 1],
    ]);
    expect(found('陈示例与李示例', '示例', '陈示例')).toEqual([
      ['陈示例', '陈示例', 1],
      ['示例', '示例', 0],
    ]);
    expect(found('Ms Weiß, ﬁ Ａna', 'WEISS', 'ana')).toEqual([
      ['WEISS', 'Weiß', 0],
      ['ana', 'Ａna', 1],
    ]);
  });

  it.each([
    ["Conan O'Brien", 'Conan O’Brien'],
    ['Jean-Luc Example', 'Jean\u2010Luc Example'],
    ['Jean-Luc Example', 'JEAN\u2011LUC EXAMPLE'],
    ['列昂·示例', '列昂•示例'],
    ['列昂·示例', '列昂・示例'],
    ['山田 太郎', '山田太郎'],
    ['山田太郎', '山田\u3000太郎'],
  ])('are found as others write them: %s as %s', (name, written) => {
    const text = `（${written}）`;
    expect(nameFinder([name])(text)).toEqual([{ name: 0, start: 1, end: 1 + written.length }]);
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
