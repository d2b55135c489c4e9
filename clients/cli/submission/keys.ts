import { createHash } from 'node:crypto';
import { canonical } from '../canonical.ts';
import type { Chunk } from './chunks.ts';
import type { Ids, Naming } from './names.ts';
import type { CommandLine } from './read-file.ts';

/** A chunk of a file, or a half of it, or a half of that: `path` is '', '.1' or '.1.2'. */
export interface Piece<Line extends CommandLine = CommandLine> {
  readonly chunk: number;
  readonly path: string;
  readonly commands: readonly Line[];
}

export const wholePiece = <Line extends CommandLine>({ commands }: Chunk<Line>, index: number): Piece<Line> => ({
  chunk: index,
  path: '',
  commands,
});

const halves = {
  1: <Item>(items: readonly Item[]) => items.slice(0, Math.ceil(items.length / 2)),
  2: <Item>(items: readonly Item[]) => items.slice(Math.ceil(items.length / 2)),
};

const halfOf =
  (which: 1 | 2) =>
  <Line extends CommandLine>({ chunk, path, commands }: Piece<Line>): Piece<Line> => ({
    chunk,
    path: `${path}.${which}`,
    commands: halves[which](commands),
  });
export const firstHalf = halfOf(1);
export const secondHalf = halfOf(2);

/** What the path of a piece takes of the items of a chunk. */
const along = <Item>(path: string, items: readonly Item[]): readonly Item[] =>
  path
    .split('.')
    .slice(1)
    .reduce((all, which) => halves[which as '1' | '2'](all), items);

export type IdempotencyKeys = ReturnType<typeof createIdempotencyKeys>;

/**
 * The idempotency keys of a file. The registry publishes for ever what it makes of a key, so none is made of the name of a
 * person, nor of a text in which one may stand: else whoever guesses an erased name could tell that it was this one. A key
 * is the hash of all else, with the number of the piece among those of the file that are equal so far.
 *
 * So submitting the same file again gets the same answers, and after a command was corrected only its chunk counts as a new
 * submission.
 */
export function createIdempotencyKeys(
  { naming, prefix }: { readonly naming: Naming; readonly prefix: string | undefined },
  chunks: readonly Chunk[],
  idsBefore: Ids,
) {
  const ordinals = new Map<string, readonly number[]>();
  /** The commands of each chunk without text, and without what ids they refer to: these are known only when it is sent. */
  const forms = chunks.map(({ commands }) =>
    commands.map(({ command }) => canonical(naming.withoutText([command], idsBefore)).replaceAll(REFERENCE, '"#"')),
  );

  function ordinalOf({ chunk, path }: Piece): number {
    const known = ordinals.get(path) ?? ordinalsAmongEqual(forms.map((form) => along(path, form).join('\n')));
    ordinals.set(path, known);
    return known[chunk] as number;
  }

  function keyOf(piece: Piece, ids: Ids): string {
    if (prefix !== undefined) return `${prefix}-${piece.chunk + 1}${piece.path}`;
    const commands = naming.withoutText(
      piece.commands.map(({ command }) => command),
      ids,
    );
    return `${hashOf({ commands })}-${ordinalOf(piece)}${piece.path}`;
  }

  /** The key that the first version of this client made, of the whole body; `undefined` where that was no other. */
  const earlierKeyOf = ({ chunk, path }: Piece, body: object): string | undefined =>
    prefix === undefined ? `${hashOf(body)}-${chunk + 1}${path}` : undefined;

  return { keyOf, earlierKeyOf };
}

/**
 * The keys that lists of commands get as the first of their kind in a file. It is for many lists of the same commands: what
 * each of these says is made once.
 */
export function createFirstKeys(naming: Naming, ids: Ids): (lines: readonly CommandLine[]) => string {
  const forms = new Map<CommandLine, string>();
  const formOf = (line: CommandLine): string => {
    const form = forms.get(line) ?? canonical(naming.withoutText([{ ...line.command, as: undefined }], ids)[0]);
    forms.set(line, form);
    return form;
  };
  return (lines) => {
    const numbers = new Map(lines.map(({ command: { as } }, index) => [`"#${as}"`, `"#${index}"`]));
    const texts = lines.map((line) => formOf(line).replace(NAME, (name) => numbers.get(name) ?? name));
    return `${digestOf(`{"commands":[${texts.join(',')}]}`)}-1`;
  };
}

const NAME = /"#[^"]*"/g;

/** A `#name` or an id where a schema expects one: elsewhere texts are blank by then. */
const REFERENCE = /"(?:#[^"]*|[a-z]+(?:-[a-z]+)*-[a-z2-7]{26})"/g;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
const hashOf = (value: object): string => digestOf(canonical(value));

/** Of each text the how-manieth it is of those that are equal to it. */
function ordinalsAmongEqual(texts: readonly string[]): number[] {
  const counts = new Map<string, number>();
  return texts.map((text) => {
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return count;
  });
}
