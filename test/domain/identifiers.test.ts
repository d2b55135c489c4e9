import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../domain/catalog.ts';
import { organization } from '../../domain/organization/organization.ts';
import { isIdentityCardNumber, isOrganizationCode } from '../../domain/organization/standards.ts';
import type { OrganizationState } from '../../domain/organization/state.ts';
import type { Rule } from '../../domain/problems.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const bank = { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }] };
const other = (value: string) => ({ scheme: 'other', issuer: 'WFDB', value });
const uscc = (value: string) => ({ scheme: 'uscc', value });
const lei = (value: string) => ({ scheme: 'lei', value });

/** The example of GB 32100-2015, and that of GB 11643-1999: the numbers of nobody. */
const EXAMPLE = '91350100M000100Y43';
const IDENTITY_CARD = '11010519491231002X';
/** In force, as its register has it, although GB 32100 would make its last character F. */
const IN_FORCE = '91350203M0001QKT19';

const registers = (identifier: object) =>
  given([]).when('register-organization', { ...bank, identifiers: [other('12'), identifier] });
const links = (identifier: object) =>
  given([['organization.registered', bank]]).when('link-identifier', { identifier });

/** Both commands take it, with these warnings. */
function taken(identifier: object, ...warnings: Rule[]) {
  for (const { outcome } of [registers(identifier), links(identifier)]) {
    expect(outcome).toMatchObject({ ok: true });
    expect(outcome.ok && outcome.warnings.map(({ rule }) => rule)).toEqual(warnings);
  }
}
/** Both commands refuse it by one rule. */
function refused(identifier: object, rule: Rule) {
  registers(identifier).thenRefused(rule, '/identifiers/1/value');
  links(identifier).thenRefused(rule, '/identifier/value');
}

describe('a unified social credit code', () => {
  it('is taken, whichever department registers the organization', () => {
    // A trade union, a law firm, an institution, an association and a village: constructed, with the code of the example.
    for (const start of ['81', '31', '12', '51', 'N2', 'A9', 'Y1']) {
      const { outcome } = links(uscc(`${start}350100M000100Y43`));
      expect(outcome, start).toMatchObject({ ok: true });
    }
    taken(uscc(EXAMPLE));
  });
  it('may have a wrong last character, with a warning', () => {
    taken(uscc(IN_FORCE), 'identifier-check-failed');
    taken(uscc(`${IN_FORCE.slice(0, 17)}F`));
    taken(uscc(`${EXAMPLE.slice(0, 17)}4`), 'identifier-check-failed');
  });
  it.each([
    ['a department that there is not', `B1${EXAMPLE.slice(2)}`],
    ['a category that the department does not have', `94${EXAMPLE.slice(2)}`],
    ['a category of another department', `Y2${EXAMPLE.slice(2)}`],
    ['a division with a letter', `91A50100M000100Y43`],
    ['no division', `91000000M000100Y43`],
    ['an organization code with a wrong check sign', '91350100M000100Y33'],
    ['an organization code with a wrong sign', '91350100M000200Y43'],
    ['a sign that none has', '91350100M000100I43'],
    ['a sign in small letters', '91350100m000100Y43'],
    ['a sign too few', '91350100M000100Y4'],
    ['a sign too many', '91350100M000100Y433'],
    ['one sign all along', '1'.repeat(18)],
  ])('is refused with %s', (_, value) => refused(uscc(value), 'identifier-malformed'));
  it('that was recorded before stays, and is unlinked', () => {
    const { schema } = definitionOf('organization.registered');
    const evidence = [{ source: { title: 'A list' }, basis: 'stated' }];
    // All but the last sign of the check of GB 32100 was asked for then.
    const identifiers = [uscc('000000000000000000'), other(IDENTITY_CARD)];
    expect(schema.safeParse({ ...bank, identifiers, evidence, speaksAs: 'other' }).success).toBe(true);
    for (const identifier of identifiers) {
      given([['organization.registered', { ...bank, identifiers }]])
        .when('unlink-identifier', { identifier })
        .thenAccepted();
    }
  });
});

describe('the organization code within', () => {
  it('has the check sign of GB 11714', () => {
    // That of the example, and one of each kind: a digit, X for 10, 0 for 11.
    for (const value of ['M000100Y4', 'M0001QKT1', '000000019', '00000006X', '000000000']) {
      expect(isOrganizationCode(value), value).toBe(true);
      for (const sign of '0123456789X'.replace(value.charAt(8), '')) {
        expect(isOrganizationCode(value.slice(0, 8) + sign)).toBe(false);
      }
    }
  });
});

describe('an LEI', () => {
  it('is taken with right check digits', () => {
    // Those of the Global LEI Foundation and of Apple Inc., by gleif.org.
    for (const value of ['506700GE1G29325QX363', 'HWUPKR0MPOU8FGXBT394']) taken(lei(value));
  });
  it.each(['506700GE1G29325QX36', '506700GE1G29325QX36A', '506700ge1g29325qx363', '5067-00GE1G29325QX363', ''])(
    'is judged by its structure first: %j',
    (value) => refused(lei(value), 'identifier-malformed'),
  );
  it.each(['506700GE1G29325QX336', 'HWUPKR0MPOU8FGXBT395', '1'.repeat(20)])(
    'is refused with wrong check digits: %s',
    (value) => refused(lei(value), 'identifier-check-failed'),
  );
});

describe('the number of an identity card', () => {
  it.each([
    ['by another register', other(IDENTITY_CARD)],
    ['with spaces and in small letters', other('110105 19491231 002x')],
    ['in full width', other('１１０１０５１９４９１２３１００２Ｘ')],
    ['as a code of another scheme', uscc(IDENTITY_CARD)],
    // Constructed: division 514401 there is not. It is a code of GB 32100 too, with both check signs right.
    ['that is a unified social credit code as well', uscc('514401190001010633')],
    ['on the last of February of a leap year', other('110105200002290021')],
  ])('is refused as such %s', (_, identifier) => {
    refused(identifier, 'identity-card-number');
  });
  it.each([
    ['with another check sign', '110105194912310021'],
    ['with a day that there is not', '110105194902300020'],
    ['of a leap day of a year that has none', '110105190002290025'],
    ['with another length', '1101051949123100'],
  ])('is none %s', (_, value) => {
    expect(isIdentityCardNumber(value)).toBe(false);
    taken(other(value));
  });
  it('is not repeated in the refusal', () => {
    const { outcome } = links(other(IDENTITY_CARD));
    expect(JSON.stringify(outcome)).not.toContain(IDENTITY_CARD);
  });
});

describe('a placeholder', () => {
  const held = (...values: string[]) => {
    const fact: Fact = ['organization.registered', { ...bank, identifiers: values.map(other) }];
    return organization.holds?.(recordOf(idOf('organization'), [fact])?.state as OrganizationState);
  };
  it.each(['000000', 'XXXX', 'xXx', '0000-0000', '--', '９９９', '..', '0 0'])('takes no reservation: %s', (value) => {
    taken(other(value));
    expect(held(value)).toEqual([]);
  });
  it.each(['0', '7', '10', '0001', 'AAB', 'N/A', '1-1-2'])('is not what differs in a sign: %s', (value) => {
    expect(held(value)).toEqual([{ kind: 'identifier', key: ['WFDB', value] }]);
  });
});
