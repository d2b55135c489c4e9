/** Marks that are accents or vowel points; in other scripts, such as Devanagari, marks are letters of their own. */
const accents = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u0591-\u05c7\u064b-\u065f\u0670]/g;

/** Letters with a stroke, ligatures, and what Unicode's full case folding makes of letters that have no other case. */
const plainLetters: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŧ: 't',
  þ: 'th',
  ß: 'ss',
  ς: 'σ',
};

/** Puts other letters in the place of some. */
export function replacing(letters: Readonly<Record<string, string>>): (text: string) => string {
  const any = new RegExp(`[${Object.keys(letters).join('')}]`, 'gu');
  return (text) => text.replaceAll(any, (letter) => letters[letter] as string);
}

export const withoutAccents = (text: string): string => text.replaceAll(accents, '');
export const withPlainLetters = replacing(plainLetters);

/** Full case folding and compatibility decomposition: capitals first, so that ß is SS; then width and ligatures. */
export const decomposed = (text: string): string =>
  text.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
