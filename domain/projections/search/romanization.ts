/**
 * Cyrillic letters in Latin ones, by the ways in which most Cyrillic names are written: BGN/PCGN (`yuriy`, `khabarovsk`,
 * `yekaterinburg`), passports by ICAO Doc 9303 (`iurii`, `khabarovsk`, `ekaterinburg`), the same with h for kh (`chehov`),
 * and that of the United Nations of 1987 (GOST 16876-71) without its diacritics (`jurij`, `habarovsk`).
 */

/** A text of pairs, a Cyrillic letter and what stands for it; a dash for nothing. */
const lettersIn = (pairs: string): Readonly<Record<string, string>> => {
  const all = pairs.trim().split(/\s+/);
  return Object.fromEntries(
    all.flatMap((from, at) => (at % 2 === 0 ? [[from, (all[at + 1] ?? '-').replace('-', '')]] : [])),
  );
};

/** Loosely spelt. Behind the Russian letters those of Ukrainian, Belarusian, Serbian, Macedonian and Central Asia. */
const alike = lettersIn(`
  а a б b в v г g д d е e з z и i й i к k л l м m н n о o п p р r с s т t у u ф f ъ - ы i ь - э e ю iu я ia
  і i ї i є ie ґ g ў u ђ di ј i љ li њ ni ћ c џ dz ѓ g ќ k ѕ dz
  ә a ғ g қ k ң n ө o ү u ұ u һ h ҳ h ҷ i ӣ i ӯ u җ i
`);
const passports = { ...alike, ...lettersIn('ж zh х kh ц ts ч ch ш sh щ shch') };
const ways = [passports, { ...passports, х: 'h' }, { ...alike, ...lettersIn('ж z х h ц c ч c ш s щ sc') }];

/** BGN/PCGN: е is ye where a word begins, and after vowels, й, ъ and ь. */
const softE = /(?<=^|[аеиоуыэюяйъь])е/gu;

const cyrillic = /\p{Script=Cyrillic}/u;

/** Latin text in which i, j and y are one letter, in which those ways differ most: Юрий is yurii, yuriy, iurii and jurij. */
export const looselySpelt = (text: string): string => text.replaceAll(/[jy]/g, 'i');

/** A folded word as it may stand in Latin letters, loosely spelt; nothing for a word without Cyrillic letters. */
export function romanized(word: string): string[] {
  if (!cyrillic.test(word)) return [];
  const soft = word.replaceAll(softE, 'є');
  const all = [...ways.map((way) => inLetters(word, way)), inLetters(soft, passports)];
  return [...new Set(all)].filter((one) => one !== '' && !cyrillic.test(one));
}

const inLetters = (word: string, letters: Readonly<Record<string, string>>): string =>
  [...word].map((letter) => letters[letter] ?? letter).join('');
