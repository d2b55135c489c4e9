import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { append, type CompactRange, EMPTY_RANGE, leafHash, nodeHash, rootOf } from '../../../domain/log/merkle.ts';
import { naiveRoot } from '../../support/check-log.ts';

const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const fromHex = (text: string): Uint8Array => Buffer.from(text, 'hex');
const ascii = (text: string): Uint8Array => Buffer.from(text, 'ascii');

/**
 * The reference tree of Certificate Transparency: google/certificate-transparency, `cpp/merkletree/merkle_tree_test.cc`,
 * kept by transparency-dev/merkle in `testonly/constants.go`. Eight entries, and the root of the first 0 … 8 of them.
 */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => leafHash(hash, Uint8Array.of(index & 255, index >> 8)));

describe('the Merkle log', () => {
  it('hashes leaves and nodes as the published vectors of RFC 6962 do', () => {
    // transparency-dev/merkle, `rfc6962/rfc6962_test.go`
    expect(hex(leafHash(hash, ascii('')))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(hex(leafHash(hash, ascii('L123456')))).toBe(
      '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56',
    );
    expect(hex(nodeHash(hash, ascii('N123'), ascii('N456')))).toBe(
      'aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb',
    );
  });

  it('grows through the published roots of the reference tree', () => {
    const leaves = ENTRIES.map((entry) => leafHash(hash, fromHex(entry)));
    let range: CompactRange = EMPTY_RANGE;
    const roots = [hex(rootOf(hash, range.frontier))];
    for (const leaf of leaves) {
      range = append(hash, range, [leaf]);
      roots.push(hex(rootOf(hash, range.frontier)));
    }
    expect(roots).toEqual(ROOTS);
  });

  it('keeps a leaf from passing for a node', () => {
    const [left, right] = leavesOf(2) as [Uint8Array, Uint8Array];
    expect(hex(leafHash(hash, Buffer.concat([left, right])))).not.toBe(hex(nodeHash(hash, left, right)));
    expect(hex(nodeHash(hash, right, left))).not.toBe(hex(nodeHash(hash, left, right)));
  });

  it('has the root of the definition at every size from 0 to 300', () => {
    const leaves = leavesOf(300);
    let range: CompactRange = EMPTY_RANGE;
    for (let size = 0; size <= 300; size += 1) {
      expect(hex(rootOf(hash, range.frontier)), `${size} leaves`).toBe(hex(naiveRoot(leaves.slice(0, size))));
      expect(range.frontier.length).toBe([...size.toString(2)].filter((digit) => digit === '1').length);
      range = append(hash, range, leaves.slice(size, size + 1));
    }
  });

  it('comes to the same range in however many steps the leaves arrive', () => {
    const leaves = leavesOf(300);
    const whole = append(hash, EMPTY_RANGE, leaves);
    for (const step of [1, 2, 7, 64, 97, 128, 299]) {
      let range: CompactRange = EMPTY_RANGE;
      for (let at = 0; at < leaves.length; at += step) range = append(hash, range, leaves.slice(at, at + step));
      expect(range).toEqual(whole);
    }
  });

  it('leaves the range that it was given as it was', () => {
    const before = append(hash, EMPTY_RANGE, leavesOf(5));
    const copy = { size: before.size, frontier: [...before.frontier] };
    append(hash, before, leavesOf(9));
    expect(before).toEqual(copy);
  });

  it('counts beyond 32 bits', () => {
    const subtree = (level: number) => hash(Uint8Array.of(level));
    const full: CompactRange = { size: 2 ** 33 - 1, frontier: Array.from({ length: 33 }, (_, i) => subtree(32 - i)) };
    const [leaf] = leavesOf(1) as [Uint8Array];
    const grown = append(hash, full, [leaf]);
    expect(grown.size).toBe(2 ** 33);
    const expected = full.frontier.reduceRight((right, left) => nodeHash(hash, left, right), leaf);
    expect(grown.frontier.map(hex)).toEqual([hex(expected)]);
  });

  it('refuses a range whose subtrees do not make its size', () => {
    expect(() => append(hash, { size: 3, frontier: [] }, leavesOf(1))).toThrow(RangeError);
  });
});
