import { sortText, wordPartition } from '../projections/search/keys.ts';
import type { NameRow } from '../projections/search/search.ts';
import { saysLittle, type Word } from '../projections/search/words.ts';
import { slicesOf } from '../values/lists.ts';
import { endOf } from '../values/utf8-order.ts';
import type { RowReader } from './row-reader.ts';

/** Rows of names that one query reads in all, and of these in the first of its two rounds. */
const CANDIDATES = 380;
const FIRST_ROUND = 240;

/** Words that are asked for; the others of a query are looked for in what these find. */
const WORDS_ASKED = 5;
/** Words of which the rest is read, where no word has few rows. */
const WORDS_CONTINUED = 2;

/** Rows of one range in one round: more would be of no use where one word has them all. */
const MOST_AT_ONCE = 200;

/** Some rows of one partition whose keys begin alike, as far as they are read. */
interface Range {
  readonly partition: string;
  readonly text: string;
  /** The sort key before which it goes on; none when it is read whole. */
  readonly next: string | undefined;
  readonly rows: readonly NameRow[];
  /** How many rows were read for it, those of other words included. */
  readonly read: number;
}

interface Candidates {
  readonly rows: readonly NameRow[];
  /** Whether there may be names that have all that is asked for and were not read. */
  readonly truncated: boolean;
}

const rangeOf = (group: string, words: readonly string[]): Range => {
  const text = sortText(words);
  return { partition: wordPartition(group, text), text, next: endOf(text), rows: [], read: 0 };
};

async function readOn(reader: RowReader, range: Range, limit: number): Promise<Range> {
  const { partition, text, next, rows } = range;
  if (next === undefined || limit === 0) return range;
  const read = await reader.newest<NameRow>(partition, next, limit);
  const within = read.rows.filter(({ sort }) => sort.startsWith(text));
  const isOver = !read.more || within.length < read.rows.length;
  return {
    ...range,
    rows: [...rows, ...within.map(({ value }) => value)],
    read: range.read + read.rows.length,
    next: isOver ? undefined : within.at(-1)?.sort,
  };
}

/** Reads so many rows of all ranges, of each alike. */
const readAlike = (reader: RowReader, ranges: readonly Range[], limit: number): Promise<Range[]> =>
  Promise.all(ranges.map((range) => readOn(reader, range, Math.min(MOST_AT_ONCE, Math.floor(limit / ranges.length)))));

const rowsIn = (ranges: readonly Range[]): NameRow[] => ranges.flatMap(({ rows }) => rows);
const isWhole = (ranges: readonly Range[]): boolean => ranges.every(({ next }) => next === undefined);
const openIn = (ranges: readonly Range[]): number => ranges.filter(({ next }) => next !== undefined).length;

/** The words to ask for, the longest first: each once, and none that another begins with, or that titles have no rows of. */
function askedOf(words: readonly Word[]): string[] {
  const telling = words.filter((word) => !saysLittle(word));
  const texts = [...new Set((telling.length > 0 ? telling : words).map(({ text }) => text))];
  const longestFirst = texts.sort((a, b) => b.length - a.length);
  return longestFirst
    .filter((text, place) => !longestFirst.slice(0, place).some((longer) => longer.startsWith(text)))
    .slice(0, WORDS_ASKED);
}

/**
 * The rows among which are the names that have all of these words, read in two rounds at most. A word of which all rows are
 * read has every such name among them. So a rare word is never hidden by a common one. Where every word is common, the words
 * as they follow each other, and the two longest, are asked for together.
 */
export async function candidatesOf(
  words: readonly Word[],
  groups: readonly string[],
  reader: RowReader,
): Promise<Candidates> {
  const asked = askedOf(words).map((text) => groups.map((group) => rangeOf(group, [text])));
  const first = await readAlike(reader, asked.flat(), FIRST_ROUND);
  const byWord = [...slicesOf(first, groups.length)];
  const whole = byWord.find(isWhole);
  if (whole) return { rows: rowsIn(byWord.flat()), truncated: false };
  const rarest = byWord.toSorted((a, b) => openIn(a) - openIn(b)).slice(0, WORDS_CONTINUED);
  const together = togetherIn(words).flatMap((texts) => groups.map((group) => rangeOf(group, texts)));
  const left = CANDIDATES - first.reduce((sum, { read }) => sum + read, 0);
  const forTogether = together.length === 0 ? 0 : Math.floor(left / 3);
  const open = rarest.flat().filter(({ next }) => next !== undefined);
  const [followed, continued] = await Promise.all([
    readAlike(reader, together, forTogether),
    readAlike(reader, open, left - forTogether),
  ]);
  const rest = new Map(continued.map((range) => [keyOf(range), range]));
  const after = rarest.map((ranges) => ranges.map((range) => rest.get(keyOf(range)) ?? range));
  return { rows: rowsIn([...followed, ...after.flat(), ...first]), truncated: !after.some(isWhole) };
}

const keyOf = ({ partition, text }: Range): string => `${partition} ${text}`;

/** What several words are asked for together by: all of them as they follow each other, and the two longest both ways. */
function togetherIn(words: readonly Word[]): string[][] {
  const texts = words.map(({ text }) => text);
  if (texts.length < 2) return [];
  const [one = '', other = ''] = askedOf(words);
  const pairs =
    other === ''
      ? []
      : [
          [one, other],
          [other, one],
        ];
  return [...new Map([texts, ...pairs].map((all) => [sortText(all), all])).values()];
}
