import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKey, sayRepeated } from '../../../domain/values/repeated-key.ts';

/** A JSON value as its members stand in a text, where a key may stand twice. */
type Written =
  | { readonly members: readonly (readonly [string, Written])[] }
  | { readonly items: readonly Written[] }
  | { readonly plain: unknown };

/** V8 13.6 takes an escaped key for another one that begins with a backslash and was read before: there are none here. */
const key = fc
  .oneof(
    fc.constantFrom('a', 'b', '__proto__', '"', 'a\\', '{', ',', ':', 'é'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  )
  .filter((name) => !name.startsWith('\\'));
const written = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc
      .oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null))
      .map((plain) => ({ plain })),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => ({ items })),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((members) => ({ members })),
  ),
})).value;

/** The text of a string, with each sign as an escape where `escaped` says so. */
const quoted = (text: string, escaped: boolean) =>
  escaped
    ? `"${[...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
    : JSON.stringify(text);

function textOf(value: Written, escaped: boolean): string {
  if ('plain' in value) return ` ${JSON.stringify(value.plain)} `;
  if ('items' in value) return `[${value.items.map((item) => textOf(item, escaped)).join(',')}]`;
  return `{${value.members.map(([name, inner], at) => `${quoted(name, escaped && at % 2 === 1)}\n:${textOf(inner, escaped)}`).join(' ,')}}`;
}

function keysTwice(value: Written): boolean {
  if ('plain' in value) return false;
  if ('items' in value) return value.items.some(keysTwice);
  const { members } = value;
  return new Set(members.map(([name]) => name)).size < members.length || members.some(([, inner]) => keysTwice(inner));
}

/** How many members JSON.parse leaves of a text, and how many stand in it. */
const membersIn = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : Object.values(value).reduce(
        (sum: number, inner) => sum + membersIn(inner),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      );
const membersWritten = (value: Written): number => {
  if ('plain' in value) return 0;
  if ('items' in value) return value.items.reduce((sum, item) => sum + membersWritten(item), 0);
  return value.members.reduce((sum, [, inner]) => sum + 1 + membersWritten(inner), 0);
};

describe('a key that stands twice', () => {
  it('is found in exactly the texts of which JSON.parse drops a member', () => {
    const seen = { once: 0, twice: 0 };
    fc.assert(
      fc.property(written, fc.boolean(), (value, escaped) => {
        const text = textOf(value, escaped);
        const isRepeated = keysTwice(value);
        seen[isRepeated ? 'twice' : 'once'] += 1;
        expect(membersIn(JSON.parse(text)) < membersWritten(value)).toBe(isRepeated);
        expect(repeatedKey(text) !== undefined).toBe(isRepeated);
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.once, seen.twice)).toBeGreaterThan(200);
  });

  it.each([
    ['{"a":1,"a":2}', 'a', 7],
    ['{"on":"2023","\\u006fn":"2024"}', 'on', 13],
    ['[{"a":{"b":1,"c":[],"b":{}}}]', 'b', 20],
    ['{"__proto__":1,"__proto__":2}', '__proto__', 15],
    ['{"":1,"":2}', '', 6],
    ['{"a":{"b":1},"b":{"a":"a"},"a":0}', 'a', 27],
  ])('of %s is %j', (text, name, offset) => {
    expect(repeatedKey(text)).toEqual({ key: name, offset });
  });

  it.each([
    '{}',
    '[]',
    '"a"',
    '1',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":{"a":"a"}}}',
    '{"a":"{\\"b\\":1,\\"b\\":2}","b":["a","a"]}',
    '{"\u00e9":1,"e\u0301":2}',
  ])('is not in %s', (text) => expect(repeatedKey(text)).toBeUndefined());

  it('is found at any depth', () => {
    const depth = 200_000;
    expect(repeatedKey(`${'[{"a":'.repeat(depth)}{"b":1,"b":2}${'}]'.repeat(depth)}`)?.key).toBe('b');
  });

  it('is named in words, shortened where it is long', () => {
    expect(sayRepeated({ key: 'on', offset: 0 })).toBe('the key "on" stands twice in one object');
    expect(sayRepeated({ key: 'x'.repeat(500), offset: 0 }).length).toBeLessThan(150);
  });
});
