import { describe, expect, it } from 'vitest';
import { agreement } from '../../domain/agreement/agreement.ts';
import type { AgreementState } from '../../domain/agreement/state.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { committed, type Fact, given, idOf, recordOf } from '../support/decider.ts';

const [exchange, bank, stranger] = ['e', 'b', 's'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
];
const unidentified = { unidentified: 'специальный поставщик', lang: 'ru' };
const parties = [{ organization: exchange }, { organization: bank }];
const cooperation = { kind: 'cooperation', parties };
const registered: Fact = ['agreement.registered', cooperation];
const signed = (party: string | number, on?: string): Fact => [
  'agreement.signed',
  { party, ...(on === undefined ? {} : { on }) },
];
const open: Fact = ['agreement.registered', { ...cooperation, openForSignature: true }];

const stateOf = (facts: readonly Fact[]) => recordOf(idOf('agreement'), facts)?.state as AgreementState;

describe('register-agreement', () => {
  it('enters an agreement between two parties', () => {
    given([]).when('register-agreement', cooperation).then(registered);
  });
  it('refuses an agreement of one', () => {
    given([])
      .when('register-agreement', { ...cooperation, parties: parties.slice(1) })
      .thenRefused('value-invalid', '/parties');
  });
  it('refuses an organization that is party twice', () => {
    given([])
      .when('register-agreement', { ...cooperation, parties: [...parties, { organization: exchange, role: 'buyer' }] })
      .thenRefused('party-repeated', '/parties/2');
  });
  it('takes two parties that a source describes in the same words', () => {
    given([])
      .when('register-agreement', { ...cooperation, parties: [unidentified, unidentified] })
      .thenAccepted();
  });

  it('refuses a party that is another one’s branch on its behalf, and takes the branch of somebody else', () => {
    const branchOf = (entity: string) => ({ organization: stranger, onBehalfOf: entity });
    given([])
      .when('register-agreement', { ...cooperation, parties: [{ organization: bank }, branchOf(bank)] })
      .thenRefused('party-repeated', '/parties/1');
    given([])
      .when('register-agreement', { ...cooperation, parties: [branchOf(bank), { organization: bank }] })
      .thenRefused('party-repeated', '/parties/1');
    given([])
      .when('register-agreement', {
        ...cooperation,
        parties: [branchOf(bank), { organization: exchange, onBehalfOf: bank }],
      })
      .thenRefused('party-repeated', '/parties/1');
    given([])
      .when('register-agreement', { ...cooperation, parties: [{ organization: exchange }, branchOf(bank)] })
      .thenAccepted();
  });
  it('takes a legal entity and the branch that it is party by for one', () => {
    const byBranch: Fact = [
      'agreement.registered',
      { ...cooperation, openForSignature: true, parties: [parties[0], { organization: stranger, onBehalfOf: bank }] },
    ];
    given([byBranch]).when('sign-agreement', { party: bank }).thenAccepted();
    expect(stateOf([byBranch, signed(bank)]).parties).toHaveLength(2);
    given([byBranch, signed(stranger)])
      .when('sign-agreement', { party: bank })
      .thenRefused('already-signed', '/party');
  });

  it('refuses a ceremony that does not exist', () => {
    given([])
      .when('register-agreement', { ...cooperation, ceremony: idOf('ceremony', 'c') })
      .thenRefused('unknown-reference', '/ceremony');
  });
  it('accepts one that does', () => {
    const ceremony = idOf('ceremony', 'c');
    given([], { beside: { [ceremony]: [['ceremony.recorded', { kind: 'signing' }]] } })
      .when('register-agreement', { ...cooperation, ceremony })
      .thenAccepted();
  });

  it('records the signatures and the entry into force that its source states in the same commit', () => {
    given([])
      .when('register-agreement', {
        ...cooperation,
        parties: [...parties, unidentified],
        signatures: [{ party: exchange, on: '2023-02-23?' }, { party: bank, mode: 'definitive' }, { party: 3 }],
        entryIntoForce: { on: '2023-03' },
      })
      .then(
        ['agreement.registered', { ...cooperation, parties: [...parties, unidentified] }],
        ['agreement.signed', { party: exchange, on: '2023-02-23?' }],
        ['agreement.signed', { party: bank, mode: 'definitive' }],
        ['agreement.signed', { party: 3 }],
        ['agreement.entered-into-force', { on: '2023-03' }],
      );
  });
  it('refuses a signature of somebody who is no party', () => {
    given([])
      .when('register-agreement', { ...cooperation, signatures: [{ party: stranger }] })
      .thenRefused('not-a-party', '/signatures/0/party');
    given([])
      .when('register-agreement', { ...cooperation, signatures: [{ party: 3 }] })
      .thenRefused('not-a-party', '/signatures/0/party');
  });
  it('refuses a second signature of a party, by its organization or by its place', () => {
    given([])
      .when('register-agreement', { ...cooperation, signatures: [{ party: exchange }, { party: 1 }] })
      .thenRefused('already-signed', '/signatures/1/party');
  });
  it('records a signatory as what was committed to in the place of the name', () => {
    const signed = (signatory: object) => ({ party: exchange, signatory });
    given([])
      .when('register-agreement', { ...cooperation, signatures: [signed({ name: 'Chen Example' })] })
      .then(['agreement.registered', cooperation], ['agreement.signed', signed(committed())]);
  });
});

describe('entry into force', () => {
  const both = [
    { party: exchange, on: '2023-02-23' },
    { party: bank, on: '2023-03-15' },
  ];
  const register = (entryIntoForce: object, signatures: readonly object[] = both, today = '2023-03-15') =>
    given([], { today }).when('register-agreement', { ...cooperation, signatures, entryIntoForce });

  it('is accepted on the day of the last signature', () => {
    register({ on: '2023-03-15' }).thenAccepted();
  });
  it('is refused when it certainly precedes the last signature', () => {
    register({ on: '2023-03-14' }).thenRefused('in-force-before-signed', '/entryIntoForce/on');
    register({ on: '2023-02' }).thenRefused('in-force-before-signed', '/entryIntoForce/on');
  });
  it.each(['2023-03', '2023', '2023-03-14?', '2023-02-23/..'])('is accepted when it only may precede it: %s', (on) => {
    register({ on }).thenAccepted();
  });
  it('is accepted before the last signature when it is provisional', () => {
    register({ on: '2023-03-14', provisional: true }).thenAccepted();
  });
  it('is refused from today on while a party has not signed', () => {
    register({ on: '2023-03-15' }, [{ party: exchange }]).thenRefused('signature-missing', '/entryIntoForce');
  });
  it('is only warned of when it lies before the record: facts arrive in any order', () => {
    register({ on: '2023-02-28' }, [{ party: exchange }]).thenWarned('signature-missing');
    register({}, [{ party: exchange }]).thenWarned('signature-missing');
  });
  it('counts no stranger for a party that has not signed', () => {
    given([])
      .when('register-agreement', {
        ...cooperation,
        openForSignature: true,
        signatures: [{ party: exchange }, { party: stranger }],
        entryIntoForce: { on: '2023-03-01' },
      })
      .thenRefused('signature-missing', '/entryIntoForce');
  });
  it('is refused for an organization that is no party', () => {
    register({ party: stranger }).thenRefused('not-a-party', '/entryIntoForce/party');
    register({ party: bank }).thenAccepted();
  });
});

describe('sign-agreement', () => {
  it('records the signature of a party', () => {
    given([registered])
      .when('sign-agreement', { party: bank, mode: 'ad-referendum', on: '2023' })
      .then(['agreement.signed', { party: bank, mode: 'ad-referendum', on: '2023' }]);
  });
  it('leaves a mode out that no source states', () => {
    given([registered])
      .when('sign-agreement', { party: bank })
      .then(['agreement.signed', { party: bank }]);
  });
  it('refuses a second signature by the same party', () => {
    given([registered, signed(bank)])
      .when('sign-agreement', { party: bank })
      .thenRefused('already-signed', '/party');
    given([registered, signed(bank)])
      .when('sign-agreement', { party: 2 })
      .thenRefused('already-signed', '/party');
  });
  it('refuses a signature by somebody who is no party', () => {
    given([registered]).when('sign-agreement', { party: stranger }).thenRefused('not-a-party', '/party');
    given([open]).when('sign-agreement', { party: 3 }).thenRefused('not-a-party', '/party');
  });
  it('makes a party of whoever signs what is open for signature', () => {
    given([open]).when('sign-agreement', { party: stranger }).thenAccepted();
    given([open, signed(stranger)])
      .when('sign-agreement', { party: stranger })
      .thenRefused('already-signed', '/party');
    expect(stateOf([open, signed(stranger)]).parties).toEqual([
      ...parties,
      { organization: stranger, joined: 'by-signature' },
    ]);
  });
  it('gives no number to those who join: their places depend on who is recorded first', () => {
    given([open, signed(stranger)])
      .when('sign-agreement', { party: 3 })
      .thenRefused('not-a-party', '/party');
    given([open, signed(stranger)])
      .when('decline-signature', { party: 3 })
      .thenRefused('not-a-party', '/party');
    given([open, signed(stranger)])
      .when('decline-signature', { party: 2 })
      .thenAccepted();
  });
  it('judges a party that is named by its number like one that is named by its id', () => {
    const inForce: Fact[] = [registered, ['agreement.entered-into-force', { on: '2023-02-01' }]];
    for (const party of [2, bank]) {
      given(inForce).when('sign-agreement', { party, on: '2023-02-02' }).thenRefused('in-force-before-signed', '/on');
    }
  });
  it.each([2, bank])('is the own act of the party, also where it is not named: %s', (party) => {
    const definition = agreement.commands.find(({ name }) => name === 'sign-agreement');
    expect(definition?.concerns?.({ party }, stateOf([registered]))).toBe(bank);
  });
  it('takes a signatory by name only', () => {
    given([registered])
      .when('sign-agreement', { party: bank, signatory: { name: 'Chen Example' } })
      .then(['agreement.signed', { party: bank, signatory: committed() }]);
    given([registered])
      .when('sign-agreement', { party: bank, signatory: 'Chen Example' })
      .thenRefused('value-invalid', '/signatory');
    given([registered])
      .when('sign-agreement', { party: bank, signatory: { name: ' ' } })
      .thenRefused('blank-text', '/signatory/name');
    const { outcome } = given([registered]).when('sign-agreement', { party: bank, signatory: committed() });
    expect(outcome).toMatchObject({ refusals: [{ rule: 'value-missing' }, { rule: 'unknown-field' }, {}] });
  });

  const crowd = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ unidentified: `party ${n + 1}`, lang: 'en' }));
  it('refuses a 1,001st party, and takes the 1,000th', () => {
    const facts = (count: number): Fact[] => [
      ['agreement.registered', { kind: 'treaty', parties: crowd(count), openForSignature: true }],
    ];
    given(facts(1_000)).when('sign-agreement', { party: stranger }).thenRefused('cap-parties', '/party');
    given(facts(999)).when('sign-agreement', { party: stranger }).thenAccepted();
  });
  it('counts those who become parties by the signatures that it is registered with', () => {
    const register = (count: number) =>
      given([]).when('register-agreement', {
        kind: 'treaty',
        parties: crowd(count),
        openForSignature: true,
        signatures: [{ party: stranger }],
      });
    register(1_000).thenRefused('cap-parties', '/signatures/0/party');
    register(999).thenAccepted();
  });
});

describe('the state of an agreement', () => {
  const entered = (data: object): Fact => ['agreement.entered-into-force', data];
  it.each<[string, Fact[], string]>([
    ['announced', [registered], '2023-03-01'],
    ['open-for-signature', [open], '2023-03-01'],
    ['partly-signed', [registered, signed(bank)], '2023-03-01'],
    ['signed', [registered, signed(bank), signed(1)], '2023-03-01'],
    ['partly-signed', [registered, signed(bank, '2023-02-23'), signed(exchange, '2023-04')], '2023-03-31'],
    ['signed', [registered, signed(bank, '2023-02-23'), signed(exchange, '2023-04')], '2023-04-01'],
    ['provisional', [registered, entered({ on: '2023-03', provisional: true })], '2023-03-01'],
    ['in-force', [registered, entered({ provisional: true }), entered({ on: '2023-04-01' })], '2023-04-01'],
    ['provisional', [registered, entered({ provisional: true }), entered({ on: '2023-04-01' })], '2023-03-31'],
  ])('is %s', (state, facts, day) => {
    expect(agreement.lifecycle.statusOn(stateOf(facts), day)).toBe(state);
  });

  it('counts whoever joins from the day on which it does', () => {
    const both = [open, signed(exchange, '2023-01-10'), signed(bank, '2023-01-10')];
    const joined = [...both, signed(stranger, '2024-05-01')];
    expect(agreement.lifecycle.statusOn(stateOf(joined), '2023-03-01')).toBe('signed');
    expect(agreement.lifecycle.statusOn(stateOf(joined), '2024-05-01')).toBe('signed');
    const withdrawn: Fact = ['agreement.signature-withdrawn', { party: stranger, on: '2024-06-01' }];
    expect(agreement.lifecycle.statusOn(stateOf([...joined, withdrawn]), '2023-03-01')).toBe('signed');
    expect(agreement.lifecycle.statusOn(stateOf([...joined, withdrawn]), '2024-06-01')).toBe('partly-signed');
    const acceded: Fact = ['agreement.acceded', { organization: stranger, on: '2024' }];
    expect(agreement.lifecycle.statusOn(stateOf([...both, acceded]), '2023-12-31')).toBe('signed');
    expect(agreement.lifecycle.statusOn(stateOf([...both, acceded]), '2024-01-01', 'certain')).toBe('signed');
  });
  it('counts signatures whether or not an approval is outstanding', () => {
    const unconfirmed: Fact = ['agreement.signed', { party: bank, mode: 'ad-referendum' }];
    expect(agreement.lifecycle.statusOn(stateOf([registered, signed(exchange), unconfirmed]), '2023-03-01')).toBe(
      'signed',
    );
  });

  const dateOf = (...facts: Fact[]) => indexFieldsOf(recordOf(idOf('agreement'), [registered, ...facts])).on;
  it('is dated by its first signature, in whatever order the signatures came', () => {
    expect(dateOf(signed(bank, '2023-03'), signed(exchange, '2023-02-23?'))).toBe('2023-02-23?');
    expect(dateOf(signed(bank, '2023'), signed(exchange, '2023-01-01'))).toBe('2023-01-01');
    expect(dateOf(signed(bank, '2023-01-01'), signed(exchange, '2023'))).toBe('2023-01-01');
  });
  it('is dated by its entry into force only while no signature has a date', () => {
    expect(dateOf(signed(bank), entered({ on: '2023-04' }))).toBe('2023-04');
    expect(dateOf(entered({ on: '2023-02', provisional: true }), signed(bank, '2023-03'))).toBe('2023-03');
    expect(dateOf(signed(bank))).toBeUndefined();
  });
});
