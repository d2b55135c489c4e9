import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankOf } from '../../../domain/row-tree/group.ts';
import { changedTree, emptyTree, type RowTree, type TreeChange } from '../../../domain/row-tree/tree.ts';
import { hex, packsInMemory, sha256, treeByDefinition } from '../../support/row-tree.ts';
import vectors from './row-tree-vectors.json' with { type: 'json' };

const summary = ({ root, rows, height }: RowTree) => ({ root: hex(root), rows, height });
const changeOf = ([partition = '', sort = '', value]: readonly string[]): TreeChange => ({ partition, sort, value });
const scratch = (rows: readonly TreeChange[]) => changedTree(emptyTree(sha256), rows, packsInMemory().deps);

const key = fc.record({
  partition: fc.constantFrom('record', 'word/钻石', 'word/Ａ', 'word/𠮷祥'),
  sort: fc.integer({ min: 0, max: 150 }).map(String),
});
const change = fc.record({
  key,
  value: fc.option(
    fc.integer({ min: 0, max: 3 }).map((n) => `{"n":${n}}`),
    { nil: undefined, freq: 1 },
  ),
});
const batch = fc.array(
  change.map(({ key: place, value }): TreeChange => ({ ...place, value })),
  { maxLength: 80 },
);

/** The rows that are left, by key. */
function applied(changes: readonly TreeChange[]) {
  const rows = new Map<string, [string, string, string]>();
  for (const { partition, sort, value } of changes) {
    if (value === undefined) rows.delete(`${partition}\n${sort}`);
    else rows.set(`${partition}\n${sort}`, [partition, sort, value]);
  }
  return [...rows.values()];
}

describe('the published vectors', () => {
  it.each(vectors.vectors.map((vector) => [vector.count, vector] as const))('of %i rows', async (_, vector) => {
    const { count: rows, root, height } = vector;
    const all = vector.rows.map(changeOf);
    expect(summary(await scratch(all))).toEqual({ root, rows, height });
    const { ranks: _ranks, ...defined } = treeByDefinition(vector.rows as [string, string, string][]);
    expect(defined).toEqual({ root, rows, height });
    if (vector.ranks) expect(all.map((row) => rankOf(sha256, row))).toEqual(vector.ranks);
  });
  it('tell ranks above 0', () => {
    const all = vectors.vectors.flatMap(({ rows }) => rows.map(changeOf));
    expect(Math.max(...all.map((row) => rankOf(sha256, row)))).toBeGreaterThanOrEqual(2);
  });
});

describe('a row tree', () => {
  it('follows from the set of rows alone, however they came, and wherever its groups are stored', async () => {
    let [histories, deletions] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 6 }),
        fc.infiniteStream(fc.boolean()),
        async (batches, isStored) => {
          const { deps, write } = packsInMemory();
          let tree = emptyTree(sha256);
          for (const [at, changes] of batches.entries()) {
            tree = await changedTree(tree, changes, deps);
            if (isStored.next().value) tree = write(at, tree);
            const { ranks, ...defined } = treeByDefinition(applied(batches.slice(0, at + 1).flat()));
            expect(summary(tree)).toEqual(defined);
            expect(ranks.length).toBe(tree.rows);
          }
          histories += 1;
          deletions += batches.flat().filter(({ value }) => value === undefined).length;
        },
      ),
      { numRuns: 1000 },
    );
    expect(histories).toBe(1000);
    expect(deletions).toBeGreaterThan(5000);
  });

  it('is empty again when all rows go', async () => {
    const { deps, write } = packsInMemory();
    const rows = Array.from({ length: 400 }, (_, n) => ({ partition: 'record', sort: String(n), value: '{}' }));
    const full = write(1, await changedTree(emptyTree(sha256), rows, deps));
    const gone = rows.map((row) => ({ ...row, value: undefined }));
    expect(await changedTree(full, gone, deps)).toEqual(emptyTree(sha256));
  });

  it('keeps the groups that a change leaves as they are', async () => {
    const { deps, read, write, packs } = packsInMemory();
    const rows = Array.from({ length: 5000 }, (_, n) => ({
      partition: 'record',
      sort: String(n),
      value: `{"n":${n}}`,
    }));
    const tree = write(1, await changedTree(emptyTree(sha256), rows, deps));
    const changed = await changedTree(tree, [{ partition: 'record', sort: '2500', value: '{}' }], deps);
    expect(read.length).toBe(tree.height);
    write(2, changed);
    expect(packs.get(2)?.length).toBeLessThan((packs.get(1)?.length ?? 0) / 10);
    expect(await changedTree(tree, [rows[7] as TreeChange], deps)).toBe(tree);
  });

  it('refuses a group that is not the one it tells of', async () => {
    const { deps, write } = packsInMemory();
    const other = packsInMemory();
    const row = (value: string): TreeChange => ({ partition: 'record', sort: 'a', value });
    const tree = write(1, await scratch([row('{"n":1}')]));
    other.write(1, await scratch([row('{"n":2}')]));
    await expect(changedTree(tree, [row('{}')], other.deps)).rejects.toThrow('not the group that the tree tells');
    await expect(changedTree(tree, [row('{}')], deps)).resolves.toMatchObject({ rows: 1 });
  });
});
