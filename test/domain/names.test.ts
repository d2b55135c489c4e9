import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../domain/catalog.ts';
import type { OrganizationState } from '../../domain/organization/state.ts';
import { nameFaults } from '../../domain/record/names.ts';
import { evidence, type Fact, given, idOf, recordOf } from '../support/decider.ts';

const name = (value: string, lang = 'en') => ({ value, lang });
const bank = (...names: object[]): Fact => ['organization.registered', { kind: 'bank', names }];
const plain = bank(name('Bank'));
const parties = ['a', 'b'].map((letter) => ({ organization: idOf('organization', letter) }));

const [COMPOSED, DECOMPOSED] = ['Société', 'Socie\u0301te\u0301'];

describe('a name', () => {
  it.each([
    ['a tab', 'Diamond\tBank'],
    ['a line feed', 'Diamond\nBank'],
    ['a carriage return', 'Diamond\rBank'],
    ['a line separator', 'Diamond\u2028Bank'],
    ['a paragraph separator', 'Diamond\u2029Bank'],
    ['a space before it', ' Diamond Bank'],
    ['a space behind it', 'Diamond Bank '],
    ['an ideographic space behind it', '钻石银行\u3000'],
    ['a no-break space before it', '\u00a0Diamond Bank'],
    ['a byte order mark', '\ufeffDiamond Bank'],
    ['a noncharacter', 'Diamond\ufdd0Bank'],
    ['the last code point of a plane', 'Diamond\u{1ffff}Bank'],
    ['an override to the right', 'Diamond \u202eknaB'],
    ['an override to the left that ends', 'Diamond \u202dBank\u202c'],
    ['an open isolate', '\u2067Bank'],
    ['an isolate of two that stays open', '\u2066\u2068Bank\u2069'],
    ['an open embedding', '\u202bBank'],
    ['an isolate that the end of an embedding does not close', '\u2068Bank\u202c'],
  ])('does not hold %s', (_, value) => {
    given([])
      .when('register-organization', { kind: 'bank', names: [name('Bank'), name(value)] })
      .thenRefused('name-malformed', '/names/1/value');
    given([plain])
      .when('add-name', { name: name(value) })
      .thenRefused('name-malformed', '/name/value');
    given([])
      .when('register-agreement', { kind: 'supply', parties, titles: [name(value)] })
      .thenRefused('name-malformed', '/titles/0/value');
    given([plain])
      .when('correct-organization', { corrects: 1, set: { names: [name(value)] }, reason: 'clerical' })
      .thenRefused('name-malformed', '/set/names/0/value');
  });
  it.each([
    ['isolates that end', '\u2067بنك\u2069 of \u2068\u202bAbu\u202c\u2069'],
    ['an isolate that closes an embedding within', '\u2068\u202aBank\u2069'],
    ['marks of direction', 'Bank\u200f (\u200eLtd)'],
    ['a joiner', 'بانک\u200cها'],
    ['spaces of other widths within', 'Diamond\u3000Bank\u00a0Ltd'],
    ['a character beyond the first plane', '𠮷野銀行'],
    ['what the end of nothing closes', 'Bank\u2069'],
  ])('may hold %s', (_, value) => {
    given([])
      .when('register-organization', { kind: 'bank', names: [name(value)] })
      .then(bank(name(value)));
  });
  it('has at most 500 characters of whatever script', () => {
    for (const sign of ['x', 'é', '银', '𠮷']) {
      given([plain])
        .when('add-name', { name: name(sign.repeat(500)) })
        .thenAccepted();
    }
    for (const sign of ['x', 'é', '银']) {
      given([plain])
        .when('add-name', { name: name(sign.repeat(501)) })
        .thenRefused('cap-name-characters', '/name/value');
    }
  });
  it('that was recorded before stays readable, is ended, and stands when what is beside it is corrected', () => {
    const old = [' Bank\t', 'x'.repeat(600), '\u202eBank'].map((value) => name(value));
    const { schema } = definitionOf('organization.registered');
    expect(schema.safeParse({ ...bank(...old)[1], evidence, speaksAs: 'other' }).success).toBe(true);
    for (const one of old) {
      given([bank(...old)])
        .when('end-name', { name: one })
        .thenAccepted();
    }
    const correct = (...names: object[]) =>
      given([bank(...old)]).when('correct-organization', { corrects: 1, set: { names }, reason: 'clerical' });
    correct(...old, name('Another')).thenAccepted();
    correct(...old, name('Another ')).thenRefused('name-malformed', '/set/names/3/value');
  });
  it('is what has words and a language: not a remark, an identifier or a text', () => {
    const notes = [{ text: ' a remark\nof two lines', lang: 'en' }];
    expect(
      nameFaults({ notes, identifier: { scheme: 'other', issuer: 'WFDB ', value: ' 12' }, reason: '\tyes' }),
    ).toEqual([]);
  });
});

describe('two names', () => {
  it('are compared in NFC, and kept as given', () => {
    given([])
      .when('register-organization', { kind: 'bank', names: [name(DECOMPOSED, 'fr')] })
      .then(bank(name(DECOMPOSED, 'fr')));
    given([bank(name(DECOMPOSED, 'fr'))])
      .when('add-name', { name: name(COMPOSED, 'fr') })
      .thenRefused('name-repeated', '/name');
    given([])
      .when('register-organization', { kind: 'bank', names: [name(COMPOSED, 'fr'), name(DECOMPOSED, 'FR')] })
      .thenRefused('name-repeated', '/names/1');
    given([bank(name('Banque', 'fr'), name(DECOMPOSED, 'fr'))])
      .when('end-name', { name: name(COMPOSED, 'fr') })
      .thenAccepted();
    given([['launch.performed', { kind: 'zone', names: [name(COMPOSED)], performersNotStated: true }]])
      .when('rename-launch', { names: [name(DECOMPOSED)] })
      .thenRefused('name-repeated', '/names');
  });
  it('are two where compatibility alone makes them one, or a letter', () => {
    given([bank(name('Ⅳ Bank'))])
      .when('add-name', { name: name('IV Bank') })
      .thenAccepted();
  });
  it('that were recorded as two stay two: the very words are ended, the other stays', () => {
    const both = bank(name(COMPOSED, 'fr'), name(DECOMPOSED, 'fr'));
    const { schema } = definitionOf('organization.registered');
    expect(schema.safeParse({ ...both[1], evidence, speaksAs: 'other' }).success).toBe(true);
    const endedAs = (ended: string) =>
      recordOf(idOf('organization'), [both, ['organization.name-ended', { name: name(ended, 'fr') }]])
        ?.state as OrganizationState;
    expect(endedAs(DECOMPOSED)).toMatchObject({ names: [name(COMPOSED, 'fr')], formerNames: [name(DECOMPOSED, 'fr')] });
    expect(endedAs(COMPOSED)).toMatchObject({ names: [name(DECOMPOSED, 'fr')], formerNames: [name(COMPOSED, 'fr')] });
    given([both])
      .when('correct-organization', {
        corrects: 1,
        set: { country: 'FR', names: both[1]['names' as never] },
        reason: 'clerical',
      })
      .thenAccepted();
  });
  it('of which none has the very words are ended where they are the same', () => {
    const state = recordOf(idOf('organization'), [
      bank(name('Banque', 'fr'), name(DECOMPOSED, 'fr')),
      ['organization.name-ended', { name: name(COMPOSED, 'FR') }],
    ])?.state;
    expect(state).toMatchObject({ names: [name('Banque', 'fr')], formerNames: [name(DECOMPOSED, 'fr')] });
  });
});
