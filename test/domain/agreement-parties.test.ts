import { describe, expect, it } from 'vitest';
import type { AgreementState } from '../../domain/agreement/state.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const [exchange, bank, company, stranger] = ['b', 'c', 'd', 'e'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
  string,
];
const registered: Fact = [
  'agreement.registered',
  { kind: 'treaty', parties: [{ organization: exchange }, { organization: bank }], openForSignature: true },
];
const trader = { unidentified: 'a trader', lang: 'en' };
const added = (...parties: object[]): Fact => ['agreement.party-added', { parties }];
const stateOf = (facts: [Fact, ...Fact[]]) => recordOf(idOf('agreement'), facts).state as AgreementState;

describe('add-party', () => {
  it('adds parties between which the agreement was made', () => {
    given([registered])
      .when('add-party', { parties: [{ organization: company }, trader] })
      .then(added({ organization: company }, trader));
    const record = recordOf(idOf('agreement'), [registered, added({ organization: company }, trader)]);
    expect(record.state).toMatchObject({
      parties: [{ organization: exchange }, { organization: bank }, { organization: company }, trader],
      facts: [],
    });
    expect(indexFieldsOf(record)).toMatchObject({ parties: [exchange, bank, company], unnamedParty: true });
  });
  it('adds fifty at once, and not one more', () => {
    const parties = (count: number) => Array.from({ length: count }, () => trader);
    given([registered])
      .when('add-party', { parties: parties(50) })
      .thenAccepted();
    given([registered])
      .when('add-party', { parties: parties(51) })
      .thenRefused('cap-parties', '/parties');
  });
  it('refuses a 1,001st party, and takes the 1,000th', () => {
    const crowd: Fact = [
      'agreement.registered',
      { kind: 'treaty', parties: Array.from({ length: 998 }, () => trader) },
    ];
    given([crowd])
      .when('add-party', { parties: [trader, trader, trader] })
      .thenRefused('cap-parties', '/parties');
    given([crowd])
      .when('add-party', { parties: [trader, trader] })
      .thenAccepted();
  });
  it.each([
    ['a party of the agreement', [{ organization: company }, { organization: bank }], '/parties/1'],
    ['an organization twice', [{ organization: company }, { organization: company }], '/parties/1'],
    ['a branch that signs for a party', [{ organization: company, onBehalfOf: bank }], '/parties/0'],
  ])('refuses %s', (_, parties, pointer) => {
    given([registered]).when('add-party', { parties }).thenRefused('party-repeated', pointer);
  });
  it('refuses an organization that joined by its signature', () => {
    given([registered, ['agreement.signed', { party: stranger }]])
      .when('add-party', { parties: [{ organization: stranger }] })
      .thenRefused('party-repeated', '/parties/0');
  });
});

describe('the number of a party', () => {
  it('counts those that the agreement was registered with and those that were added, and nobody who joined', () => {
    const facts: [Fact, ...Fact[]] = [
      registered,
      ['agreement.signed', { party: stranger, on: '2023-01-01' }],
      added(trader),
      ['agreement.signed', { party: 3, mode: 'definitive', on: '2023-02-01' }],
    ];
    given(facts).when('sign-agreement', { party: 3 }).thenRefused('already-signed', '/party');
    given(facts).when('sign-agreement', { party: 4 }).thenRefused('not-a-party', '/party');
    given(facts).when('sign-agreement', { party: 2 }).thenAccepted();
    expect(stateOf(facts).parties.map((party) => 'joined' in party)).toEqual([false, false, true, false]);
  });
  it('stands in the refusal of an amendment without its assent; who joined later stands there by its id', () => {
    const signed = (party: string, on = '2023-01-01'): Fact => ['agreement.signed', { party, mode: 'definitive', on }];
    const facts: [Fact, ...Fact[]] = [
      registered,
      signed(stranger),
      added({ organization: company }),
      ...[exchange, bank, company].map((party) => signed(party)),
    ];
    const amendment = { changes: [{ text: 'The term is ten years.', lang: 'en' }], effectiveOn: '2024-01-01' };
    const { outcome } = given(facts).when('amend-agreement', { ...amendment, assents: [exchange] });
    expect(outcome).toMatchObject({
      refusals: [{ rule: 'assent-missing', detail: `without: party 2, ${stranger}, party 3` }],
    });
    const closed: Fact[] = [
      ['organization.registered', { kind: 'company', names: [{ value: 'Any', lang: 'en' }] }],
      ['organization.closed', { on: '2023-06-01' }],
    ];
    given(facts, { beside: { [stranger]: closed, [company]: closed } })
      .when('amend-agreement', { ...amendment, assents: [exchange, bank] })
      .thenAccepted();
  });
});
