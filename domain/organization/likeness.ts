import { decomposed, replacing, withoutAccents, withPlainLetters } from '../values/letters.ts';

/** What is left of a name when all is put aside by which spellings of one name differ. */

/** Small letters of Cyrillic and Greek that look like Latin ones, in small letters or in capitals (Unicode UTS #39). */
const lookAlikes: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['авеһіјкмнопԛрсѕтухԝ', 'abehijkmhonqpcstyxw'],
    ['αβεζηικμνορτυχ', 'abezhikmnoptyx'],
  ].flatMap(([from = '', to = '']) => [...from].map((letter, place) => [letter, to.charAt(place)])),
);

const withoutLookAlikes = replacing(lookAlikes);

/** Without case, width, ligatures and accents. */
const folded = (text: string): string => withPlainLetters(withoutAccents(decomposed(text))).normalize('NFC');

/** Company forms in full and abbreviated, as words; the second stands for both. */
const forms: readonly (readonly [full: string, short: string])[] = [
  ['public limited company', 'plc'],
  ['limited liability partnership', 'llp'],
  ['limited liability company', 'llc'],
  ['private limited', 'pvt ltd'],
  ['proprietary limited', 'pty ltd'],
  ['limited', 'ltd'],
  ['incorporated', 'inc'],
  ['corporation', 'corp'],
  ['company', 'co'],
  ['gesellschaft mit beschrankter haftung', 'gmbh'],
  ['aktiengesellschaft', 'ag'],
  ['kommanditgesellschaft', 'kg'],
  ['societe anonyme', 'sa'],
  ['sociedad anonima', 'sa'],
  ['societe a responsabilite limitee', 'sarl'],
  ['societa per azioni', 'spa'],
  ['besloten vennootschap', 'bv'],
  ['naamloze vennootschap', 'nv'],
  ['общество с ограниченной ответственностью', 'ооо'],
  ['публичное акционерное общество', 'пао'],
  ['закрытое акционерное общество', 'зао'],
  ['открытое акционерное общество', 'оао'],
  ['акционерное общество', 'ао'],
];
const shortForms = forms.map(([full, short]) => [` ${folded(full)} `, ` ${folded(short)} `] as const);

/** The same of scripts without spaces: the short ones stand in brackets once NFKD has taken ㈱ apart. */
const bracketed: readonly (readonly [full: string, short: string])[] = [
  ['株式会社', '(株)'],
  ['有限会社', '(有)'],
  ['合資会社', '(資)'],
  ['合名会社', '(名)'],
  ['合同会社', '(同)'],
  ['社団法人', '(社)'],
  ['財団法人', '(財)'],
  ['주식회사', '(주)'],
  ['유한회사', '(유)'],
];
const fullForms = bracketed.map(([full, short]) => [folded(short), folded(full)] as const);

/**
 * The letters and digits of a name, whatever their case, accents, width, ligatures, spacing and punctuation, whether a form
 * of company is abbreviated, and whichever of letters that look alike are used; the text as it is when nothing is left.
 */
export function likenessOf(name: string): string {
  const text = fullForms.reduce((rest, [short, full]) => rest.replaceAll(short, full), folded(name));
  const words = text.replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim();
  const short = shortForms.reduce((rest, [full, form]) => rest.replaceAll(full, form), ` ${words} `);
  return withoutLookAlikes(short.replaceAll(' ', '')) || folded(name).trim();
}
