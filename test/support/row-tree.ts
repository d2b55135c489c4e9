import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { unwrap } from '../../domain/log/read.ts';
import { type ModelTree, packOf, storedGroup } from '../../domain/row-tree/pack.ts';
import type { GroupPlace, RowTree, TreeDeps } from '../../domain/row-tree/tree.ts';

export const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Packs in memory, and what is read of them. */
export function packsInMemory() {
  const packs = new Map<number, Uint8Array>();
  const read: GroupPlace[] = [];
  const deps: TreeDeps = {
    hash: sha256,
    async readGroup(place, level) {
      read.push(place);
      const bytes = packs.get(place.pack)?.subarray(place.offset, place.offset + place.length);
      if (!bytes) throw new Error(`there is no pack ${place.pack}`);
      return unwrap(storedGroup(bytes, level, inflateRawSync));
    },
  };

  /** Writes what of the trees is not stored yet. */
  function writeAll(position: number, models: readonly ModelTree[]) {
    const pack = packOf(position, models, deflateRawSync);
    packs.set(position, pack.bytes);
    return pack;
  }

  function write(position: number, tree: RowTree): RowTree {
    const model = { name: 'records', revision: 1, position, digest: '0'.repeat(64), tree };
    return writeAll(position, [model]).trees[0] as RowTree;
  }
  return { packs, read, deps, write, writeAll };
}

type Rows = readonly (readonly [partition: string, sort: string, value: string])[];
interface Cut {
  readonly hash: Buffer;
  readonly rows: number;
  readonly rank: number;
}

const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const big = (number: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(number, 0, bytes);
  return buffer;
};

function rootOver(members: readonly Cut[]): Cut {
  const [first] = members;
  if (first && members.length === 1) return first;
  const split = 2 ** Math.ceil(Math.log2(members.length) - 1);
  const [left, right] = [rootOver(members.slice(0, split)), rootOver(members.slice(split))];
  const hash = sha(Buffer.of(1), big(left.rows, 6), left.hash, big(right.rows, 6), right.hash);
  return { hash, rows: left.rows + right.rows, rank: right.rank };
}

/** The tree of rows, read off the definition: sorted, cut level by level, each cut a tree of RFC 6962. */
export function treeByDefinition(rows: Rows) {
  const bytes = (text: string) => Buffer.from(text, 'utf8');
  const sorted = rows.toSorted(
    (a, b) => Buffer.compare(bytes(a[0]), bytes(b[0])) || Buffer.compare(bytes(a[1]), bytes(b[1])),
  );
  let level: Cut[] = sorted.map(([partition, sort, value]) => {
    const key = Buffer.concat([
      big(bytes(partition).length, 2),
      bytes(partition),
      big(bytes(sort).length, 2),
      bytes(sort),
    ]);
    const zeros = /^0*/.exec(sha(Buffer.of(2), key).toString('hex'))?.[0].length ?? 0;
    return { hash: sha(Buffer.of(0), key, sha(bytes(value))), rows: 1, rank: zeros };
  });
  const ranks = level.map(({ rank }) => rank);
  let height = 0;
  while (level.length > 1 || (height === 0 && level.length > 0)) {
    height += 1;
    const groups: Cut[][] = [[]];
    for (const cut of level) {
      groups.at(-1)?.push(cut);
      if (cut.rank >= height) groups.push([]);
    }
    level = groups.filter((group) => group.length > 0).map(rootOver);
  }
  return { root: (level[0]?.hash ?? sha()).toString('hex'), rows: sorted.length, height, ranks };
}
