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

/** `node` is its leaf, once it is hashed. */
export interface LeafRow extends TreeRow {
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

/** A group seen from above, with the key of its last row. */
export interface Subtree extends RowPlace, HashNode, GroupSource {}

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
const utf8 = new TextEncoder();

/** The order of rows: by the UTF-8 bytes of the partition, then of the sort key. */
export const comparePlaces = (one: RowPlace, other: RowPlace): number =>
  (one.partition === other.partition ? 0 : compareUtf8(one.partition, other.partition)) ||
  (one.sort === other.sort ? 0 : compareUtf8(one.sort, other.sort));

/** prefix ‖ u16be(|partition|) ‖ partition ‖ u16be(|sort|) ‖ sort ‖ rest */
function withKey(prefix: number, { partition, sort }: RowPlace, rest: Uint8Array): Uint8Array {
  const [one, other] = [utf8.encode(partition), utf8.encode(sort)];
  if (Math.max(one.length, other.length) > MAX_KEY_BYTES) throw new RangeError('a key of more than 65,535 bytes');
  const bytes = new Uint8Array(5 + one.length + other.length + rest.length);
  bytes.set([prefix, one.length >> 8, one.length & 255]);
  bytes.set(one, 3);
  bytes.set([other.length >> 8, other.length & 255], 3 + one.length);
  bytes.set(other, 5 + one.length);
  bytes.set(rest, 5 + one.length + other.length);
  return bytes;
}

/** SHA-256(0x00 ‖ key ‖ SHA-256(value)) */
export const rowLeaf = (hash: Hash, key: RowPlace, valueHash: Uint8Array): HashNode => ({
  hash: hash(withKey(0, key, valueHash)),
  rows: 1,
});

export const valueHashOf = (hash: Hash, value: string): Uint8Array => hash(utf8.encode(value));

/** SHA-256(0x01 ‖ u48be(rows left) ‖ left ‖ u48be(rows right) ‖ right): the counts are bound, so that totals are proven. */
export function innerNode(hash: Hash, left: HashNode, right: HashNode): HashNode {
  const bytes = new Uint8Array(INNER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = 1;
  for (const [at, { rows, hash: half }] of [[1, left] as const, [1 + COUNT_BYTES + HASH_BYTES, right] as const]) {
    view.setUint16(at, Math.floor(rows / 2 ** 32));
    view.setUint32(at + 2, rows % 2 ** 32);
    bytes.set(half, at + COUNT_BYTES);
  }
  return { hash: hash(bytes), rows: left.rows + right.rows };
}

/** The leading zero bits of SHA-256(0x02 ‖ key), divided by 4, rounded down. */
export function rankOf(hash: Hash, key: RowPlace): number {
  let rank = 0;
  for (const byte of hash(withKey(2, key, new Uint8Array()))) {
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

/** The group, from memory or read. @throws an Error when what is stored there is another one */
export async function openGroup(expected: ExpectedGroup, level: number, { hash, readGroup }: TreeDeps): Promise<Group> {
  const { group, place, partition, sort, rows } = expected;
  if (group) return group;
  if (!place) throw new Error('a group is neither stored nor in memory');
  const read = await readGroup(place, level);
  const made = subtreeOf(hash, read);
  const isLast = partition === undefined || (made.partition === partition && made.sort === sort);
  if (isLast && made.rows === rows && equalBytes(made.hash, expected.hash)) return read;
  throw new Error(
    `${place.length} bytes at ${place.offset} of pack ${place.pack} are not the group that the tree tells`,
  );
}
