/**
 * The ordered hash tree over the rows of a read model, whose shape follows from the set of rows alone. Level 1 cuts the
 * sequence of rows after each row of rank ≥ 1, level L the sequence of groups after each group whose last row has rank
 * ≥ L, until one group is left. Within a group the shape is that of RFC 6962. Pure and free of Node.js: the caller
 * provides SHA-256.
 */
import { equalBytes } from '../log/bytes.ts';
import { HASH_BYTES, type Hash } from '../log/merkle.ts';
import { splitOf } from '../log/proofs.ts';
import { compareUtf8 } from '../values/utf8-order.ts';

export interface RowPlace {
  readonly partition: string;
  readonly sort: string;
}

/** `value` is canonical JSON (RFC 8785). */
export interface TreeRow extends RowPlace {
  readonly value: string;
}

/** The hash of a subtree, and its number of rows. */
export interface HashNode {
  readonly hash: Uint8Array;
  readonly rows: number;
  /** The inner node that this one last became with its right neighbour, so that it need not be hashed again. */
  joined?: { readonly right: HashNode; readonly node: HashNode };
}

/** `node` is its leaf, once it is hashed; `line` is how it was stored. */
export interface LeafRow extends TreeRow {
  readonly line?: string;
  node?: HashNode;
}

/** Bytes of the pack of that position. */
export interface GroupPlace {
  readonly pack: number;
  readonly offset: number;
  readonly length: number;
}

/** A group is stored, in memory, or both. */
export interface GroupSource {
  readonly place?: GroupPlace;
  readonly group?: Group;
}

/** A group seen from above, with the key of its last row; `line` is how that was stored. */
export interface Subtree extends RowPlace, HashNode, GroupSource {
  readonly line?: string;
}

export type Group =
  | { readonly level: 1; readonly rows: readonly LeafRow[] }
  | { readonly level: number; readonly members: readonly Subtree[] };

/** `top` is the group of level `height`; the empty tree has none, and height 0. */
export interface RowTree {
  readonly rows: number;
  readonly root: Uint8Array;
  readonly height: number;
  readonly top?: GroupSource;
}

export type ReadGroup = (place: GroupPlace, level: number) => Promise<Group>;

export interface TreeDeps {
  readonly hash: Hash;
  readonly readGroup: ReadGroup;
}

/** Lengths of keys are encoded in 16 bits. */
export const MAX_KEY_BYTES = 65_535;

const COUNT_BYTES = 6;
const INNER_BYTES = 1 + 2 * (COUNT_BYTES + HASH_BYTES);
const MOST_BYTES_A_CHARACTER = 3;
const utf8 = new TextEncoder();

/** The order of rows: by the UTF-8 bytes of the partition, then of the sort key. */
export const comparePlaces = (one: RowPlace, other: RowPlace): number =>
  (one.partition === other.partition ? 0 : compareUtf8(one.partition, other.partition)) ||
  (one.sort === other.sort ? 0 : compareUtf8(one.sort, other.sort));

/** What is hashed is written here first: nearly all of it is short, and hashed at once. */
const scratch = new Uint8Array(2 * MAX_KEY_BYTES + 64);

/** Writes a text in UTF-8, and answers where it ends. Most keys are ASCII, which takes no call of the encoder. */
function writeText(text: string, at: number): number {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) {
      const bytes = utf8.encode(text);
      if (bytes.length > MAX_KEY_BYTES) break;
      scratch.set(bytes, at);
      return at + bytes.length;
    }
    if (index === MAX_KEY_BYTES) break;
    scratch[at + index] = unit;
    if (index === text.length - 1) return at + text.length;
  }
  if (text !== '') throw new RangeError(`a key of more than ${MAX_KEY_BYTES} bytes`);
  return at;
}

/** Writes u16be(|text|) ‖ text. */
function writeWithLength(text: string, at: number): number {
  const end = writeText(text, at + 2);
  const length = end - at - 2;
  scratch[at] = length >> 8;
  scratch[at + 1] = length & 255;
  return end;
}

/** The hash of prefix ‖ u16be(|partition|) ‖ partition ‖ u16be(|sort|) ‖ sort ‖ rest */
function hashWithKey(hash: Hash, prefix: number, { partition, sort }: RowPlace, rest?: Uint8Array): Uint8Array {
  scratch[0] = prefix;
  const end = writeWithLength(sort, writeWithLength(partition, 1));
  if (!rest) return hash(scratch.subarray(0, end));
  scratch.set(rest, end);
  return hash(scratch.subarray(0, end + rest.length));
}

/** SHA-256(0x00 ‖ key ‖ SHA-256(value)) */
export const rowLeaf = (hash: Hash, key: RowPlace, valueHash: Uint8Array): HashNode => ({
  hash: hashWithKey(hash, 0, key, valueHash),
  rows: 1,
});

export function valueHashOf(hash: Hash, value: string): Uint8Array {
  if (value.length > scratch.length / MOST_BYTES_A_CHARACTER) return hash(utf8.encode(value));
  return hash(scratch.subarray(0, utf8.encodeInto(value, scratch).written));
}

/** Writes u48be(rows) ‖ hash. */
function writeHalf({ rows, hash }: HashNode, at: number): void {
  // Division, not shifts, for what lies beyond 32 bits.
  const high = Math.floor(rows / 2 ** 32);
  scratch[at] = high >> 8;
  scratch[at + 1] = high;
  scratch[at + 2] = rows >> 24;
  scratch[at + 3] = rows >> 16;
  scratch[at + 4] = rows >> 8;
  scratch[at + 5] = rows;
  scratch.set(hash, at + COUNT_BYTES);
}

/** SHA-256(0x01 ‖ u48be(rows left) ‖ left ‖ u48be(rows right) ‖ right): the counts are bound, so that totals are proven. */
export function innerNode(hash: Hash, left: HashNode, right: HashNode): HashNode {
  scratch[0] = 1;
  writeHalf(left, 1);
  writeHalf(right, 1 + COUNT_BYTES + HASH_BYTES);
  return { hash: hash(scratch.subarray(0, INNER_BYTES)), rows: left.rows + right.rows };
}

/** The leading zero bits of SHA-256(0x02 ‖ key), divided by 4, rounded down. */
export function rankOf(hash: Hash, key: RowPlace): number {
  let rank = 0;
  for (const byte of hashWithKey(hash, 2, key)) {
    if (byte !== 0) return byte < 16 ? rank + 1 : rank;
    rank += 2;
  }
  return rank;
}

function leafNode(hash: Hash, row: LeafRow): HashNode {
  row.node ??= rowLeaf(hash, row, valueHashOf(hash, row.value));
  return row.node;
}

/** The nodes of what a group consists of, in order. */
export const nodesOf = (hash: Hash, group: Group): readonly HashNode[] =>
  'rows' in group ? group.rows.map((row) => leafNode(hash, row)) : group.members;

/** The node over the nodes `from` ≤ index < `to`. */
export function nodeOver(hash: Hash, nodes: readonly HashNode[], from = 0, to = nodes.length): HashNode {
  if (to - from <= 1) {
    const only = nodes[from];
    if (!only || to <= from) throw new RangeError('there is no node over nothing');
    return only;
  }
  const middle = from + splitOf(to - from);
  const [left, right] = [nodeOver(hash, nodes, from, middle), nodeOver(hash, nodes, middle, to)];
  if (left.joined?.right !== right) left.joined = { right, node: innerNode(hash, left, right) };
  return left.joined.node;
}

export function lastOf(group: Group): RowPlace {
  const last = 'rows' in group ? group.rows.at(-1) : group.members.at(-1);
  if (!last) throw new RangeError('a group is never empty');
  return last;
}

/** The group with its hash, number of rows and last key. */
export function subtreeOf(hash: Hash, group: Group): Subtree {
  const { partition, sort } = lastOf(group);
  const { hash: root, rows } = nodeOver(hash, nodesOf(hash, group));
  return { partition, sort, hash: root, rows, group };
}

/** What a group must be: what stands above it tells. */
export type ExpectedGroup = GroupSource & Pick<HashNode, 'hash' | 'rows'> & Partial<RowPlace>;

export const topOf = ({ top = {}, root, rows }: RowTree): ExpectedGroup => ({ ...top, hash: root, rows });

const NOT_THE_GROUP = 'are not the group that the tree tells';

/** Whether a group could not be opened because another one is stored in its place. */
export const isOtherGroup = (error: unknown): boolean =>
  error instanceof Error && error.message.endsWith(NOT_THE_GROUP);

/** The group, from memory or read. @throws an Error when what is stored there is another one */
export async function openGroup(expected: ExpectedGroup, level: number, { hash, readGroup }: TreeDeps): Promise<Group> {
  const { group, place, partition, sort, rows } = expected;
  if (group) return group;
  if (!place) throw new Error('a group is neither stored nor in memory');
  const read = await readGroup(place, level);
  const made = subtreeOf(hash, read);
  const isLast = partition === undefined || (made.partition === partition && made.sort === sort);
  if (isLast && made.rows === rows && equalBytes(made.hash, expected.hash)) return read;
  throw new Error(`${place.length} bytes at ${place.offset} of pack ${place.pack} ${NOT_THE_GROUP}`);
}
