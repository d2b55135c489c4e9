import { aggregates } from '../../catalog.ts';
import { hashOfMatchKey } from '../../organization/match-keys.ts';
import { looselySpelt } from './romanization.ts';
import { saysLittle, type Word } from './words.ts';

/**
 * The keys of the rows of names. A row stands for one word of a name and says how the name goes on from there, so that the
 * beginning of a word, of several words that follow each other, and of a whole name is one range of one partition:
 *
 *   partition  word/<group>/<first sign>
 *   sort       <word, and the words behind it><END><1 if that is the whole name, else 0>/<hash of the name>/<id>
 *
 * Partitions are read from their end. `END` and `SPACE` stand behind all signs, so that of what begins alike the whole
 * name comes first, then where the name ends, then where the word ends, then longer words.
 */
const END = '\u{10fffd}';
const SPACE = '\u{10fffc}';

/** Of a name: signs of a key, words that begin keys, and words up to which two that are apart have a key together. */
const KEY_SIGNS = 64;
const NAME_WORDS = 50;
const PAIRED_WORDS = 8;

/** The sign of a word with which partitions are told apart. */
const firstSign = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 0);

export const wordPartition = (group: string, text: string): string => `word/${group}/${firstSign(text)}`;

/** What a name's key begins with, so far as a word, or several that follow each other, tell it. */
export const sortText = (words: readonly string[]): string =>
  [...looselySpelt(words.join(SPACE))].slice(0, KEY_SIGNS).join('');

/**
 * The groups in which a record's names stand. Those of one collection, and of one kind in it, are read without the others,
 * so that no other records hide them. Agreements, the most frequent records, stand in the group of their kind alone.
 */
export function groupsOf(collection: string, kind: string | undefined, isMerged = false): string[] {
  const own = isMerged ? mergedIn(collection) : ofKind(collection, kind);
  if (collection === AGREEMENTS) return [own];
  return [collection === ORGANIZATIONS ? ORGANIZATIONS : OTHERS, own];
}

const AGREEMENTS = 'agreements';
/** The group in which the names of all organizations stand. */
export const ORGANIZATIONS = 'organizations';
const OTHERS = 'others';

const ofKind = (collection: string, kind: string | undefined) =>
  kind === undefined ? `${collection}/` : `${collection}/${kind}`;
/** Of which kind the record is that a merged one became, its own events do not tell. */
const mergedIn = (collection: string) => `${collection}/merged`;

const kindsOf = (collection: string): readonly string[] =>
  aggregates.find((aggregate) => aggregate.collection === collection)?.kinds ?? [];

/** The collections whose records have names. */
const NAMED_COLLECTIONS = [AGREEMENTS, ORGANIZATIONS, 'ceremonies', 'launches', 'cohorts', 'award-programmes'];

/** The groups to read for records of a collection, and of some kinds. */
export function groupsToRead(collection: string | undefined, kinds: readonly string[] | undefined): string[] {
  const collections = NAMED_COLLECTIONS.filter((one) => collection === undefined || one === collection);
  if (kinds) {
    const groups = collections.flatMap((one) =>
      kindsOf(one).flatMap((kind) => (kinds.includes(kind) ? [ofKind(one, kind)] : [])),
    );
    return groups.some((group) => group.startsWith(`${ORGANIZATIONS}/`))
      ? [...groups, mergedIn(ORGANIZATIONS)]
      : groups;
  }
  const ofAgreements = collections.includes(AGREEMENTS)
    ? kindsOf(AGREEMENTS).map((kind) => ofKind(AGREEMENTS, kind))
    : [];
  if (collection === undefined) return [ORGANIZATIONS, OTHERS, ...ofAgreements];
  if (collection === AGREEMENTS) return ofAgreements;
  if (collection === ORGANIZATIONS) return [ORGANIZATIONS];
  return collections.flatMap((one) => [...kindsOf(one).map((kind) => ofKind(one, kind)), ofKind(one, undefined)]);
}

/** What begins a key of a name. */
interface Start {
  readonly text: string;
  readonly isWhole: boolean;
}

const MARK = /^\p{M}/u;

/** The texts that a word begins a key with: of a word without spaces, from each of its signs on. */
const beginningsOf = ({ text, isUnspaced, tails }: Word): string[] => {
  if (!isUnspaced) return [text, ...tails];
  const signs = [...text];
  return signs.flatMap((sign, at) => (MARK.test(sign) ? [] : [signs.slice(at).join('')]));
};

/**
 * Every key of a name, once. Titles of agreements are many and long, and so have fewer: none for particles and numbers
 * beside other words, for Cyrillic words in Latin letters, and for words that are apart. In Latin letters a Cyrillic word
 * stands alone.
 */
export function startsOf(words: readonly Word[], { isTitle }: { readonly isTitle: boolean }): Start[] {
  const texts = words.map(({ text }) => text);
  const isLittle = isTitle && !words.every(saysLittle) ? saysLittle : () => false;
  const starts = words.flatMap((word, place): Start[] => [
    ...(isLittle(word) ? [] : beginningsOf(word)).map((text, at) => ({
      text: sortText([text, ...texts.slice(place + 1)]),
      isWhole: place === 0 && at === 0,
    })),
    ...(isTitle ? [] : word.romanized.map((text) => ({ text: sortText([text]), isWhole: words.length === 1 }))),
  ]);
  const pairs = isTitle ? [] : pairsOf(words).map((pair) => ({ text: sortText(pair), isWhole: false }));
  const all = [...starts.slice(0, NAME_WORDS), ...pairs];
  return [...new Map(all.toReversed().map((start) => [start.text, start])).values()].toReversed();
}

/** Two words that do not follow each other, in their order: those that do have a key anyway. */
function pairsOf(words: readonly Word[]): [string, string][] {
  const spaced = words.length > PAIRED_WORDS ? [] : words.filter(({ isUnspaced }) => !isUnspaced);
  return spaced.flatMap((one, place) => spaced.slice(place + 2).map(({ text }): [string, string] => [one.text, text]));
}

export const sortOf = ({ text, isWhole }: Start, name: string, id: string): string =>
  `${text}${END}${isWhole ? 1 : 0}/${hashOfMatchKey(name)}/${id}`;

/** What the keys of a whole name begin with. */
export const wholeName = (text: string): string => `${text}${END}1/`;

/** Numbers that others gave: every sign of the value, whatever its case, width and punctuation. */
export const identifierPartition = (signs: string): string => `identifier/${[...signs].slice(0, 2).join('')}`;
export const signsOfIdentifier = (value: string): string =>
  value
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
