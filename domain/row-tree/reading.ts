/** Reads the rows of a tree as queries do, and takes note of what an answer depends on, which is what its proof has to show. */
import { rowKey } from '../projections/sums.ts';
import type { RowReader, SortedRow } from '../reading/row-reader.ts';
import { type Bound, compareToBound, endOfPartition } from './bounds.ts';
import {
  comparePlaces,
  type ExpectedGroup,
  type LeafRow,
  openGroup,
  type RowPlace,
  type RowTree,
  type Subtree,
  type TreeDeps,
  topOf,
} from './group.ts';

/** The rows that an answer depends on, by `rowKey`: with their values, or only by being there, beside no others. */
export type OpenedRows = Map<string, OpenedRow>;
export interface OpenedRow extends RowPlace {
  readonly isShown: boolean;
}

/** A reader of the rows of a tree. `opened` grows by what is read. */
export interface TreeReader extends RowReader {
  /** The number of rows of a partition. */
  readonly count: (partition: string) => Promise<number>;
  readonly opened: OpenedRows;
}

export function treeReader(tree: RowTree, deps: TreeDeps): TreeReader {
  const opened: OpenedRows = new Map();
  const open = (row: LeafRow | undefined, isShown: boolean): void => {
    if (!row) return;
    const key = rowKey(row);
    if (isShown || !opened.has(key)) opened.set(key, { partition: row.partition, sort: row.sort, isShown });
  };

  /** The rows on both sides of a bound: the last before it, and the first that is not. */
  async function around(bound: Bound): Promise<{ before: LeafRow | undefined; from: LeafRow | undefined }> {
    const [before, from] = await Promise.all([rowsBefore(tree, bound, bound, 1, deps), firstFrom(tree, bound, deps)]);
    open(before.at(-1), false);
    open(from, false);
    return { before: before.at(-1), from };
  }

  return {
    opened,
    async newest<Value>(partition: string, before: string | undefined, limit: number) {
      const bound = before === undefined ? endOfPartition(partition) : { partition, sort: before };
      const start = { partition, sort: '' };
      const [rows, next] = await Promise.all([
        rowsBefore(tree, bound, start, limit + 1, deps),
        firstFrom(tree, bound, deps),
      ]);
      open(next, false);
      const inside = rows.findIndex((row) => row.partition === partition);
      const all = inside < 0 ? [] : rows.slice(inside).toReversed();
      const found = all.slice(0, limit);
      for (const row of found) open(row, true);
      const more = all.length > limit;
      open(more ? all[limit] : rows[inside < 0 ? rows.length - 1 : inside - 1], false);
      return { rows: found.map(({ sort, value }): SortedRow<Value> => ({ sort, value: JSON.parse(value) })), more };
    },
    async get<Value>(keys: readonly RowPlace[]) {
      const found = new Map<string, Value>();
      const read = async (key: RowPlace): Promise<void> => {
        const row = await firstFrom(tree, key, deps);
        if (row && comparePlaces(row, key) === 0) {
          open(row, true);
          found.set(rowKey(key), JSON.parse(row.value));
        } else await around(key);
      };
      await Promise.all(keys.map(read));
      return found;
    },
    async count(partition) {
      const [start, end] = [{ partition, sort: '' }, endOfPartition(partition)];
      const [, , first, last] = await Promise.all([
        around(start),
        around(end),
        rowsUpTo(tree, start, deps),
        rowsUpTo(tree, end, deps),
      ]);
      return last - first;
    },
  };
}

/** The first member that ends at or behind a bound, which is the one that a bound falls into; or the number of all. */
function memberAt(members: readonly RowPlace[], bound: Bound): number {
  let [from, to] = [0, members.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (compareToBound(members[middle] as RowPlace, bound) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Rows before a bound, in their order: at least `wanted`, or back to one before `start`, or all. Groups that are certain to
 * be needed are read at once.
 */
function rowsBefore(tree: RowTree, bound: Bound, start: Bound, wanted: number, deps: TreeDeps): Promise<LeafRow[]> {
  async function within(expected: ExpectedGroup, level: number, missing: number): Promise<LeafRow[]> {
    const group = await openGroup(expected, level, deps);
    if ('rows' in group) return group.rows.slice(0, memberAt(group.rows, bound));
    const { members } = group;
    const at = memberAt(members, bound);
    const last = members[at];
    const [before, into] = await Promise.all([
      backFrom(members, at - 1, level - 1, missing),
      last ? within(last, level - 1, missing) : [],
    ]);
    return [...before, ...into];
  }

  /** From whole members: the last ones up to `at`. */
  async function backFrom(members: readonly Subtree[], at: number, level: number, missing: number): Promise<LeafRow[]> {
    const needed: Promise<LeafRow[]>[] = [];
    let rest = missing;
    for (let place = at; place >= 0 && rest > 0; place -= 1) {
      const member = members[place] as Subtree;
      const isBehind = compareToBound(member, start) < 0;
      needed.unshift(within(member, level, isBehind ? 1 : rest));
      rest = isBehind ? 0 : rest - member.rows;
    }
    return (await Promise.all(needed)).flat();
  }

  return tree.top ? within(topOf(tree), tree.height, wanted) : Promise.resolve([]);
}

/** The first row that is not before a bound. */
async function firstFrom(tree: RowTree, bound: Bound, deps: TreeDeps): Promise<LeafRow | undefined> {
  if (!tree.top) return undefined;
  let expected: ExpectedGroup = topOf(tree);
  for (let level = tree.height; ; level -= 1) {
    const group = await openGroup(expected, level, deps);
    if ('rows' in group) return group.rows[memberAt(group.rows, bound)];
    const member = group.members[memberAt(group.members, bound)];
    if (!member) return undefined;
    expected = member;
  }
}

/** The number of rows before a bound. */
async function rowsUpTo(tree: RowTree, bound: Bound, deps: TreeDeps): Promise<number> {
  if (!tree.top) return 0;
  let expected: ExpectedGroup = topOf(tree);
  let count = 0;
  for (let level = tree.height; ; level -= 1) {
    const group = await openGroup(expected, level, deps);
    if ('rows' in group) return count + memberAt(group.rows, bound);
    const at = memberAt(group.members, bound);
    for (const { rows } of group.members.slice(0, at)) count += rows;
    const member = group.members[at];
    if (!member) return count;
    expected = member;
  }
}
