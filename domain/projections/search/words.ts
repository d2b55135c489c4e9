import { decomposed, replacing, withoutAccents, withPlainLetters } from '../../values/letters.ts';
import { romanized } from './romanization.ts';
import { simplified } from './simplified.ts';

/** The words of a name, or of what somebody looks for: both are folded alike. */
export interface Word {
  readonly text: string;
  /** Whether it is of a script that is written without spaces: any of its characters may begin what is looked for. */
  readonly isUnspaced: boolean;
  /** What stands behind its apostrophes, as in `d'Or`. */
  readonly tails: readonly string[];
  /** How it may stand in Latin letters, loosely spelt. */
  readonly romanized: readonly string[];
}

/** Letters of Cyrillic that have an accent and are letters of their own, such as й, stand composed. */
const cyrillicWithMarks = /\p{Script=Cyrillic}\p{M}+/gu;
const withPlainCyrillic = replacing({ ё: 'е', ѐ: 'е', ѝ: 'и' });

/** Letters and signs that only tell how to read the ones before, as in Oʻzbekiston. */
const modifiers = /[\u02b9-\u02bf\u2032\u2033\u055a]/gu;

/** A text without case, width, ligatures, and the accents of Latin and Greek; ё is е, й stays; Chinese is simplified. */
export function foldedText(text: string): string {
  const marked = decomposed(text).replaceAll(cyrillicWithMarks, (letters) => letters.normalize('NFC'));
  const plain = withPlainCyrillic(withPlainLetters(withoutAccents(marked))).normalize('NFC');
  return simplified(plain.replaceAll(modifiers, '').replaceAll('&', ' and '));
}

const UNSPACED =
  '[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Bopo}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}]';
const SIGN = '[\\p{L}\\p{M}\\p{N}]';
const unspaced = `(?:(?=${SIGN})${UNSPACED})+`;
const spaced = `(?:(?!${UNSPACED})${SIGN})+`;
const anyWord = new RegExp(`(?<unspaced>${unspaced})|${spaced}(?:['\u2018\u2019]${spaced})*`, 'gu');

/** Where a word goes over from one alphabet to another. */
const seam =
  /(?<=\p{Script=Cyrillic}[\p{N}\p{M}]*)(?=\p{Script=Latin})|(?<=\p{Script=Latin}[\p{N}\p{M}]*)(?=\p{Script=Cyrillic})/u;

/** The words of a text in their order. Whatever is no letter, mark or digit parts them, and so do scripts. */
export const nameWords = (text: string): Word[] =>
  [...foldedText(text).matchAll(anyWord)].flatMap(({ 0: found, groups }) =>
    groups?.unspaced === undefined
      ? found.split(seam).map(spacedWord)
      : [{ text: found, isUnspaced: true, tails: [], romanized: [] }],
  );

function spacedWord(found: string): Word {
  const parts = found.split(/['\u2018\u2019]/);
  const text = parts.join('');
  const tails = parts.map((_, place) => parts.slice(place).join('')).slice(1);
  return { text, isUnspaced: false, tails: tails.filter(({ length }) => length > 1), romanized: romanized(text) };
}

const particles = new Set(
  `a an and as at by for from in into of on or the to with
   au aux d da das de del den der des di die do dos du e el en et for i il im in l la las le les lo los mit och of og u um und
   van vom von y zu zum zur
   а без в во для до за и из изо к ко на над не о об обо от по под при про с со у через та і й з із зі до над про як та`.split(
    /\s+/,
  ),
);

/** Whether a word says little of what a text is about: a particle, or a number. */
export const saysLittle = ({ text }: Word): boolean => particles.has(text) || /^\p{N}+$/u.test(text);
