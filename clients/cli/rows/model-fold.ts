import type { Projection } from '../../../domain/projections/projection.ts';
import { addTo, change, rowKey, type SummedRow, type Sums, summed } from '../../../domain/projections/sums.ts';
import type { StatedModel } from '../../../domain/row-tree/statement.ts';
import { changedTree, emptyTree, type RowTree, type TreeChange } from '../../../domain/row-tree/tree.ts';
import { canonical } from '../canonical.ts';
import { contributionOf } from '../compare/contribution.ts';
import { digest } from '../log/crypto.ts';
import { Failure } from '../usage.ts';
import type { HeldRecords } from './held-records.ts';

/** What a record contributes as of a version. */
interface Held {
  readonly version: number;
  readonly rows: ReadonlyMap<string, TreeChange>;
  readonly sums: Sums;
}

const NOTHING: Held = { version: 0, rows: new Map(), sums: new Map() };
const deps = {
  hash: digest,
  readGroup: (): never => {
    throw new Error('every group is in memory');
  },
};

/** The row tree of a read model as it follows from the log, brought from statement to statement. */
export function createModelFold(projection: Projection, recorded: HeldRecords) {
  const held = new Map<string, Held>();
  const sums = new Map<string, SummedRow>();
  let tree: RowTree = emptyTree(digest);
  let applied = 0;
  let asideBefore: readonly string[] = [];

  /** The tree as of a position, with the records set aside as of their versions. */
  async function treeAt({ position, setAside = [] }: Pick<StatedModel, 'position' | 'setAside'>): Promise<RowTree> {
    const { changed, to } = recorded.changedUpTo(applied, position);
    const versions = new Map(setAside.map(({ id, version }) => [id, version]));
    const changes = new Map<string, TreeChange>();
    for (const stream of new Set([...changed, ...asideBefore, ...versions.keys()])) {
      const isAside = versions.has(stream);
      bring(stream, versions.get(stream) ?? recorded.versionAt(stream, position), isAside, changes);
    }
    tree = await changedTree(tree, [...changes.values()], deps);
    applied = to;
    asideBefore = [...versions.keys()];
    return tree;
  }

  /** Brings what a record contributes to a version. @throws Failure when this release cannot take what the registry did */
  function bring(stream: string, version: number, isAside: boolean, changes: Map<string, TreeChange>): void {
    const before = held.get(stream) ?? NOTHING;
    if (before.version === version) return;
    const after = heldAt(stream, version, isAside);
    for (const [key, { partition, sort }] of before.rows) changes.set(key, { partition, sort, value: undefined });
    for (const [key, row] of after.rows) changes.set(key, row);
    const added = change(before.sums, after.sums);
    addTo(sums, added.values());
    for (const [key, { partition, sort }] of added) {
      const add = sums.get(key)?.add;
      changes.set(key, { partition, sort, value: add && canonical(add) });
    }
    held.set(stream, after);
  }

  function heldAt(stream: string, version: number, isAside: boolean): Held {
    try {
      const { rows, added } = contributionOf(projection, recorded.recordAt(stream, version));
      return { version, rows: new Map(rows.map((row) => [rowKey(row), row])), sums: summed(added) };
    } catch (error) {
      if (error instanceof Failure) throw error;
      const taken = isAside ? `as of version ${version}, as the registry did` : 'which the registry did not set aside';
      throw new Failure(`This release cannot take ${stream}, ${taken}: ${(error as Error).message}.`);
    }
  }

  return { treeAt };
}
