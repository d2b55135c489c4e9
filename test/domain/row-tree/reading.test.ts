import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { treeReader } from '../../../domain/row-tree/reading.ts';
import { changedTree, emptyTree } from '../../../domain/row-tree/tree.ts';
import { packsInMemory, sha256 } from '../../support/row-tree.ts';
import { readerOverRows } from '../../support/rows-in-memory.ts';

const rowsOf = (count: number, partitions: number) =>
  Array.from({ length: count }, (_, n) => ({
    partition: `list/${n % partitions}/钻石`,
    sort: String((n * 7919) % 10_007).padStart(5, '0'),
    value: { n, name: '😀' },
  }));

async function readers(count: number, partitions: number) {
  const rows = rowsOf(count, partitions);
  const { deps, write, read } = packsInMemory();
  const changes = rows.map((row) => ({ ...row, value: JSON.stringify(row.value) }));
  const tree = write(1, await changedTree(emptyTree(sha256), changes, deps));
  return { rows, tree, deps, read, reader: treeReader(tree, deps), memory: readerOverRows(rows).reader };
}

const partition = fc.integer({ min: -1, max: 8 }).map((n) => `list/${n}/钻石`);
const sort = fc.integer({ min: 0, max: 10_008 }).map((n) => String(n).padStart(5, '0'));

describe('a reader of a row tree', () => {
  it.each([
    [0, 1],
    [1, 1],
    [40, 3],
    [2000, 7],
  ])('of %i rows in %i partitions answers as one of all rows does', async (count, partitions) => {
    const { rows, reader, memory } = await readers(count, partitions);
    const before = fc.option(sort, { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        partition,
        before,
        fc.integer({ min: 0, max: 120 }),
        fc.array(sort),
        async (list, end, limit, some) => {
          expect(await reader.newest(list, end, limit)).toEqual(await memory.newest(list, end, limit));
          const keys = [...some.map((one) => ({ partition: list, sort: one })), ...rows.slice(limit, limit + 3)];
          expect(await reader.get(keys)).toEqual(await memory.get(keys));
          expect(await reader.count(list)).toBe(rows.filter((row) => row.partition === list).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads what a page takes, not the whole tree', async () => {
    const { tree, deps, read, reader } = await readers(5000, 2);
    read.length = 0;
    const page = await reader.newest('list/1/钻石', '05000', 25);
    expect(page.rows).toHaveLength(25);
    const places = new Set(read.map((place) => JSON.stringify(place)));
    expect(places.size).toBeLessThan(25);
    const shown = [...reader.opened.values()].filter(({ isShown }) => isShown);
    expect([reader.opened.size, shown.length]).toEqual([27, 25]);
    const counting = treeReader(tree, deps);
    expect(await counting.count('list/1/钻石')).toBe(2500);
    expect(counting.opened.size).toBe(3);
  });
});
