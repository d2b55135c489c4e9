import { describe, expect, it } from 'vitest';
import { commandsByName, definitionOf, eventDefinitions, upcast } from '../../../domain/catalog.ts';
import { presentRecord } from '../../../domain/presentation.ts';
import { applyCommit } from '../../../domain/projections/projection.ts';
import { summaryOf } from '../../../domain/projections/records.ts';
import { subtagsRepeated } from '../../../domain/record/language-tags.ts';
import { inCanonicalCase, isLanguageTag, withCanonicalTags } from '../../../domain/values/language.ts';
import { languageTag } from '../../../domain/values/text.ts';
import { eventsOf, type Fact, given, idOf } from '../../support/decider.ts';

const isTaken = (tag: string) => languageTag.safeParse(tag).success;

/** RFC 5646, Appendix A, but for the tags that it calls invalid. */
const ofAppendixA = `
  de fr ja i-enochian zh-Hant zh-Hans sr-Cyrl sr-Latn zh-cmn-Hans-CN cmn-Hans-CN zh-yue-HK yue-HK zh-Hans-CN sr-Latn-RS
  sl-rozaj sl-rozaj-biske sl-nedis de-CH-1901 sl-IT-nedis hy-Latn-IT-arevela de-DE en-US es-419 de-CH-x-phonebk
  az-Arab-x-AZE-derbend x-whatever qaa-Qaaa-QM-x-southern de-Qaaa sr-Latn-QM sr-Qaaa-RS en-US-u-islamcal
  zh-CN-a-myext-x-private en-a-myext-b-another`
  .trim()
  .split(/\s+/);
/** Section 2.1: the tags that were registered before there was a form. */
const grandfathered = `
  en-GB-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay i-tsu sgn-BE-FR
  sgn-BE-NL sgn-CH-DE art-lojban cel-gaulish no-bok no-nyn zh-guoyu zh-hakka zh-min zh-min-nan zh-xiang`
  .trim()
  .split(/\s+/);

describe('a language tag', () => {
  it.each([...ofAppendixA, ...grandfathered])('may be %s, in whatever case', (tag) => {
    for (const one of [tag, tag.toLowerCase(), tag.toUpperCase()]) expect(isTaken(one), one).toBe(true);
  });
  it.each(['english', 'abcd', 'en-1994', 'en-0abc', 'ka-t-en-u-co-phonebk', 'zh-a-bb-cc-dddddddd-x-1', 'sr-x-y-z'])(
    'may be %s',
    (tag) => expect(isTaken(tag)).toBe(true),
  );
  it.each([
    ['no tag', ''],
    ['a single letter in the first place', 'e'],
    ['a single letter in the first place, Appendix A', 'a-DE'],
    ['two regions, Appendix A', 'de-419-DE'],
    ['two scripts', 'zh-Hans-Hant'],
    ['a subtag of nine letters', 'abcdefghi'],
    ['a variant of four letters', 'en-US-abcd'],
    ['a fourth extended language', 'zh-aaa-bbb-ccc-ddd'],
    ['an extended language of an own language', 'english-aaa'],
    ['an extension without content', 'en-u'],
    ['an extension with content of one letter', 'en-u-c'],
    ['private use without content', 'en-x'],
    ['content of private use that is too long', 'x-abcdefghi'],
    ['another separator', 'en_US'],
    ['an empty subtag', 'en-'],
    ['an empty subtag within', 'en--US'],
    ['another alphabet', 'ен'],
    ['a sign that is a letter in some case only', 'en-\u017fa'],
    ['a line break', 'en\n'],
    ['white space', ' en'],
    ['a tag of more than 100 characters', `en-x${'-abcdefgh'.repeat(11)}`],
  ])('is not %s: %j', (_, tag) => expect(isTaken(tag)).toBe(false));

  it('names a variant and an extension once: section 2.2.5, and Appendix A', () => {
    const names = (lang: string) =>
      given([]).when('register-organization', { kind: 'bank', names: [{ value: 'Banka', lang }] });
    for (const lang of ['de-DE-1901-1901', 'sl-rozaj-ROZAJ', 'ar-a-aaa-b-bbb-a-ccc', 'ar-a-aaa-A-ccc']) {
      names(lang).thenRefused('subtag-repeated', '/names/0/lang');
    }
    for (const lang of ['sl-rozaj-biske', 'ar-a-aaa-b-aaa', 'ar-x-a-a', 'ar-a-bb-x-a']) names(lang).thenAccepted();
  });
  it('with one of them twice stays readable, and may be said again where it stands', () => {
    const names = [{ value: 'Banka', lang: 'sl-rozaj-rozaj' }];
    const { schema } = definitionOf('organization.registered');
    const evidence = [{ source: { lang: 'de-1901-1901' }, basis: 'stated' }];
    expect(schema.safeParse({ kind: 'bank', names, evidence, speaksAs: 'other' }).success).toBe(true);
    const correct = (...others: string[]) =>
      given([['organization.registered', { kind: 'bank', names }]]).when('correct-organization', {
        corrects: 1,
        set: { country: 'SI', names: [...names, ...others.map((lang) => ({ value: 'Bank', lang }))] },
        reason: 'clerical',
      });
    correct().thenAccepted();
    correct('de-1901-1901').thenRefused('subtag-repeated', '/set/names/1/lang');
  });
  it('stands in a field of one name, so that none is missed', () => {
    const schemas = [...eventDefinitions, ...[...commandsByName.values()].map(({ definition }) => definition)];
    const fields = (schema: unknown, field = ''): string[] => {
      if (typeof schema !== 'object' || schema === null) return [];
      const isTag = String((schema as { description?: unknown }).description).startsWith('Language tag');
      return isTag ? [field] : Object.entries(schema).flatMap(([key, inner]) => fields(inner, key));
    };
    const found = schemas.flatMap(({ schema }) => fields(schema.toJSONSchema({ io: 'input', unrepresentable: 'any' })));
    expect(found.length).toBeGreaterThan(50);
    expect(new Set(found)).toEqual(new Set(['lang']));
    expect(subtagsRepeated({ deep: [{ lang: 'de-1901-1901' }] })).toMatchObject([{ pointer: '/deep/0/lang' }]);
  });
});

describe('the canonical case of a language tag', () => {
  it.each([...ofAppendixA, ...grandfathered].filter((tag) => tag !== 'az-Arab-x-AZE-derbend'))(
    'is that of %s',
    (tag) => {
      for (const one of [tag, tag.toLowerCase(), tag.toUpperCase()]) expect(inCanonicalCase(one)).toBe(tag);
    },
  );
  it.each([
    ['az-arab-X-AZE-Derbend', 'az-Arab-x-aze-derbend'],
    ['EN-ca-X-CA', 'en-CA-x-ca'],
    ['AZ-LATN-X-LATN', 'az-Latn-x-latn'],
    ['KA-T-EN-LATN', 'ka-t-en-latn'],
    ['ZH-hAnT-tW', 'zh-Hant-TW'],
  ])('of %s is %s', (tag, canonical) => expect(inCanonicalCase(tag)).toBe(canonical));
  it('makes no subtag another one', () => {
    for (const tag of ['de-1901', 'iw', 'zh-min-nan', 'i-klingon', 'no-bok', 'sr-YU', 'en-GB-oed']) {
      expect(isLanguageTag(inCanonicalCase(tag))).toBe(true);
      expect(inCanonicalCase(tag).toLowerCase()).toBe(tag.toLowerCase());
    }
  });
  it('leaves a value that has it as it is, the same object', () => {
    const value = { names: [{ value: 'EN', lang: 'en' }], lang: { lang: 'zh-Hans' } };
    expect(withCanonicalTags(value)).toBe(value);
    const other = { names: [{ value: 'EN', lang: 'EN' }, value.names[0]], notes: value };
    const changed = withCanonicalTags(other);
    expect(changed).toEqual({ ...other, names: [value.names[0], value.names[0]] });
    expect(changed.notes).toBe(value);
    expect(other.names[0]?.lang).toBe('EN');
  });
});

describe('a name in a language', () => {
  const named = (lang: string): Fact => ['organization.registered', { kind: 'bank', names: [{ value: '銀行', lang }] }];

  it('is recorded as given', () => {
    const [type, data] = named('ZH-hant-tw');
    given([]).when('register-organization', data).then([type, data]);
  });
  it('is compared in canonical case', () => {
    given([named('zh-Hant-TW')])
      .when('add-name', { name: { value: '銀行', lang: 'ZH-hant-tw' } })
      .thenRefused('name-repeated', '/name');
    given([named('zh-Hant-TW')])
      .when('add-name', { name: { value: '銀行', lang: 'zh-hans-tw' } })
      .thenAccepted();
    given([named('zh-Hant-TW'), ['organization.name-added', { name: { value: 'Bank', lang: 'en' } }]])
      .when('end-name', { name: { value: '銀行', lang: 'zh-HANT-tw' } })
      .thenAccepted();
  });
  it('is shown in canonical case, also after a correction, and so are sources', () => {
    const evidence = [{ source: { lang: 'DE-ch' }, basis: 'stated' }];
    const corrected: Fact = [
      'organization.corrected',
      { corrects: 1, set: { notes: [{ text: 'A remark', lang: 'EN-gb' }] }, reason: 'clerical' },
    ];
    const [type, data] = named('ZH-hant-tw');
    const events = eventsOf(idOf('organization'), [[type, { ...data, evidence }], corrected]);
    const sealed = applyCommit(undefined, events.map(upcast), 0);
    const tags = (value: unknown) => JSON.stringify(value).match(/"lang":"[^"]*"/g);
    const page = tags(presentRecord(sealed));
    expect(page).toEqual(expect.arrayContaining(['"lang":"zh-Hant-TW"', '"lang":"de-CH"', '"lang":"en-GB"']));
    expect(page?.every((one) => /zh-Hant-TW|de-CH|en-GB/.test(one))).toBe(true);
    expect(tags(summaryOf(sealed))).toEqual(['"lang":"zh-Hant-TW"']);
  });
});
