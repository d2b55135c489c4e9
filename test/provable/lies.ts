import { createHash } from 'node:crypto';

/** What a registry answers with `proof=true`, or to a raw opening, as far as lies alter it. */
export interface AnswerWithProof {
  readonly items?: readonly unknown[];
  readonly rows?: readonly unknown[];
  readonly more?: boolean;
  readonly next?: string;
  readonly total?: number;
  readonly count?: number;
  readonly proof: { readonly rows: readonly string[]; readonly statement: string; readonly log: string };
}

/** What lies are made from. */
export interface LieMaterial {
  readonly honest: AnswerWithProof;
  /** The honest answer to the same as of an earlier statement. */
  readonly older: AnswerWithProof;
  /** The proof of the statement in a forked log, which the registry's key has signed, too. */
  readonly forked: string;
}

type Lie = (material: LieMaterial) => AnswerWithProof;

const listed =
  (change: (list: readonly unknown[]) => readonly unknown[]): Lie =>
  ({ honest }) => {
    const { items, rows } = honest;
    return items ? { ...honest, items: change(items) } : { ...honest, rows: change(rows ?? []) };
  };

/** Alters the lines of the proof of the rows of `records`. */
const shown =
  (change: (lines: string[]) => string[]): Lie =>
  ({ honest }) => {
    const { rows, ...proof } = honest.proof;
    const altered = rows.map((text) =>
      text.includes('\nmodel records@') ? change(text.split('\n')).join('\n') : text,
    );
    return { ...honest, proof: { ...proof, rows: altered } };
  };

/** Alters the first line of a kind. */
const inLine = (kind: string, change: (line: string) => string) =>
  shown((lines) => {
    const at = lines.findIndex((line) => line.startsWith(kind));
    if (at < 0) throw new Error(`the proof has no line ${kind}`);
    return lines.with(at, change(lines[at] as string));
  });

function hideValue(line: string): string {
  const [, joins = '', key = '', value = ''] =
    /^R(\d*) (\["(?:[^"\\]|\\.)*","(?:[^"\\]|\\.)*"),(.*)\]$/.exec(line) ?? [];
  return `K${joins} ${key}] ${createHash('sha256').update(value).digest('base64')}`;
}

/** The same with another text or number in it. */
const altered = (item: unknown): unknown =>
  JSON.parse(
    JSON.stringify(item).replace(/:"([^"]+)"|:(\d+)/, (_, text?: string, number?: string) =>
      text === undefined ? `:${Number(number) + 1}` : `:"${text} altered"`,
    ),
  );

export const lies = {
  'the first is left out': listed((list) => list.slice(1)),
  'one in the middle is left out': listed((list) => list.toSpliced(2, 1)),
  'the last is left out': listed((list) => list.slice(0, -1)),
  'one is added': listed((list) => [...list, altered(list.at(-1))]),
  'one is altered': listed((list) => list.with(1, altered(list[1]))),
  'one is hidden behind its true hash': inLine('R', hideValue),
  'the next page is cut off': ({ honest: { next, ...rest } }) => ('more' in rest ? { ...rest, more: false } : rest),
  'the total is false': ({ honest }) =>
    honest.count === undefined ? { ...honest, total: (honest.total ?? 0) + 1 } : { ...honest, count: honest.count + 1 },
  'the statement is old': ({ older }) => older,
  'the revision is another one': shown((lines) => lines.with(1, 'model records@1')),
  'the root is a foreign one': ({ honest }) => {
    const statement = honest.proof.statement.replaceAll(/"root":"[0-9a-f]{64}"/g, `"root":"${'a'.repeat(64)}"`);
    return { ...honest, proof: { ...honest.proof, statement } };
  },
  'the checkpoint is forked': ({ honest, forked }) => ({ ...honest, proof: { ...honest.proof, log: forked } }),
  'a neighbour is altered': inLine('K', (line) => line.replace('["', '[" ')),
} satisfies Record<string, Lie>;
