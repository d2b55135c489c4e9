import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLei, isUscc } from '../../domain/organization/identifiers.ts';
import { organization } from '../../domain/organization/organization.ts';
import { type Fact, given, idOf } from '../support/decider.ts';

const english = { value: 'Guangzhou Diamond Exchange', lang: 'en' };
const chinese = { value: '广州钻石交易中心', lang: 'zh-Hans' };
const acronym = { value: 'GZDE', lang: 'en' };
const exchange = { kind: 'exchange', names: [english, chinese] };
const registered: Fact = ['organization.registered', exchange];
const self = idOf('organization');
const other = idOf('organization', 'b');

/** The LEI of the Global Legal Entity Identifier Foundation, and the example of GB 32100-2015. */
const lei = { scheme: 'lei', value: '506700GE1G29325QX363' };
const uscc = { scheme: 'uscc', value: '91350100M000100Y43' };

describe('register-organization', () => {
  it('enters an organization with names in several languages', () => {
    given([]).when('register-organization', exchange).then(registered);
  });
  it('refuses one without a name', () => {
    given([]).when('register-organization', { kind: 'exchange', names: [] }).thenRefused('value-invalid', '/names');
    given([]).when('register-organization', { kind: 'exchange' }).thenRefused('value-missing', '/names');
  });
  it('refuses the same name twice', () => {
    given([])
      .when('register-organization', { kind: 'exchange', names: [english, chinese, english] })
      .thenRefused('name-repeated', '/names/2');
  });
  it('keeps the same words in two languages', () => {
    given([])
      .when('register-organization', { kind: 'exchange', names: [english, { ...english, lang: 'de' }] })
      .thenAccepted();
  });
  it('refuses a kind that it does not know', () => {
    given([])
      .when('register-organization', { ...exchange, kind: 'guild' })
      .thenRefused('value-invalid', '/kind');
  });

  it('relates it to another organization', () => {
    given([])
      .when('register-organization', { ...exchange, relations: [{ type: 'subsidiary-of', to: other }] })
      .thenAccepted();
  });
  it('refuses a relation to itself', () => {
    given([])
      .when('register-organization', { ...exchange, relations: [{ type: 'part-of', to: self }] })
      .thenRefused('relation-to-itself', '/relations/0/to');
  });
  it('refuses a relation to an organization that does not exist', () => {
    const nobody = `organization-${'a'.repeat(25)}b`;
    given([])
      .when('register-organization', { ...exchange, relations: [{ type: 'part-of', to: nobody }] })
      .thenRefused('unknown-reference', '/relations/0/to');
  });
});

describe('identifiers', () => {
  it('accepts an LEI and a unified social credit code with right check signs', () => {
    given([])
      .when('register-organization', { ...exchange, identifiers: [lei, uscc] })
      .thenAccepted();
  });
  it('refuses an LEI with wrong check digits', () => {
    given([])
      .when('register-organization', { ...exchange, identifiers: [{ scheme: 'lei', value: '506700GE1G29325QX336' }] })
      .thenRefused('identifier-check-failed', '/identifiers/0/value');
  });
  it('refuses a unified social credit code with a wrong check character', () => {
    given([])
      .when('register-organization', { ...exchange, identifiers: [{ scheme: 'uscc', value: '91350100M000100Y44' }] })
      .thenRefused('identifier-check-failed', '/identifiers/0/value');
  });

  const replaced = (value: string, place: number, sign: string) =>
    value.slice(0, place) + sign + value.slice(place + 1);
  const digits = '0123456789';
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  it.each([
    // MOD 97-10 promises it for a digit among digits and a letter among letters.
    ['LEI', isLei, lei.value, [digits, letters]],
    ['unified social credit code', isUscc, uscc.value, [digits + letters]],
  ])('finds every single wrong sign of a %s', (_, isRight, value, alphabets) => {
    const wrong = [...value].flatMap((sign, place) =>
      alphabets
        .filter((alphabet) => alphabet.includes(sign))
        .flatMap((alphabet) => [...alphabet.replace(sign, '')].map((other) => replaced(value, place, other))),
    );
    expect(isRight(value)).toBe(true);
    expect(wrong.filter(isRight)).toEqual([]);
  });
  it('takes for each LEI exactly the check digits of ISO/IEC 7064 MOD 97-10', () => {
    const stem = fc.string({ unit: fc.constantFrom(...digits, ...letters), minLength: 18, maxLength: 18 });
    const pairs = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
    const expected = (start: string) => {
      const number = BigInt([...start].map((sign) => Number.parseInt(sign, 36)).join(''));
      return String(98n - ((number * 100n) % 97n)).padStart(2, '0');
    };
    fc.assert(
      fc.property(stem, (start) => {
        expect(pairs.filter((pair) => isLei(start + pair))).toEqual([expected(start)]);
      }),
    );
  });

  it('reserves each identifier, so that it belongs to one organization', () => {
    const other = { scheme: 'other', issuer: 'WFDB', value: '12' };
    const draft = { type: 'organization.registered', data: { ...exchange, identifiers: [lei, uscc, other] } };
    expect(organization.reservations?.(draft)).toEqual([
      { action: 'reserve', kind: 'lei', key: lei.value, pointer: '/identifiers/0' },
      { action: 'reserve', kind: 'uscc', key: uscc.value, pointer: '/identifiers/1' },
      { action: 'reserve', kind: 'identifier', key: ['WFDB', '12'], pointer: '/identifiers/2' },
    ]);
  });
});

describe('add-name and end-name', () => {
  it('adds a name', () => {
    given([registered])
      .when('add-name', { name: acronym })
      .then(['organization.name-added', { name: acronym }]);
  });
  it('refuses a name that the organization bears', () => {
    given([registered])
      .when('add-name', { name: { ...chinese, kind: 'official' } })
      .thenRefused('name-repeated', '/name');
  });
  it('lets an ended name come back', () => {
    given([registered, ['organization.name-ended', { name: english }]])
      .when('add-name', { name: english })
      .thenAccepted();
  });
  it('refuses a 21st name, and takes the 20th', () => {
    const names = (count: number) => Array.from({ length: count }, (_, n) => ({ value: `Name ${n}`, lang: 'en' }));
    given([['organization.registered', { kind: 'bank', names: names(20) }]])
      .when('add-name', { name: acronym })
      .thenRefused('cap-names', '/name');
    given([['organization.registered', { kind: 'bank', names: names(19) }]])
      .when('add-name', { name: acronym })
      .thenAccepted();
  });

  it('ends a name', () => {
    given([registered])
      .when('end-name', { name: english, on: '2024' })
      .then(['organization.name-ended', { name: english, on: '2024' }]);
  });
  it('refuses to end the last name', () => {
    given([registered, ['organization.name-ended', { name: english }]])
      .when('end-name', { name: chinese })
      .thenRefused('last-name', '/name');
  });
  it('refuses to end a name that the organization does not bear', () => {
    given([registered])
      .when('end-name', { name: { ...english, lang: 'ru' } })
      .thenRefused('name-unknown', '/name');
  });
});

describe('appoint-client and dismiss-client', () => {
  const registrar = { actor: { client: 'registrar' } };
  const appointed: Fact = ['organization.client-appointed', { client: 'gdgje' }];

  it('appoints a client', () => {
    given([registered], registrar).when('appoint-client', { client: 'gdgje' }).then(appointed);
  });
  it('refuses to appoint the client that acts for it already', () => {
    given([registered, appointed], registrar)
      .when('appoint-client', { client: 'gdgje' })
      .thenRefused('client-taken', '/client');
  });
  it('dismisses a client', () => {
    given([registered, appointed], registrar)
      .when('dismiss-client', { client: 'gdgje' })
      .then(['organization.client-dismissed', { client: 'gdgje' }]);
  });
  it('refuses to dismiss a client that does not act for it', () => {
    given([registered], registrar).when('dismiss-client', { client: 'gdgje' }).thenRefused('client-unknown', '/client');
  });
  it('refuses a client id of another form', () => {
    given([registered], registrar).when('appoint-client', { client: 'a b' }).thenRefused('value-invalid', '/client');
  });
  it('reserves the client for the organization, and releases it', () => {
    const reservation = { kind: 'client', key: 'gdgje', pointer: '/client' };
    expect(organization.reservations?.({ type: appointed[0], data: appointed[1] })).toEqual([
      { action: 'reserve', ...reservation },
    ]);
    expect(organization.reservations?.({ type: 'organization.client-dismissed', data: { client: 'gdgje' } })).toEqual([
      { action: 'release', ...reservation },
    ]);
    expect(organization.reservations?.({ type: 'organization.name-added', data: { name: acronym } })).toEqual([]);
  });
});
