import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simplified } from '../../../../domain/projections/search/simplified.ts';
import { dictionary, simplifiedOf, TABLE_FILE, tableSource } from '../../../simplified/main.ts';

describe('the table of simplified characters', () => {
  it('is the one that is made of the dictionaries of OpenCC, and takes at most 60 KB', () => {
    const source = readFileSync(TABLE_FILE, 'utf8');
    expect(source).toBe(tableSource());
    expect(Buffer.byteLength(source)).toBeLessThan(60 * 1024);
  });

  it('gives every character what it was made of', () => {
    for (const [from, to] of simplifiedOf()) expect(simplified(from)).toBe(to);
  });

  it('brings each traditional character together with each simplified one that stands for it, but for a few', () => {
    const apart = dictionary('STCharacters').flatMap(([one, others]) =>
      others.filter((other) => simplified(other) !== simplified(one)).map((other) => one + other),
    );
    // Each of these traditional characters has another simplified one, by which it is found.
    expect(apart.length).toBeLessThan(45);
    expect(apart.join(' ')).toMatch(/周賙/);
  });

  it('leaves what it has made as it is', () => {
    const all = [...simplifiedOf().values()].join('');
    expect(simplified(all)).toBe(all);
  });

  it.each([
    '余餘',
    '于於',
    '群羣',
    '后後',
    '发髮',
    '里裡',
    '里裏',
    '项項',
    '链鏈',
    '汇匯',
    '丰豐',
    '钻鑽',
    '钻鉆',
    '台臺',
  ])('folds both of %s to one', (pair) => {
    const [one = '', other = ''] = pair;
    expect(simplified(other)).toBe(simplified(one));
  });
});
