import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault, unwrap } from '../../../domain/log/read.ts';
import { readCanonical } from '../../../domain/row-tree/canonical-json.ts';
import { canonical } from '../../../functions/runtime/canonical.ts';

describe('canonical JSON', () => {
  it('is read as what it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 6 }), (json) => {
        const text = canonical(json);
        expect(unwrap(readCanonical(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['spaces', '{"a": 1}'],
    ['a newline behind it', '{"a":1}\n'],
    ['members out of order', '{"b":1,"a":2}'],
    ['a member twice', '{"a":1,"a":1}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":{}}'],
    ['numbers as others write them', '[1.0]'],
    ['minus zero', '[-0]'],
    ['a number beyond all', '[1e999]'],
    ['escapes that need none', '["\\u0061"]'],
    ['half a character', '["\\ud83d"]'],
    ['half a character in a name', '{"\\ud83d":1}'],
    ['nothing', ''],
    ['trailing text', '{}{}'],
    ['depth', '['.repeat(70) + ']'.repeat(70)],
    ['great depth', '['.repeat(200_000) + ']'.repeat(200_000)],
  ])('with %s is refused', (_, text) => {
    expect(isFault(readCanonical(text))).toBe(true);
  });

  it('may have a member __proto__, and sorts members by UTF-16 code units', () => {
    expect(Object.keys(unwrap(readCanonical('{"__proto__":{},"a":1}')) as object)).toEqual(['__proto__', 'a']);
    expect(isFault(readCanonical('{"\ud83d\ude00":1,"\uff21":2}'))).toBe(false);
    expect(isFault(readCanonical('{"10":1,"9":2}'))).toBe(false);
  });
});
