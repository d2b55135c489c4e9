import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../../domain/log/bytes.ts';
import { isFault, unwrap } from '../../../domain/log/read.ts';
import { readRowsProof } from '../../../domain/row-tree/verify.ts';
import { hex, sha256 } from '../../support/row-tree.ts';

const HASH = toBase64(new Uint8Array(32).fill(7));
const proof = (...lines: string[]) => ['registry-rows@v1', 'model records@1', ...lines, ''].join('\n');
const faultOf = (text: string) => {
  const read = readRowsProof(text, sha256);
  return isFault(read) ? read.fault : 'no fault';
};

describe('the text of a proof', () => {
  it('of no rows has no lines', () => {
    const { rows, root } = unwrap(readRowsProof(proof(), sha256));
    expect([rows, hex(root)]).toEqual([0, hex(sha256(new Uint8Array()))]);
  });

  it.each([
    ['', 'a proof of rows begins with registry-rows@v1'],
    ['registry-rows@v2\nmodel records@1\n', 'a proof of rows begins with registry-rows@v1'],
    ['registry-rows@v1\nmodel records\n', 'the second line of a proof of rows names a model'],
    ['registry-rows@v1\nmodel records@01\n', 'the second line of a proof of rows names a model'],
    ['registry-rows@v1\nmodel a@b@1\n', 'the second line of a proof of rows names a model'],
    ['registry-rows@v1\nmodel records@1', 'the last line of the proof does not end'],
    [proof().slice(0, -1), 'the last line of the proof does not end'],
    [proof('R ["a","b",{}]').slice(0, -1), 'the last line of the proof does not end'],
    [proof(''), 'line 3 of the proof of rows: it begins with none of R, K and H'],
    [proof('R ["a","b",{}]', '', ''), 'line 4 of the proof of rows: it begins with none of R, K and H'],
    [proof('X ["a","b",{}]'), 'line 3 of the proof of rows: it begins with none of R, K and H'],
    [proof('R["a","b",{}]'), 'line 3 of the proof of rows: it begins with none of R, K and H'],
    [proof('R0 ["a","b",{}]'), 'line 3 of the proof of rows: it begins with none of R, K and H'],
    [proof('R1 ["a","b",{}]'), 'line 3 of the proof of rows: it joins more than there is'],
    [proof('R ["a","b",{}]', 'R2 ["a","c",{}]'), 'line 4 of the proof of rows: it joins more than there is'],
    [proof('R9999999999999999 ["a","b",{}]'), 'line 3 of the proof of rows: it joins more than there is'],
    [proof('R ["a","b",{}]', 'R ["a","c",{}]'), 'the lines of the proof do not join to one root'],
    [
      proof('R ["a","b",{}]', 'R1 ["a","b",{}]'),
      'line 4 of the proof of rows: its key does not come after the one before it',
    ],
    [
      proof('R ["b","a",{}]', `K1 ["a","b"] ${HASH}`),
      'line 4 of the proof of rows: its key does not come after the one before it',
    ],
    // U+FF21 stands before U+1F600 in UTF-8, and after it in UTF-16.
    [
      proof('R ["😀","a",{}]', 'R1 ["Ａ","b",{}]'),
      'line 4 of the proof of rows: its key does not come after the one before it',
    ],
    [proof('R ["a","b"]'), 'line 3 of the proof of rows: it is no row'],
    [proof('R ["a","b",]'), 'line 3 of the proof of rows: it is no row'],
    [proof('R ["a",1,{}]'), 'line 3 of the proof of rows: it does not begin with the key of a row'],
    [proof('R ["a"'), 'line 3 of the proof of rows: it does not begin with the key of a row'],
    [proof('R ["a","b\\'), 'line 3 of the proof of rows: it does not begin with the key of a row'],
    [proof('R [ "a","b",{}]'), 'line 3 of the proof of rows: it does not begin with the key of a row'],
    [proof('R ["\\u0061","b",{}]'), 'line 3 of the proof of rows: it does not begin with the key of a row'],
    [proof('R ["\\ud83d","b",{}]'), 'line 3 of the proof of rows: it does not begin with the key of a row'],
    [
      proof(`R ["${'钻'.repeat(21_846)}","b",{}]`),
      'line 3 of the proof of rows: it does not begin with the key of a row',
    ],
    [proof('R ["a","b",{}],{}]'), 'line 3 of the proof of rows: the value of the row: it is not JSON'],
    [proof('R ["a","b",{"x":1,"x":2}]'), 'line 3 of the proof of rows: the value of the row: it is not canonical JSON'],
    [proof('R ["a","b",{}] '), 'line 3 of the proof of rows: it is no row'],
    [proof('R ["a","b",{}]\r'), 'line 3 of the proof of rows: it is no row'],
    [proof(`K ["a","b",1] ${HASH}`), 'line 3 of the proof of rows: there is no hash behind its key'],
    [proof(`K ["a","b"] ${HASH} `), 'line 3 of the proof of rows: a hash has 44 characters'],
    [proof(`K ["a","b"] ${HASH.slice(0, 42)}d=`), 'line 3 of the proof of rows: not canonical base64'],
    [proof(`K ["a","b"] ${'A'.repeat(44)}`), 'line 3 of the proof of rows: it is no hash'],
    [proof(`H 0 ${HASH}`), 'line 3 of the proof of rows: it does not tell how many rows it hides'],
    [proof(`H -1 ${HASH}`), 'line 3 of the proof of rows: it does not tell how many rows it hides'],
    [proof(`H 1.5 ${HASH}`), 'line 3 of the proof of rows: it does not tell how many rows it hides'],
    [proof(`H 05 ${HASH}`), 'line 3 of the proof of rows: it does not tell how many rows it hides'],
    [proof(`H 5 ${HASH} `), 'line 3 of the proof of rows: it does not tell how many rows it hides'],
    [proof(`H 9007199254740993 ${HASH}`), 'line 3 of the proof of rows: it does not tell how many rows it hides'],
    [proof(`H 281474976710656 ${HASH}`), 'line 3 of the proof of rows: no tree has so many rows'],
    [proof(`H 281474976710655 ${HASH}`, 'R1 ["a","b",{}]'), 'line 4 of the proof of rows: no tree has so many rows'],
  ])('%j is refused: %s', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it('may be long and bad in any way: reading it takes a step for each of its characters', () => {
    const lines = Array.from({ length: 50_000 }, (_, n) => `H ${n + 1} ${HASH}`);
    const bad = [
      proof(...lines),
      proof(...lines, 'H50000 1 x'),
      proof(`R ["${'\\'.repeat(2_000_000)}`),
      proof(`R ["a","${'\\\\'.repeat(1_000_000)}",{}]`),
      proof(`R ["a","b",${'['.repeat(1_000_000)}]`),
      proof(`R ["a","b",${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]`),
      proof(`H${'9'.repeat(1_000_000)} 1 ${HASH}`),
      proof(`H ${'9'.repeat(1_000_000)} ${HASH}`),
      '\n'.repeat(1_000_000),
      `registry-rows@v1\nmodel ${'a@'.repeat(500_000)}1\n`,
    ];
    for (const text of bad) expect(faultOf(text)).not.toBe('no fault');
    const joined = proof(...lines, `H50000 1 ${HASH}`);
    expect(unwrap(readRowsProof(joined, sha256)).rows).toBe((50_000 * 50_001) / 2 + 1);
  });
});
