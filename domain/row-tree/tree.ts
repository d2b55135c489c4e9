/** What a change of rows makes of a row tree. Only the groups are read that a change falls into, or that join another. */
import { equalBytes } from '../log/bytes.ts';
import type { Hash } from '../log/merkle.ts';
import { subtreeKey, type TreeBuilder, treeBuilder } from './builder.ts';
import {
  comparePlaces,
  type ExpectedGroup,
  type Group,
  lastOf,
  openGroup,
  type RowPlace,
  type RowTree,
  rankOf,
  type Subtree,
  type TreeDeps,
  topOf,
} from './group.ts';

export type { Group, GroupPlace, ReadGroup, RowTree, TreeDeps } from './group.ts';

/** The row has this value from here on; undefined: it goes. */
export interface TreeChange extends RowPlace {
  readonly value: string | undefined;
}

/** The root of no rows is SHA-256 of nothing. */
export const emptyTree = (hash: Hash): RowTree => ({ rows: 0, root: hash(new Uint8Array()), height: 0 });

/** The tree after the changes, of which the last for a row holds: the same tree that a build from all rows gives. */
export async function changedTree(tree: RowTree, changes: readonly TreeChange[], deps: TreeDeps): Promise<RowTree> {
  const { hash } = deps;
  const sorted = changes.toSorted(comparePlaces);
  const all = sorted.filter(
    (change, at) => at + 1 === sorted.length || comparePlaces(change, sorted[at + 1] as RowPlace),
  );
  if (all.length === 0) return tree;
  const opened = await openChanged(tree, all, deps);
  const builder = treeBuilder(hash, opened.stored);
  const top = opened.groups.get(tree);
  if (top) {
    const source = { level: tree.height, rank: rankOf(hash, lastOf(top)), isLast: true };
    await replay(source, top, { all, from: 0, to: all.length }, { builder, opened, deps });
  } else {
    for (const change of all) addChanged(builder, change, hash);
  }
  const made = await finished(builder, deps);
  return made.rows === tree.rows && equalBytes(made.root, tree.root) ? tree : made;
}

/** Changes `from` ≤ index < `to`. */
interface Changes {
  readonly all: readonly TreeChange[];
  readonly from: number;
  readonly to: number;
}

interface Opened {
  /** By what told of them: a subtree, or the tree itself. */
  readonly groups: Map<object, Group>;
  readonly stored: Map<string, Subtree>;
}

/** Reads the groups that changes fall into, those of one level at once. */
async function openChanged(tree: RowTree, all: readonly TreeChange[], deps: TreeDeps): Promise<Opened> {
  const opened: Opened = { groups: new Map(), stored: new Map() };
  async function open(expected: ExpectedGroup, told: object, level: number, changes: Changes): Promise<void> {
    const group = await openGroup(expected, level, deps);
    opened.groups.set(told, group);
    if ('rows' in group) return;
    const inner: Promise<void>[] = [];
    for (const { member, within } of divided(group.members, changes)) {
      if (within.from < within.to) inner.push(open(member, member, level - 1, within));
    }
    await Promise.all(inner);
  }
  if (tree.top) await open(topOf(tree), tree, tree.height, { all, from: 0, to: all.length });
  for (const [told, group] of opened.groups) {
    if (told !== tree) opened.stored.set(subtreeKey(group.level, told as Subtree), told as Subtree);
  }
  return opened;
}

/** Each member with the changes up to its last row; those behind the last row of all belong to the last member. */
function* divided(members: readonly Subtree[], { all, from, to }: Changes) {
  let at = from;
  for (const [place, member] of members.entries()) {
    const begin = at;
    const isLast = place === members.length - 1;
    while (at < to && (isLast || comparePlaces(all[at] as RowPlace, member) <= 0)) at += 1;
    yield { member, isLast, within: { all, from: begin, to: at } };
  }
}

/** A group of the tree before: the rank of its last row, and whether no row comes after it. */
interface Source {
  readonly level: number;
  readonly rank: number;
  readonly isLast: boolean;
}

interface Replay {
  readonly builder: TreeBuilder;
  readonly opened: Opened;
  readonly deps: TreeDeps;
}

/** Hands a group of the tree before on to the builder, with its changes: what is unchanged as whole as it can be. */
async function replay({ level, rank, isLast }: Source, group: Group, changes: Changes, to: Replay): Promise<void> {
  const { builder, opened, deps } = to;
  if ('rows' in group) return replayRows(group, rank, changes, to);
  for (const { member, isLast: isLastMember, within } of divided(group.members, changes)) {
    // A group ends only after a row of at least its level, and goes on inside the group above it after one of less.
    const inner = isLastMember ? { rank, isLast } : { rank: level - 1, isLast: false };
    const ends = inner.rank >= level - 1 || inner.isLast;
    if (within.from === within.to && ends && builder.isBetween(level - 1)) {
      builder.addSubtree(member, level - 1, inner.rank);
    } else {
      const below = opened.groups.get(member) ?? (await openGroup(member, level - 1, deps));
      await replay({ level: level - 1, ...inner }, below, within, to);
    }
  }
}

function replayRows(
  group: Extract<Group, { rows: unknown }>,
  rank: number,
  { all, from, to }: Changes,
  { builder, deps: { hash } }: Replay,
): void {
  let at = from;
  for (const [place, row] of group.rows.entries()) {
    let order = -1;
    for (; at < to; at += 1) {
      order = comparePlaces(all[at] as RowPlace, row);
      if (order >= 0) break;
      addChanged(builder, all[at] as TreeChange, hash);
    }
    const isChanged = at < to && order === 0;
    const value = isChanged ? all[at]?.value : row.value;
    if (isChanged) at += 1;
    if (value === undefined) continue;
    const { partition, sort } = row;
    builder.addRow(value === row.value ? row : { partition, sort, value }, place === group.rows.length - 1 ? rank : 0);
  }
  for (; at < to; at += 1) addChanged(builder, all[at] as TreeChange, hash);
}

function addChanged(builder: TreeBuilder, { partition, sort, value }: TreeChange, hash: Hash): void {
  if (value !== undefined) builder.addRow({ partition, sort, value }, rankOf(hash, { partition, sort }));
}

/** The tree of what was built; a group of one member at the top is that member. */
async function finished(builder: TreeBuilder, deps: TreeDeps): Promise<RowTree> {
  const top = builder.finish();
  if (!top) return emptyTree(deps.hash);
  let { level, subtree } = top;
  for (; level > 1; level -= 1) {
    const group = await openGroup(subtree, level, deps);
    const [only, ...others] = 'rows' in group ? [] : group.members;
    if (!only || others.length > 0) break;
    subtree = only;
  }
  const { hash: root, rows, group, place } = subtree;
  return { rows, root, height: level, top: { ...(place && { place }), ...(group && { group }) } };
}
