/**
 * Packs: the groups of row trees that are new with one statement, each as raw DEFLATE (RFC 1951) of lines, and behind them
 * a footer: canonical JSON, its length in 32 bits, big-endian, and `REGROWS1`. Groups may point into earlier packs.
 */
import { concat, fromBase64, toBase64, toHex } from '../log/bytes.ts';
import { HASH_BYTES } from '../log/merkle.ts';
import { fault, isFault, type Read, value } from '../log/read.ts';
import {
  comparePlaces,
  type ExpectedGroup,
  type Group,
  type GroupPlace,
  type GroupSource,
  type LeafRow,
  openGroup,
  type RowTree,
  type Subtree,
  type TreeDeps,
  topOf,
} from './group.ts';
import { readRow, readRowKey, rowLine } from './json-line.ts';
import { footerBytes, type PackedModel } from './pack-footer.ts';

/** Raw DEFLATE, or its inverse, which throws where there is none. */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

const POSITION_DIGITS = 16;
const utf8 = new TextEncoder();

/** `packs/0000000000001234` */
export const packKey = (position: number): string => `packs/${String(position).padStart(POSITION_DIGITS, '0')}`;

/** A model whose tree is to be packed. */
export interface ModelTree extends Omit<PackedModel, 'rows' | 'root' | 'group' | 'height'> {
  readonly tree: RowTree;
}

export interface Pack {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly models: readonly PackedModel[];
  /** The trees with all groups stored, and none in memory, in the order of the models. */
  readonly trees: readonly RowTree[];
  /** How many rows or groups the largest group of the pack has: keys that avoid cuts make it grow. */
  readonly largest: number;
}

/** The pack of a position: whatever groups of the trees are not stored yet. */
export function packOf(position: number, models: readonly ModelTree[], deflate: Deflate): Pack {
  const parts: Uint8Array[] = [];
  let largest = 0;
  let offset = 0;

  function placeOf({ place, group }: GroupSource): GroupPlace {
    if (place) return place;
    if (!group) throw new Error('a group is neither stored nor in memory');
    const stored: Group = 'rows' in group ? group : { level: group.level, members: group.members.map(placedMember) };
    const bytes = deflate(utf8.encode(linesOf(stored)));
    const placed = { pack: position, offset, length: bytes.length };
    parts.push(bytes);
    largest = Math.max(largest, nodesIn(stored).length);
    offset += bytes.length;
    return placed;
  }

  function placedMember(member: Subtree): Subtree {
    if (member.line !== undefined && member.place && !member.group) return member;
    const { partition, sort, hash, rows } = member;
    const place = placeOf(member);
    return { partition, sort, hash, rows, place, line: memberLine(member, place) };
  }

  const trees = models.map(({ tree }) => (tree.top ? { ...tree, top: { place: placeOf(tree.top) } } : tree));
  const packed = models.map(({ tree, ...model }, at): PackedModel => {
    const group = trees[at]?.top?.place;
    return { ...model, rows: tree.rows, root: toHex(tree.root), height: tree.height, ...(group && { group }) };
  });
  return { bytes: concat([...parts, footerBytes(packed)]), models: packed, trees, largest };
}

const nodesIn = (group: Group): readonly unknown[] => ('rows' in group ? group.rows : group.members);

const linesOf = (group: Group): string =>
  'rows' in group
    ? group.rows.map((row) => `${row.line ?? rowLine(row)}\n`).join('')
    : group.members.map(({ line }) => `${line}\n`).join('');

/** A member as a row whose value is `"<base64 hash>",<rows>,<pack>,<offset>,<length>`. */
const memberLine = ({ partition, sort, hash, rows }: Subtree, { pack, offset, length }: GroupPlace): string =>
  rowLine({ partition, sort, value: `"${toBase64(hash)}",${[rows, pack, offset, length].join(',')}` });

/** The tree as a pack tells of it. */
export function treeOf({ rows, root, group, height }: PackedModel): RowTree {
  const bytes = Uint8Array.from(root.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return { rows, root: bytes, height, ...(group && { top: { place: group } }) };
}

/** The group of a level from its stored bytes. Whether it is the right one, its hash tells. */
export function storedGroup(bytes: Uint8Array, level: number, inflate: Deflate): Read<Group> {
  const lines = linesIn(bytes, inflate);
  if (isFault(lines)) return lines;
  const read = lines.value.map((line): Read<LeafRow | Subtree> => (level === 1 ? readLeaf(line) : readMember(line)));
  const places: (LeafRow | Subtree)[] = [];
  for (const one of read) {
    if (isFault(one)) return fault(`line ${places.length + 1} of the group: ${one.fault}`);
    const before = places.at(-1);
    if (before && comparePlaces(before, one.value) >= 0) return fault('its lines are not in order');
    places.push(one.value);
  }
  return value((level === 1 ? { level, rows: places } : { level, members: places }) as Group);
}

function linesIn(bytes: Uint8Array, inflate: Deflate): Read<string[]> {
  try {
    const lines = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(inflate(bytes)).split('\n');
    return lines.pop() === '' && lines.length > 0 ? value(lines) : fault('the group does not end in a newline');
  } catch (error) {
    return fault(`the group is not DEFLATE of UTF-8: ${(error as Error).message}`);
  }
}

function readLeaf(line: string): Read<LeafRow> {
  const read = readRow(line);
  return isFault(read)
    ? read
    : value({ partition: read.value.partition, sort: read.value.sort, value: read.value.value, line });
}

const MEMBER = /^,"([A-Za-z0-9+/]{43}=)",(\d{1,16}),(\d{1,16}),(\d{1,16}),(\d{1,16})\]$/;

function readMember(line: string): Read<Subtree> {
  const read = readRowKey(line);
  if (isFault(read)) return read;
  const [, encoded = '', ...digits] = MEMBER.exec(read.value.rest) ?? [];
  const hash = fromBase64(encoded);
  const [rows = 0, pack = 0, offset = 0, length = 0] = digits.map(Number);
  if (isFault(hash) || hash.value.length !== HASH_BYTES || rows < 1) return fault('it tells of no group');
  const { partition, sort } = read.value.key;
  return value({ partition, sort, hash: hash.value, rows, place: { pack, offset, length }, line });
}

/** The same tree with all of its groups in memory and none stored, so that a pack of it stands alone. */
export async function standingAlone(tree: RowTree, deps: TreeDeps): Promise<RowTree> {
  async function whole(expected: ExpectedGroup, level: number): Promise<Group> {
    const group = await openGroup(expected, level, deps);
    if ('rows' in group) return group;
    const members = group.members.map(async (member): Promise<Subtree> => {
      const { partition, sort, hash, rows } = member;
      return { partition, sort, hash, rows, group: await whole(member, level - 1) };
    });
    return { level, members: await Promise.all(members) };
  }
  return tree.top ? { ...tree, top: { group: await whole(topOf(tree), tree.height) } } : tree;
}
