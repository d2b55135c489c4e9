import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { faultsOf } from '../../../domain/kernel/faults.ts';
import { count } from '../../../domain/values/count.ts';
import { document, evidence, source } from '../../../domain/values/evidence.ts';
import { aggregateOf, escapePointer, ref, referencesIn } from '../../../domain/values/ids.ts';
import { names, sameName } from '../../../domain/values/names.ts';
import { party } from '../../../domain/values/party.ts';
import { country, text } from '../../../domain/values/text.ts';
import { idOf } from '../../support/decider.ts';

/** The rules that a value breaks, with their places; none when it is right. */
function faults(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value, { reportInput: true });
  return parsed.success
    ? []
    : faultsOf(parsed.error.issues, '').map(({ rule, pointer }) => `${rule} ${pointer}`.trim());
}

describe('text', () => {
  it.each(['a', 'Гуанчжоуская алмазная биржа', '广州钻石交易中心', '💎', 'two\nlines\tand a tab', ' padded '])(
    'takes %j as it is',
    (value) => expect(text(600).parse(value)).toBe(value),
  );
  it.each(['', ' ', '\n\t', '\u3000\u00a0'])('refuses blank %j', (value) => {
    expect(faults(text(600), value)).toContain('blank-text');
  });
  it.each(['\ud800', 'a\udc00b', '\udc00\ud800'])('refuses a lone surrogate', (value) => {
    expect(faults(text(600), value)).toEqual(['text-not-well-formed']);
  });
  it('refuses every control character but tab and line breaks', () => {
    const controls = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, n) => 0x7f + n)];
    const refused = controls.filter((code) =>
      faults(text(600), `a${String.fromCharCode(code)}b`).includes('control-character'),
    );
    expect(controls.filter((code) => !refused.includes(code))).toEqual([0x09, 0x0a, 0x0d]);
  });
  it('counts bytes of UTF-8, not letters', () => {
    expect(faults(text(600), '钻'.repeat(200))).toEqual([]);
    expect(faults(text(600), `${'钻'.repeat(200)}a`)).toEqual(['cap-text-bytes']);
  });
});

describe('a country', () => {
  it('takes a country of two capitals only', () => {
    expect(faults(country, 'CN')).toEqual([]);
    for (const value of ['cn', 'CHN', 'C', '']) expect(faults(country, value)).toEqual(['value-invalid']);
  });
});

describe('names', () => {
  const english = { value: 'WFDB', lang: 'en', kind: 'acronym', form: 'as-given' };
  it('holds one to twenty of them', () => {
    expect(faults(names, [english])).toEqual([]);
    expect(faults(names, [])).toEqual(['value-invalid']);
    const different = (count: number) => Array.from({ length: count }, (_, n) => ({ ...english, value: `Name ${n}` }));
    expect(faults(names, different(20))).toEqual([]);
    expect(faults(names, different(21))).toEqual(['cap-names']);
  });
  it('says of each its language', () => {
    expect(faults(names, [{ value: 'WFDB' }])).toEqual(['value-missing /0/lang']);
  });
  it('takes no name of more than 2,000 bytes', () => {
    expect(faults(names, [{ ...english, value: 'x'.repeat(2_000) }])).toEqual([]);
    expect(faults(names, [{ ...english, value: 'x'.repeat(2_001) }])).toEqual(['cap-text-bytes /0/value']);
  });
  it('are the same when words and language are', () => {
    expect(sameName({ value: 'a', lang: 'en' }, { value: 'a', lang: 'en' })).toBe(true);
    expect(sameName({ value: 'a', lang: 'en' }, { value: 'a', lang: 'ru' })).toBe(false);
    expect(sameName({ value: 'a', lang: 'en' }, { value: 'b', lang: 'en' })).toBe(false);
    expect(sameName({ value: 'é', lang: 'FR' }, { value: 'e\u0301', lang: 'fr' })).toBe(true);
    expect(sameName({ value: 'e', lang: 'fr' }, { value: 'é', lang: 'fr' })).toBe(false);
  });
});

describe('a count', () => {
  it.each([{ min: 31 }, { max: 5 }, { min: 0, max: 0 }, { min: 2, max: 3 }, { exact: 0 }, { exact: 7 }])(
    'takes %j',
    (value) => {
      expect(faults(count, value)).toEqual([]);
    },
  );
  it.each([
    [{}, ['count-empty']],
    [{ min: 3, max: 2 }, ['count-contradictory']],
    [{ exact: 3, min: 2 }, ['count-contradictory']],
    [{ exact: 3, max: 3 }, ['count-contradictory']],
    [{ min: -1 }, ['value-invalid /min']],
    [{ min: 1.5 }, ['value-invalid /min']],
    [{ min: 2 ** 53 }, ['value-invalid /min']],
    [{ min: '31' }, ['value-invalid /min']],
    [{ least: 31 }, ['unknown-field /least', 'count-empty']],
  ])('refuses %j', (value, expected) => {
    expect([...new Set(faults(count, value))]).toEqual(expected);
  });
});

describe('evidence', () => {
  const piece = (id?: string) => ({ ...(id === undefined ? {} : { id }), source: { lang: 'ru' }, basis: 'stated' });
  it('takes pieces without an id and pieces with different ones', () => {
    expect(faults(evidence, [piece(), piece(), piece('src-1'), piece('src-2')])).toEqual([]);
  });
  it('refuses one id twice', () => {
    expect(faults(evidence, [piece('src-1'), piece(), piece('src-1')])).toEqual(['evidence-id-repeated']);
  });
  it('is there: none is none', () => {
    expect(faults(evidence, [])).toEqual(['value-invalid']);
    expect(faults(evidence, undefined)).toEqual(['value-missing']);
  });
  it('refuses a source that says nothing about itself', () => {
    expect(faults(source, {})).toEqual(['source-empty']);
    expect(faults(source, { publishedOn: '2023-02' })).toEqual([]);
  });
  it.each(['http://example.org/a?b=c&d', 'https://例子.cn/新闻', 'HTTPS://EXAMPLE.ORG'])(
    'takes the address %s as it is',
    (url) => {
      expect(source.parse({ url })).toEqual({ url });
    },
  );
  it.each([
    ['ftp://example.org', 'value-invalid'],
    ['javascript:alert(1)', 'value-invalid'],
    ['example.org', 'value-invalid'],
    ['http://', 'value-invalid'],
    ['http://a b', 'value-invalid'],
    [' http://example.org', 'value-invalid'],
    ['http://example.org/\ud800', 'text-not-well-formed'],
    ['http://example.org/\u0001', 'control-character'],
    [`http://example.org/${'a'.repeat(2000)}`, 'cap-text-bytes'],
  ])('refuses the address %j', (url, rule) => {
    expect(faults(source, { url })).toContain(`${rule} /url`);
  });
});

describe('a document', () => {
  const pdf = { sha256: '0'.repeat(64), mediaType: 'application/pdf' };
  it('is known by its digest', () => {
    expect(faults(document, { ...pdf, bytes: 1 })).toEqual([]);
    expect(faults(document, { mediaType: 'application/pdf' })).toEqual(['value-missing /sha256']);
    expect(faults(document, { ...pdf, sha256: 'A'.repeat(64) })).toEqual(['value-invalid /sha256']);
    expect(faults(document, { ...pdf, mediaType: 'pdf' })).toEqual(['value-invalid /mediaType']);
  });
});

describe('a party', () => {
  const organization = idOf('organization');
  it('is an organization, or described without a name', () => {
    expect(faults(party, { organization, onBehalfOf: idOf('organization', 'b'), role: 'seller' })).toEqual([]);
    expect(faults(party, { unidentified: 'a supplier', lang: 'en' })).toEqual([]);
  });
  it('is not both, and not neither', () => {
    expect(faults(party, { organization, unidentified: 'a supplier', lang: 'en' })).not.toEqual([]);
    expect(faults(party, { role: 'seller' })).not.toEqual([]);
    expect(faults(party, { unidentified: 'a supplier' })).toEqual(['value-missing /lang']);
  });
});

describe('ids and references', () => {
  it('are of the aggregate that they name', () => {
    expect(aggregateOf(idOf('organization'))).toBe('organization');
    expect(aggregateOf(`award-programme-${'2'.repeat(26)}`)).toBe('award-programme');
    for (const id of [
      '',
      'organization',
      `organization-${'a'.repeat(25)}`,
      `organization-${'A'.repeat(26)}`,
      `-${'a'.repeat(26)}`,
    ]) {
      expect(aggregateOf(id)).toBeUndefined();
    }
    expect(faults(ref('organization'), idOf('organization'))).toEqual([]);
    expect(faults(ref('organization'), idOf('ceremony'))).toEqual(['value-invalid']);
    expect(faults(ref('organization'), `${idOf('organization')}\n`)).toEqual(['value-invalid']);
  });
  it('are found wherever they stand, with their pointer', () => {
    const [a, b] = [idOf('organization', 'a'), idOf('ceremony', 'b')];
    expect(referencesIn({ roles: [{ organization: a, role: 'host' }], 'a/b~c': b, n: null, i: 1 })).toEqual([
      { pointer: '/roles/0/organization', id: a },
      { pointer: '/a~1b~0c', id: b },
    ]);
  });
  it('escapes every token so that it can be read back (RFC 6901)', () => {
    fc.assert(
      fc.property(fc.string(), (token) => {
        const escaped = escapePointer(token);
        expect(escaped).not.toContain('/');
        expect(escaped.replaceAll('~1', '/').replaceAll('~0', '~')).toBe(token);
      }),
    );
  });
});
