import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isFault, unwrap } from '../../../domain/log/read.ts';
import { packKey, packOf, standingAlone, storedGroup, treeOf } from '../../../domain/row-tree/pack.ts';
import { footerOf } from '../../../domain/row-tree/pack-footer.ts';
import { changedTree, emptyTree } from '../../../domain/row-tree/tree.ts';
import { hex, packsInMemory, sha256 } from '../../support/row-tree.ts';

const rows = Array.from({ length: 600 }, (_, n) => ({
  partition: n % 2 === 0 ? 'record' : 'word/"钻石"\\',
  sort: String(n),
  value: `{"n":${n}}`,
}));
const digest = 'd'.repeat(64);

async function packed() {
  const store = packsInMemory();
  const tree = await changedTree(emptyTree(sha256), rows, store.deps);
  const pack = store.writeAll(41, [
    { name: 'records', revision: 3, position: 41, digest, setAside: [{ id: 'launch-a', version: 2 }], tree },
    { name: 'empty', revision: 1, position: 40, digest, tree: emptyTree(sha256) },
  ]);
  return { ...store, tree, pack };
}

describe('a pack', () => {
  it('has a key that sorts by position', () => {
    expect(packKey(1234)).toBe('packs/0000000000001234');
  });

  it('ends in a footer that is found from its end', async () => {
    const { pack, tree } = await packed();
    expect(footerOf(pack.bytes.subarray(-5))).toEqual({ value: { needs: 12 } });
    const needed = unwrap(footerOf(pack.bytes.subarray(-12)));
    if (!('needs' in needed)) throw new Error('12 bytes are no footer');
    expect(footerOf(pack.bytes.subarray(1 - needed.needs))).toEqual({ value: needed });
    const footer = unwrap(footerOf(pack.bytes.subarray(-needed.needs)));
    expect(footer).toEqual({ models: pack.models });
    expect(unwrap(footerOf(pack.bytes))).toEqual(footer);
    expect(pack.models.map(treeOf)).toEqual(pack.trees);
    expect(pack.models[0]).toMatchObject({ rows: 600, root: hex(tree.root), height: tree.height, digest });
    const text = Buffer.from(pack.bytes.subarray(-needed.needs, -12)).toString();
    expect(text).toMatch(
      /^\{"models":\[\{"digest":"d{64}","group":\[41,\d+,\d+\],"height":3,"name":"records","position":41,/,
    );
    expect(text).toContain(`"setAside":[{"id":"launch-a","version":2}]},{"digest":`);
  });

  it.each([
    ['no magic', (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ['a length beyond its text', (bytes: Uint8Array) => bytes.with(-9, (bytes.at(-9) ?? 0) - 1)],
    ['a digit altered', (bytes: Uint8Array) => bytes.with(bytes.indexOf(0x30, -300), 0x7f)],
    ['spaces', (bytes: Uint8Array) => bytes.with(bytes.lastIndexOf(0x5d) + 1, 0x20)],
  ])('with %s is refused', async (_, altered) => {
    const { pack } = await packed();
    expect(isFault(footerOf(altered(pack.bytes)))).toBe(true);
  });

  it('gives the same tree to whoever opens it', async () => {
    const { deps, pack } = await packed();
    const tree = treeOf(pack.models[0] ?? expect.fail());
    const change = [{ partition: 'record', sort: '100', value: undefined }];
    const one = await changedTree(tree, change, deps);
    const other = await changedTree(emptyTree(sha256), [...rows, ...change], deps);
    expect([hex(one.root), one.rows]).toEqual([hex(other.root), 599]);
  });

  it('stands alone when its tree does', async () => {
    const { deps, packs, write, pack } = await packed();
    const change = [{ partition: 'record', sort: '100', value: '{}' }];
    const later = write(50, await changedTree(pack.trees[0] ?? expect.fail(), change, deps));
    const alone = write(60, await standingAlone(later, deps));
    packs.delete(41);
    packs.delete(50);
    const all = await standingAlone(alone, deps);
    expect([hex(all.root), all.rows]).toEqual([hex(later.root), 600]);
  });

  it('holds groups as lines, and nothing else is read as one', () => {
    const read = (text: string, level: number) => storedGroup(deflateRawSync(Buffer.from(text)), level, inflateRawSync);
    expect(unwrap(read('["a","b",{"n":1}]\n["a","c",2]\n', 1))).toMatchObject({
      level: 1,
      rows: [
        { partition: 'a', sort: 'b', value: '{"n":1}' },
        { partition: 'a', sort: 'c', value: '2' },
      ],
    });
    const hash = Buffer.alloc(32, 7);
    const member = `["a","b","${hash.toString('base64')}",5,41,0,99]\n`;
    expect(unwrap(read(member, 2))).toMatchObject({
      level: 2,
      members: [
        { partition: 'a', sort: 'b', hash: new Uint8Array(hash), rows: 5, place: { pack: 41, offset: 0, length: 99 } },
      ],
    });
    const faults = [
      '',
      '["a","b",1]',
      '["a","c",1]\n["a","b",1]\n',
      '["a","b",1]\n["a","b",1]\n',
      '["a", "b",1]\n',
      '["a"]\n',
    ];
    for (const text of faults) expect(isFault(read(text, 1)), text).toBe(true);
    for (const text of [member.replace(',5,', ',0,'), '["a","b",1]\n']) expect(isFault(read(text, 2)), text).toBe(true);
    expect(isFault(storedGroup(Buffer.from('plain'), 1, inflateRawSync))).toBe(true);
    expect(isFault(storedGroup(deflateRawSync(Buffer.of(0xff, 0x0a)), 1, inflateRawSync))).toBe(true);
  });

  it('names a group that is nowhere', () => {
    const nowhere = { rows: 1, root: new Uint8Array(32), height: 1, top: {} };
    const model = { name: 'records', revision: 1, position: 1, digest, tree: nowhere };
    expect(() => packOf(1, [model], deflateRawSync)).toThrow('neither stored nor in memory');
  });
});
