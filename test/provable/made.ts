/** Row trees, their proofs and statements, made from the format alone and the slow way: nothing here is the product's. */
import { createHash } from 'node:crypto';

/** Partition, sort, and canonical value. */
export type MadeRow = readonly [partition: string, sort: string, value: string];
/** How a row is shown: with its value, without it, or not at all. */
export type Shown = 'R' | 'K' | 'H';

interface MadeNode {
  readonly hash: Buffer;
  readonly rows: number;
  readonly row?: MadeRow;
  readonly sides?: readonly [MadeNode, MadeNode];
}

const digest = (...parts: readonly (string | Buffer)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

function numberOf(value: number, bytes: number): Buffer {
  const made = Buffer.alloc(bytes);
  made.writeUIntBE(value, 0, bytes);
  return made;
}

const lengthened = (text: string) => Buffer.concat([numberOf(Buffer.byteLength(text), 2), Buffer.from(text)]);
const keyBytes = ([partition, sort]: MadeRow) => Buffer.concat([lengthened(partition), lengthened(sort)]);

/** A quarter of the leading zero bits of a key's hash, rounded down: its leading hexadecimal zeroes. */
const madeRank = (row: MadeRow): number => /^0*/.exec(digest('\x02', keyBytes(row)).toString('hex'))?.[0].length ?? 0;

export const inOrder = (rows: readonly MadeRow[]): MadeRow[] =>
  rows.toSorted((one, other) => {
    const [first, second] = [one, other].map((row) => row.map((part) => Buffer.from(part)));
    const [partitions, sorts] = [0, 1].map((at) => Buffer.compare(first?.[at] as Buffer, second?.[at] as Buffer));
    return partitions || (sorts ?? 0);
  });

const leaf = (row: MadeRow): MadeNode => ({
  hash: digest('\x00', keyBytes(row), digest(row[2])),
  rows: 1,
  row,
});

/** The shape of RFC 6962. */
function joined(nodes: readonly MadeNode[]): MadeNode {
  const [only] = nodes;
  if (only && nodes.length === 1) return only;
  let split = 1;
  while (split * 2 < nodes.length) split *= 2;
  const sides = [joined(nodes.slice(0, split)), joined(nodes.slice(split))] as const;
  const parts = sides.flatMap(({ rows, hash }) => [numberOf(rows, 6), hash]);
  return { hash: digest('\x01', ...parts), rows: sides[0].rows + sides[1].rows, sides };
}

/** The tree of some rows; undefined for none. */
function madeTree(rows: readonly MadeRow[]): MadeNode | undefined {
  let members = inOrder(rows).map((row) => ({ node: leaf(row), rank: madeRank(row) }));
  if (members.length === 0) return undefined;
  for (let level = 1; ; level += 1) {
    const groups: { nodes: MadeNode[]; rank: number }[] = [];
    let isOpen = false;
    for (const { node, rank } of members) {
      if (!isOpen) groups.push({ nodes: [], rank });
      const group = groups.at(-1) as { nodes: MadeNode[]; rank: number };
      group.nodes.push(node);
      group.rank = rank;
      isOpen = rank < level;
    }
    members = groups.map(({ nodes, rank }) => ({ node: joined(nodes), rank }));
    if (members.length === 1) return members[0]?.node;
  }
}

export const madeRoot = (rows: readonly MadeRow[]): string => (madeTree(rows)?.hash ?? digest()).toString('hex');

/** The lines of a proof that shows rows so. */
function linesOf(
  node: MadeNode,
  shown: (row: MadeRow) => Shown,
): { readonly lines: string[]; readonly isHidden: boolean } {
  const base64 = node.hash.toString('base64');
  if (node.row) {
    const [partition, sort, value] = node.row;
    const key = `${JSON.stringify(partition)},${JSON.stringify(sort)}`;
    const how = shown(node.row);
    const line = { R: `R [${key},${value}]`, K: `K [${key}] ${digest(value).toString('base64')}`, H: `H 1 ${base64}` };
    return { lines: [line[how]], isHidden: how === 'H' };
  }
  const sides = (node.sides ?? []).map((side) => linesOf(side, shown));
  if (sides.every(({ isHidden }) => isHidden)) return { lines: [`H ${node.rows} ${base64}`], isHidden: true };
  const lines = sides.flatMap((side) => side.lines);
  const last = lines.pop() ?? '';
  const joins = Number(/^.(\d*)/.exec(last)?.[1]) + 1;
  return { lines: [...lines, last.replace(/^(.)\d*/, `$1${joins}`)], isHidden: false };
}

export function madeRowsProof(model: string, rows: readonly MadeRow[], shown: (row: MadeRow) => Shown): string {
  const tree = madeTree(rows);
  return ['registry-rows@v1', `model ${model}`, ...(tree ? linesOf(tree, shown).lines : [])].join('\n');
}

export interface StatedInTest {
  readonly name: string;
  readonly revision: number;
  readonly position: number;
  readonly rows: number;
  readonly root: string;
  readonly setAside?: readonly { readonly id: string; readonly version: number }[];
}

/** The entry of a statement: its members are in the order of canonical JSON. */
export const madeStatement = (models: readonly StatedInTest[], version = 1): string =>
  JSON.stringify({
    actor: 'registry',
    commandid: `statement-${version}`,
    data: {
      models: models.map(({ name, position, revision, root, rows, setAside }) => {
        return { name, position, revision, root, rows, ...(setAside && { setAside }) };
      }),
    },
    datacontenttype: 'application/json',
    dataschema: 'https://registry.example.org/schemas/read-models.stated/1',
    id: `read-models/${version}`,
    source: 'registry.example.org',
    specversion: '1.0',
    streamversion: version,
    subject: 'read-models',
    time: '2026-02-03T04:05:06.789Z',
    type: 'read-models.stated',
  });

/** What a raw opening answers, and how it shows the rows that its proof needs: those of the answer, and its neighbours. */
export function madeOpening(rows: readonly MadeRow[], question: string) {
  const asked = new URLSearchParams(question);
  const partition = asked.get('partition') ?? '';
  const all = inOrder(rows);
  const compare = (row: MadeRow, bound: readonly [string, string]) =>
    Buffer.compare(Buffer.from(row[0]), Buffer.from(bound[0])) ||
    Buffer.compare(Buffer.from(row[1]), Buffer.from(bound[1]));
  /** The index of the first row that is not before a bound. */
  const from = (bound: readonly [string, string]) => all.filter((row) => compare(row, bound) < 0).length;
  const sort = asked.get('sort');
  if (sort !== null) {
    const at = from([partition, sort]);
    const found = all[at] && compare(all[at], [partition, sort]) === 0 ? [all[at]] : [];
    return openingOf(all, found, found.length > 0 ? [] : [at - 1, at], { rows: found.map(told), more: false });
  }
  const start = from([partition, '']);
  const end = from(asked.has('before') ? [partition, asked.get('before') ?? ''] : [`${partition}\0`, '']);
  if (asked.has('count')) return openingOf(all, [], [start - 1, start, end - 1, end], { count: end - start });
  const first = Math.max(start, end - Number(asked.get('limit') ?? all.length));
  const found = all.slice(first, end).toReversed();
  return openingOf(all, found, [first - 1, end], { rows: found.map(told), more: first > start });
}

const told = ([, sort, value]: MadeRow) => [sort, JSON.parse(value) as unknown] as const;

export interface MadeAnswer {
  readonly rows?: readonly (readonly [string, unknown])[];
  readonly more?: boolean;
  readonly count?: number;
}

function openingOf(
  all: readonly MadeRow[],
  found: readonly MadeRow[],
  neighbours: readonly number[],
  answer: MadeAnswer,
) {
  const beside = neighbours.map((at) => all[at]);
  const shown = (row: MadeRow): Shown => (found.includes(row) ? 'R' : beside.includes(row) ? 'K' : 'H');
  return { answer, shown };
}
