/** Builds a row tree from a sequence of rows, and of whole subtrees of an earlier tree that are to stand in it unchanged. */
import { equalBytes } from '../log/bytes.ts';
import type { Hash } from '../log/merkle.ts';
import { type Group, type LeafRow, type RowPlace, type Subtree, subtreeOf } from './group.ts';

/** The only group of the highest level, and that level. */
interface Top {
  readonly level: number;
  readonly subtree: Subtree;
}

export interface TreeBuilder {
  readonly addRow: (row: LeafRow, rank: number) => void;
  /** Adds a group of this level whose last row has this rank. Allowed after `isBetween(level)`. */
  readonly addSubtree: (subtree: Subtree, level: number, rank: number) => void;
  /** Whether the next row begins a group on this level and on all below. */
  readonly isBetween: (level: number) => boolean;
  readonly finish: () => Top | undefined;
}

export const subtreeKey = (level: number, { partition, sort }: RowPlace): string => `${level}\0${partition}\0${sort}`;

/** `stored` are groups of the earlier tree, by `subtreeKey`: one that comes out the same is not stored again. */
export function treeBuilder(hash: Hash, stored: ReadonlyMap<string, Subtree>): TreeBuilder {
  let leaves: LeafRow[] = [];
  /** The members of the open group of each level from 2 on. */
  const open: Subtree[][] = [];
  const membersAt = (level: number): Subtree[] => {
    open[level] ??= [];
    return open[level];
  };

  function taken(level: number): Group {
    if (level === 1) {
      const rows = leaves;
      leaves = [];
      return { level, rows };
    }
    const members = membersAt(level);
    open[level] = [];
    return { level, members };
  }

  function close(level: number): void {
    const made = subtreeOf(hash, taken(level));
    const same = stored.get(subtreeKey(level, made));
    const isSame = same !== undefined && same.rows === made.rows && equalBytes(same.hash, made.hash);
    membersAt(level + 1).push(isSame ? same : made);
  }

  /** Closes the groups that a row of this rank ends, from a level on. */
  function closeFrom(level: number, rank: number): void {
    for (let at = level; at <= rank; at += 1) close(at);
  }

  const isOpen = (level: number): boolean => (level === 1 ? leaves : (open[level] ?? [])).length > 0;

  return {
    addRow(row, rank) {
      leaves.push(row);
      closeFrom(1, rank);
    },
    addSubtree(subtree, level, rank) {
      membersAt(level + 1).push(subtree);
      closeFrom(level + 1, rank);
    },
    isBetween(level) {
      for (let at = 1; at <= level; at += 1) if (isOpen(at)) return false;
      return true;
    },
    finish() {
      let highest = Math.max(open.length - 1, 1);
      while (highest > 1 && !isOpen(highest)) highest -= 1;
      for (let level = 1; level < highest; level += 1) if (isOpen(level)) close(level);
      if (!isOpen(highest)) return undefined;
      if (highest === 1 || membersAt(highest).length > 1) {
        close(highest);
        highest += 1;
      }
      const [subtree] = membersAt(highest);
      return subtree && { level: highest - 1, subtree };
    },
  };
}
