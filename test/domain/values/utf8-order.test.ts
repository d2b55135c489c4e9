import { describe, expect, it } from 'vitest';
import { compareUtf8, endOf } from '../../../domain/values/utf8-order.ts';

const texts = [
  '',
  'a',
  'a/',
  'ab',
  'b',
  'é',
  'я',
  '\ud7ff',
  '\ue000',
  '\uffee',
  '\uffff',
  '𠮷',
  '\u{10ffff}',
  'a𠮷',
  'a\uffee',
];

describe('the order of texts', () => {
  it('is that of their UTF-8 bytes', () => {
    for (const one of texts) {
      for (const other of texts) {
        expect(Math.sign(compareUtf8(one, other)), `${one} ${other}`).toBe(
          Buffer.compare(Buffer.from(one), Buffer.from(other)),
        );
      }
    }
  });

  it('has an end behind all that begins with a text', () => {
    for (const text of texts.filter((one) => !one.startsWith('\u{10ffff}'))) {
      expect(compareUtf8(`a${text}`, endOf('a'))).toBeLessThan(0);
    }
    expect(compareUtf8('b', endOf('a'))).toBeGreaterThan(0);
  });
});
