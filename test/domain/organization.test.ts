import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { organization } from '../../domain/organization/organization.ts';
import { isLei, isUscc } from '../../domain/organization/standards.ts';
import type { OrganizationState } from '../../domain/organization/state.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

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
  it.each([
    'state',
    'intergovernmental-organization',
    'university',
    'foundation',
    'chamber',
    'free-zone',
    'professional-body',
    'fund',
  ])('enters a %s', (kind) => {
    given([])
      .when('register-organization', { ...exchange, kind })
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

describe('relate and end-relation', () => {
  const relation = { type: 'subsidiary-of', to: other };
  const related: Fact = ['organization.related', { ...relation, on: '2019' }];

  it('relates an organization to another one', () => {
    given([registered])
      .when('relate', { ...relation, on: '2019' })
      .then(related);
  });
  it('refuses a relation to itself', () => {
    given([registered]).when('relate', { type: 'part-of', to: self }).thenRefused('relation-to-itself', '/to');
  });
  it('refuses a relation in which it stands, and takes another one to the same organization', () => {
    given([registered, related]).when('relate', relation).thenRefused('relation-repeated', '/to');
    given([registered, related]).when('relate', { type: 'member-of', to: other }).thenAccepted();
  });
  it('refuses the same relation twice at once', () => {
    given([])
      .when('register-organization', { ...exchange, relations: [relation, { type: 'part-of', to: other }, relation] })
      .thenRefused('relation-repeated', '/relations/2');
  });
  it('refuses a 51st relation, and takes the 50th', () => {
    const relations = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        type: n < 25 ? 'member-of' : 'developed-by',
        to: idOf('organization', String.fromCharCode(98 + (n % 25))),
      }));
    given([['organization.registered', { ...exchange, relations: relations(50) }]])
      .when('relate', relation)
      .thenRefused('cap-relations', '/to');
    given([['organization.registered', { ...exchange, relations: relations(49) }]])
      .when('relate', relation)
      .thenAccepted();
  });

  it('ends a relation', () => {
    given([registered, related])
      .when('end-relation', { ...relation, on: '2023-02' })
      .then(['organization.relation-ended', { ...relation, on: '2023-02' }]);
  });
  it('refuses to end a relation in which it does not stand', () => {
    given([registered, related])
      .when('end-relation', { type: 'part-of', to: other })
      .thenRefused('relation-unknown', '/to');
    given([registered, related, ['organization.relation-ended', relation]])
      .when('end-relation', relation)
      .thenRefused('relation-unknown', '/to');
  });
  it.each([
    ['ends-before-it-begins', '2018-12', ['2019-01', '2018-12?', undefined]],
    ['in-the-future', '2023-03-02', ['2023-03-01', '2023']],
  ] as const)('refuses an end that cannot be: %s', (rule, on, others) => {
    const ends = (day?: string) =>
      given([registered, related], { today: '2023-03-01' }).when('end-relation', {
        ...relation,
        ...(day && { on: day }),
      });
    ends(on).thenRefused(rule, '/on');
    for (const other of others) ends(other).thenAccepted();
  });
  it('shows a relation that has ended as a former one, in which nobody takes part any more', () => {
    const record = recordOf(self, [
      registered,
      related,
      ['organization.relation-ended', { ...relation, on: '2024-03' }],
    ]);
    expect(record?.state).toMatchObject({
      relations: [],
      formerRelations: [{ ...relation, since: '2019', until: '2024-03' }],
    });
    expect(record && indexFieldsOf(record).participants).toEqual([]);
    expect(indexFieldsOf(recordOf(self, [registered, related])).participants).toEqual([other]);
  });
  it('lets an ended relation begin again', () => {
    given([registered, related, ['organization.relation-ended', relation]])
      .when('relate', relation)
      .thenAccepted();
  });
});

describe('close-organization', () => {
  const closing = { on: '2023-01', successor: other, reason: 'Dissolved by its founders' };
  const closed: Fact = ['organization.closed', closing];

  it('closes an organization in favour of its successor', () => {
    given([registered]).when('close-organization', closing).then(closed);
  });
  it('refuses to close it twice, whatever the dates', () => {
    for (const on of ['2022', '2023-01', '2024']) {
      given([registered, ['organization.closed', { on: '2023-01' }]])
        .when('close-organization', { on })
        .thenRefused('already-closed', '');
    }
  });
  it('refuses a successor that is the organization itself', () => {
    given([registered]).when('close-organization', { successor: self }).thenRefused('relation-to-itself', '/successor');
  });
  it('refuses a successor that was closed before', () => {
    given([registered], { beside: { [other]: [registered, ['organization.closed', { on: '2022' }]] } })
      .when('close-organization', closing)
      .thenRefused('after-closing', '/successor');
  });
  it('refuses a fact that is dated after its closing, and takes one of its last day or of no day', () => {
    given([registered, closed]).when('add-name', { name: acronym, on: '2023-02' }).thenRefused('after-closing', '/on');
    given([registered, closed]).when('add-name', { name: acronym, on: '2023-01-31' }).thenAccepted();
    given([registered, closed]).when('add-name', { name: acronym }).thenAccepted();
  });
  it('refuses relations of others to it that are dated after its closing', () => {
    const beside = { beside: { [other]: [registered, ['organization.closed', { on: '2022' }] as Fact] } };
    given([registered], beside)
      .when('relate', { type: 'part-of', to: other, on: '2023' })
      .thenRefused('after-closing', '/to');
    given([registered], beside).when('relate', { type: 'part-of', to: other, on: '2022-12-31' }).thenAccepted();
  });

  it.each([
    ['2022-12-31', 'registered'],
    ['2023-01-01', 'closed'],
    ['2030-01-01', 'closed'],
  ])('leaves it on %s %s', (day, state) => {
    const record = recordOf(self, [registered, closed]);
    expect(organization.lifecycle.statusOn(record?.state as OrganizationState, day)).toBe(state);
  });
  it('counts always where nobody says when', () => {
    const record = recordOf(self, [registered, ['organization.closed', {}]]);
    expect(organization.lifecycle.statusOn(record?.state as OrganizationState, '1990-01-01')).toBe('closed');
    expect(record && indexFieldsOf(record)).not.toHaveProperty('closedOn');
  });
  it('shows when, why, and who succeeds', () => {
    const record = recordOf(self, [registered, closed]);
    expect(record?.state).toMatchObject({ facts: [{ type: 'organization.closed', version: 2, ...closing }] });
    expect(record && indexFieldsOf(record)).toMatchObject({ closedOn: '2023-01', participants: [other] });
    expect(organization.lifecycle.days?.(record?.state as OrganizationState)).toEqual(['2023-01-01']);
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
    const { state } = recordOf(idOf('organization'), [
      ['organization.registered', { ...exchange, identifiers: [lei, uscc, other] }],
    ]) as { state: OrganizationState };
    expect(organization.holds?.(state)).toEqual([
      { kind: 'lei', key: lei.value },
      { kind: 'uscc', key: uscc.value },
      { kind: 'identifier', key: ['WFDB', '12'] },
    ]);
  });
});

describe('link-identifier and unlink-identifier', () => {
  const ours = { scheme: 'other', issuer: 'WFDB', value: '12' };
  const linked: Fact = ['organization.identifier-linked', { identifier: lei, on: '2020' }];
  const unlinked: Fact = ['organization.identifier-unlinked', { identifier: lei, on: '2022' }];
  const stateOf = (...facts: Fact[]) => recordOf(self, [registered, ...facts])?.state as OrganizationState;

  it('links an identifier', () => {
    given([registered]).when('link-identifier', { identifier: lei, on: '2020' }).then(linked);
  });
  it('refuses one that the organization has', () => {
    given([registered, linked])
      .when('link-identifier', { identifier: lei })
      .thenRefused('identifier-repeated', '/identifier');
  });
  it('refuses the same one twice at once', () => {
    given([])
      .when('register-organization', { ...exchange, identifiers: [ours, lei, ours] })
      .thenRefused('identifier-repeated', '/identifiers/2');
  });
  it('takes the same value of another issuer', () => {
    given([['organization.registered', { ...exchange, identifiers: [ours] }]])
      .when('link-identifier', { identifier: { ...ours, issuer: 'GAC' } })
      .thenAccepted();
  });
  it('refuses one with wrong check digits', () => {
    given([registered])
      .when('link-identifier', { identifier: { ...lei, value: '506700GE1G29325QX336' } })
      .thenRefused('identifier-check-failed', '/identifier/value');
  });
  it('refuses a 21st identifier, and takes the 20th', () => {
    const identifiers = (count: number) => Array.from({ length: count }, (_, n) => ({ ...ours, value: `N${n}` }));
    given([['organization.registered', { ...exchange, identifiers: identifiers(20) }]])
      .when('link-identifier', { identifier: lei })
      .thenRefused('cap-identifiers', '/identifier');
    given([['organization.registered', { ...exchange, identifiers: identifiers(19) }]])
      .when('link-identifier', { identifier: lei })
      .thenAccepted();
  });

  it('unlinks an identifier', () => {
    given([registered, linked]).when('unlink-identifier', { identifier: lei, on: '2022' }).then(unlinked);
  });
  it.each([
    ['ends-before-it-begins', '2019', ['2020', '2019?', undefined]],
    ['in-the-future', '2040', ['2023-03-01', '2023']],
  ] as const)('refuses to unlink one on a day that cannot be: %s', (rule, on, others) => {
    const unlinks = (day?: string) =>
      given([registered, linked]).when('unlink-identifier', { identifier: lei, ...(day && { on: day }) });
    unlinks(on).thenRefused(rule, '/on');
    for (const other of others) unlinks(other).thenAccepted();
  });
  it('refuses to unlink one that the organization does not have', () => {
    given([registered, linked])
      .when('unlink-identifier', { identifier: ours })
      .thenRefused('identifier-unknown', '/identifier');
  });
  it('reserves what is linked, gives back what is unlinked, and shows it as a former one', () => {
    const held = { kind: 'lei', key: lei.value };
    expect(organization.holds?.(stateOf(linked))).toEqual([held]);
    expect(organization.holds?.(stateOf(linked, unlinked))).toEqual([]);
    expect(stateOf(linked, unlinked)).toMatchObject({
      identifiers: [],
      formerIdentifiers: [{ ...lei, on: '2020', endedOn: '2022' }],
    });
    expect(
      organization.holds?.(stateOf(linked, unlinked, ['organization.identifier-linked', { identifier: lei }])),
    ).toEqual([held]);
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
      .when('end-name', { name: english, on: '2022' })
      .then(['organization.name-ended', { name: english, on: '2022' }]);
  });
  it('refuses to end a name that it is still to bear', () => {
    const ends = (on: string) => given([registered], { today: '2023-03-01' }).when('end-name', { name: english, on });
    ends('2023-03-02').thenRefused('in-the-future', '/on');
    ends('2023-03-01').thenAccepted();
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
  it.each([
    ['appoint-client', []],
    ['dismiss-client', [appointed]],
  ] as [string, Fact[]][])('refuses to %s on a day to come, since it takes effect at once', (command, facts) => {
    const acts = given([registered, ...facts], { ...registrar, today: '2023-03-01' });
    acts.when(command, { client: 'gdgje', on: '2023-03-02' }).thenRefused('in-the-future', '/on');
    acts.when(command, { client: 'gdgje', on: '2023-03-01' }).thenAccepted();
  });
  it('refuses a client id of another form', () => {
    given([registered], registrar).when('appoint-client', { client: 'a b' }).thenRefused('value-invalid', '/client');
  });
  it('reserves the client for the organization, and releases it', () => {
    const held = (...facts: Fact[]) =>
      organization.holds?.(recordOf(idOf('organization'), [registered, ...facts])?.state as OrganizationState);
    expect(held(appointed)).toEqual([{ kind: 'client', key: 'gdgje' }]);
    expect(held(appointed, ['organization.client-dismissed', { client: 'gdgje' }])).toEqual([]);
    expect(held(['organization.name-added', { name: acronym }])).toEqual([]);
  });
});
