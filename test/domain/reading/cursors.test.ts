import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorOf, isOf, placeOfCursor } from '../../../domain/reading/cursors.ts';
import { unionOf } from '../../../domain/reading/union.ts';
import { compareUtf8 } from '../../../domain/values/utf8-order.ts';
import { readerOverRows } from '../../support/rows-in-memory.ts';

describe('a cursor', () => {
  it('holds any sort key, and is of one list', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), (sort) => {
        const cursor = cursorOf('list/a', sort);
        expect(cursor).toMatch(/^[\w-]+$/);
        const place = placeOfCursor(cursor);
        expect(place?.sort).toBe(sort);
        expect(place && isOf('list/a', place)).toBe(true);
        expect(place && isOf('list/b', place)).toBe(false);
      }),
    );
  });
  it.each(['', 'x', 'AAAA', '!', 'QUJD', `${cursorOf('list/a', 'b')}=`])('%j is none', (text) => {
    expect(placeOfCursor(text)).toBeUndefined();
  });
});

describe('several partitions as one', () => {
  const signs = ['a', 'ё', '深圳', '～', '\ufffd', '😀', '𠮷', '\u{10ffff}'];
  it('have the order of UTF-8 bytes, page by page, and each row once', async () => {
    const rowIn = (partition: string) => (sort: string) => ({ partition, sort, value: {} });
    const { reader } = readerOverRows([
      ...signs.filter((_, at) => at % 2 === 0).map(rowIn('one')),
      ...signs.filter((_, at) => at % 3 < 2).map(rowIn('other')),
      ...signs.map(rowIn('third')),
    ]);
    const read: string[] = [];
    for (let before: string | undefined; ; before = read.at(-1)) {
      const { rows, more } = await unionOf(reader, ['one', 'other', 'third']).newest('one', before, 2);
      read.push(...rows.map(({ sort }) => sort));
      if (!more) break;
    }
    expect(read).toEqual([...signs].sort((one, another) => compareUtf8(another, one)));
  });
});
