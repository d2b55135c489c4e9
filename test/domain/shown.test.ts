import { describe, expect, it } from 'vitest';
import { shown } from '../../domain/record/shown.ts';

const linkTo = (list: string, after: number) => `/${list}/${after}`;
const items = (length: number, text = '') => Array.from({ length }, (_, number) => ({ number, text }));
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('a record’s answer', () => {
  it('is what it is while its lists are short', () => {
    const body = { id: 'a', version: 100, evidence: items(100), parties: [], within: { body: items(101) } };
    expect(shown(body, linkTo)).toEqual(body);
  });

  it('has the first 100 items of each list, and leads to the rest', () => {
    const body = { id: 'a', evidence: items(101), parties: items(300), names: items(100), roles: items(2) };
    expect(shown(body, linkTo)).toEqual({
      ...body,
      evidence: items(100),
      parties: items(100),
      more: { evidence: '/evidence/100', parties: '/parties/100' },
    });
  });

  it.each(['facts', 'signatures', 'corrections', 'disputes', 'formerNames', 'periods'])(
    'leads to the facts for the rest of %s',
    (list) => {
      expect(shown({ [list]: items(101) }, linkTo)).toEqual({ [list]: items(100), more: { facts: '/facts/0' } });
    },
  );

  it('has fewer items when they are large, by their bytes in UTF-8', () => {
    for (const text of ['x'.repeat(9_000), '录'.repeat(3_000), '\\'.repeat(4_500)]) {
      const body = shown({ evidence: items(60, text) }, linkTo);
      expect(bytesOf(body.evidence)).toBeLessThanOrEqual(250_000 + 30);
      expect(body.evidence).toEqual(items(27, text));
      expect(body.more).toEqual({ evidence: '/evidence/27' });
    }
  });
});
