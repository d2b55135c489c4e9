import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault, unwrap } from '../../../domain/log/read.ts';
import { rowsProof } from '../../../domain/row-tree/proof.ts';
import { isNotProven } from '../../../domain/row-tree/proven-reader.ts';
import { treeReader } from '../../../domain/row-tree/reading.ts';
import { changedTree, emptyTree, type RowTree } from '../../../domain/row-tree/tree.ts';
import { readRowsProof } from '../../../domain/row-tree/verify.ts';
import { hex, packsInMemory, sha256 } from '../../support/row-tree.ts';
import { readerOverRows } from '../../support/rows-in-memory.ts';

const MODEL = { name: 'records', revision: 3 };
const rowsOf = (count: number, partitions: number) =>
  Array.from({ length: count }, (_, n) => ({
    partition: `list/${n % partitions}/钻石`,
    sort: String((n * 7919) % 10_007).padStart(5, '0'),
    value: { n, name: '😀"\\' },
  }));

type Rows = ReturnType<typeof rowsOf>;

async function treeWith(rows: Rows) {
  const store = packsInMemory();
  const changes = rows.map((row) => ({ ...row, value: JSON.stringify(row.value) }));
  return { ...store, tree: store.write(1, await changedTree(emptyTree(sha256), changes, store.deps)) };
}

type Query<Result> = (reader: Pick<ReturnType<typeof treeReader>, 'newest' | 'get' | 'count'>) => Promise<Result>;

/** What a query answers over a tree, and the proof of that. */
async function proved<Result>({ tree, deps }: Awaited<ReturnType<typeof treeWith>>, query: Query<Result>) {
  const reader = treeReader(tree, deps);
  const answer = await query(reader);
  return { answer, text: await rowsProof(MODEL, tree, reader.opened, deps) };
}

const isOf = ({ root, rows }: { root: Uint8Array; rows: number }, tree: RowTree) =>
  hex(root) === hex(tree.root) && rows === tree.rows;

const partition = fc.integer({ min: -1, max: 8 }).map((n) => `list/${n}/钻石`);
const sort = fc.integer({ min: 0, max: 10_008 }).map((n) => String(n).padStart(5, '0'));
const part = fc.oneof(
  fc.record({ newest: fc.tuple(partition, fc.option(sort, { nil: undefined }), fc.integer({ min: 0, max: 60 })) }),
  fc.record({ get: fc.array(fc.record({ partition, sort }), { maxLength: 5 }) }),
  fc.record({ nth: fc.array(fc.nat(), { maxLength: 5 }) }),
  fc.record({ count: partition }),
);

const queryOf =
  (rows: Rows, parts: readonly (typeof part extends fc.Arbitrary<infer Part> ? Part : never)[]): Query<unknown[]> =>
  (reader) =>
    Promise.all(
      parts.map((one): Promise<unknown> => {
        if ('newest' in one) return reader.newest(...one.newest);
        if ('get' in one) return reader.get(one.get);
        if ('nth' in one)
          return reader.get(rows.length === 0 ? [] : one.nth.map((n) => rows[n % rows.length] ?? expect.fail()));
        return reader.count(one.count);
      }),
    );

describe('a proof of rows', () => {
  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [30, 3],
    [1500, 7],
  ])('over %i rows in %i partitions lets every query be run over it alone', async (count, partitions) => {
    const rows = rowsOf(count, partitions);
    const store = await treeWith(rows);
    const memory = readerOverRows(rows).reader;
    const ofRows = { ...memory, count: async (list: string) => rows.filter((row) => row.partition === list).length };
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 3 }), async (parts) => {
        const query = queryOf(rows, parts);
        const { answer, text } = await proved(store, query);
        const proof = unwrap(readRowsProof(text, sha256));
        expect(proof).toMatchObject(MODEL);
        expect(isOf(proof, store.tree)).toBe(true);
        expect(answer).toEqual(await query(ofRows));
        expect(await query(proof.reader)).toEqual(answer);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses what it hides, and says what', async () => {
    const rows = rowsOf(1500, 7);
    const store = await treeWith(rows);
    const { text } = await proved(store, (reader) => reader.newest('list/3/钻石', '05000', 10));
    const { reader } = unwrap(readRowsProof(text, sha256));
    const refused = async (asked: Promise<unknown>) => {
      const error = await asked.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      return isNotProven(error) ? error.message : `not refused: ${error}`;
    };
    expect(await refused(reader.newest('list/3/钻石', '05000', 10))).toMatch(/^not refused: undefined/);
    expect(await refused(reader.newest('list/3/钻石', '05000', 11))).toMatch(
      /hides the value of "list\/3\/钻石" "0\d{4}"$/,
    );
    expect(await refused(reader.newest('list/3/钻石', undefined, 10))).toMatch(/around "list\/3\/钻石"$/);
    expect(await refused(reader.newest('list/2/钻石', undefined, 1))).toMatch(/around "list\/2\/钻石"$/);
    expect(await refused(reader.count('list/3/钻石'))).toMatch(/around/);
    expect(await refused(reader.get([{ partition: 'list/3/钻石', sort: '09999' }]))).toMatch(/around .* "09999"$/);
    const { text: nothing } = await proved(store, async () => undefined);
    expect(nothing.split('\n')).toHaveLength(4);
    const empty = unwrap(readRowsProof(nothing, sha256));
    expect(isOf(empty, store.tree)).toBe(true);
    expect(await refused(empty.reader.count('list/3/钻石'))).toMatch(/around/);
    const { text: page } = await proved(store, (one) => one.newest('list/3/钻石', '05000', 2));
    const lines = page.split('\n');
    const at = lines.findIndex((line) => line.startsWith('K'));
    expect(lines.filter((line) => line.startsWith('R'))).toHaveLength(2);
    expect(lines[at]).toMatch(/^K\d* \["list\/3\/钻石","0\d{4}"\] [A-Za-z0-9+/]{43}=$/);
  });

  it('of the same rows is the same text, whatever the tree was made of', async () => {
    const rows = rowsOf(700, 3);
    const query: Query<unknown> = (reader) => reader.newest('list/1/钻石', undefined, 25);
    const one = await proved(await treeWith(rows), query);
    const other = await proved(await treeWith(rows.toReversed()), query);
    expect(one).toEqual(other);
  });

  it('refuses to be made of rows that the tree does not have', async () => {
    const { tree, deps } = await treeWith(rowsOf(40, 1));
    const opened = new Map([['x', { partition: 'list/0/钻石', sort: 'none', isShown: true }]]);
    await expect(rowsProof(MODEL, tree, opened, deps)).rejects.toThrow('the tree has no row list/0/钻石 none');
  });
});

describe('a proof with one bit altered', () => {
  it('is refused, or is of another root', async () => {
    const rows = rowsOf(900, 4);
    const store = await treeWith(rows);
    const { text } = await proved(store, async (reader) => [
      await reader.newest('list/1/钻石', '05000', 12),
      await reader.count('list/2/钻石'),
    ]);
    const bytes = new TextEncoder().encode(text);
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const flipped = bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
        const read = readRowsProof(new TextDecoder().decode(flipped), sha256);
        const isSame = !isFault(read) && isOf(read.value, store.tree);
        // The name of the model is bound by the statement alone.
        if (isSame) expect(`${read.value.name}@${read.value.revision}`).not.toBe('records@3');
        else refused += 1;
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(1900);
  });
});
