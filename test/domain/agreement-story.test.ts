import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreement } from '../../domain/agreement/agreement.ts';
import type { AgreementState } from '../../domain/agreement/state.ts';
import { partiesOn, partyStates } from '../../domain/agreement/story.ts';
import { type Fact, idOf, recordOf } from '../support/decider.ts';
import { days } from './histories/history.ts';
import { historiesOf, rawFacts, rawRecord } from './raw-histories.ts';

const [exchange, bank, third] = ['e', 'b', 't'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
];
const fact = (type: string, more: object = {}): Fact => [`agreement.${type}`, more];
const registered = (more: object = {}) =>
  fact('registered', { kind: 'treaty', parties: [{ organization: exchange }, { organization: bank }], ...more });
const signed = (party: string, on?: string, mode?: string) =>
  fact('signed', { party, ...(on && { on }), ...(mode && { mode }) });
const entered = (more: object = {}) => fact('entered-into-force', more);
const bound = [registered(), signed(exchange, '2020-01-10'), signed(bank, '2020-01-10'), entered({ on: '2020-02-01' })];

interface Shown {
  readonly organization: string;
  readonly state: string;
  readonly since?: string;
  readonly certainty: string;
}
const stateOf = (facts: readonly Fact[]) => recordOf(idOf('agreement'), facts)?.state as AgreementState;
/** How one party stands on a day. */
const standing = (day: string, facts: readonly Fact[], party = bank) => {
  const shown = partiesOn(stateOf(facts), day) as Shown[];
  const { state, since, certainty } = shown.find(({ organization }) => organization === party) as Shown;
  return [state, ...(since === undefined ? [] : [since]), ...(certainty === 'certain' ? [] : ['?'])].join(' ');
};

describe('a party', () => {
  it.each<[string, string, Fact[]]>([
    ['unsigned', '2020-06-01', [registered()]],
    ['unsigned', '2020-01-09', [registered(), signed(bank, '2020-01-10')]],
    [
      'declined 2020-01-10',
      '2020-06-01',
      [registered(), fact('signature-declined', { party: bank, on: '2020-01-10' })],
    ],
    ['signed 2020-01-10', '2020-06-01', [registered(), signed(bank, '2020-01-10')]],
    ['signed 2020-01-10', '2020-06-01', [registered(), signed(bank, '2020-01-10', 'definitive')]],
    ['subject-to-approval 2020-01-10', '2020-06-01', [registered(), signed(bank, '2020-01-10', 'ad-referendum')]],
    [
      'consented 2020-03',
      '2020-06-01',
      [
        registered(),
        signed(bank, '2020-01-10', 'ad-referendum'),
        fact('signature-confirmed', { party: bank, on: '2020-03' }),
      ],
    ],
    [
      'signature-withdrawn 2020-03',
      '2020-06-01',
      [registered(), signed(bank, '2020-01-10'), fact('signature-withdrawn', { party: bank, on: '2020-03' })],
    ],
    ['bound 2020-02-01', '2020-02-01', bound],
    ['signed 2020-01-10', '2020-01-31', bound],
    ['bound 2020-02-01', '2020-02-01', [registered(), entered({ on: '2020-02-01' })]],
    ['bound ?', '2020-02-01', [registered(), entered()]],
    [
      'notice-given 2021-01-01',
      '2021-12-31',
      [...bound, fact('withdrawal-notified', { party: bank, on: '2021-01-01', takesEffectOn: '2022' })],
    ],
    [
      'bound 2020-02-01',
      '2021-12-31',
      [
        ...bound,
        fact('withdrawal-notified', { party: bank, on: '2021-01-01', takesEffectOn: '2022' }),
        fact('notice-revoked', { party: bank, on: '2021-06-01' }),
      ],
    ],
    [
      'withdrawn 2022',
      '2022-12-31',
      [...bound, fact('withdrawal-notified', { party: bank, on: '2021-01-01', takesEffectOn: '2022' })],
    ],
    ['withdrawn 2021-01-01', '2021-12-31', [...bound, fact('party-withdrew', { party: bank, on: '2021-01-01' })]],
  ])('is %s on %s', (expected, day, facts) => {
    expect(standing(day, facts)).toBe(expected);
  });

  it('applies provisionally what is not in force for it yet, also before it consents', () => {
    const provisional = entered({ on: '2020-01-15', provisional: true });
    expect(standing('2020-01-31', [...bound, provisional])).toBe('provisional 2020-01-15');
    expect(standing('2020-02-01', [...bound, provisional])).toBe('bound 2020-02-01');
    expect(standing('2020-01-31', [registered(), provisional])).toBe('provisional 2020-01-15');
    const own = entered({ on: '2020-01-15', provisional: true, party: exchange });
    expect(standing('2020-01-31', [...bound, own])).toBe('signed 2020-01-10');
    const joined = [registered({ openForSignature: true }), provisional, signed(third, '2020-01-20')];
    expect(standing('2020-01-31', joined, third)).toBe('signed 2020-01-20');
    const declined = fact('signature-declined', { party: bank, on: '2020-01-20' });
    expect(standing('2020-01-31', [registered(), provisional, declined])).toBe('declined 2020-01-20');
  });

  it('that consents later is bound from the day of its own, and from no other', () => {
    const late = [
      registered({ openForAccession: true }),
      signed(exchange, '2020-01-10', 'definitive'),
      signed(bank, '2020-01-10', 'subject-to-approval'),
      entered({ on: '2020-02-01' }),
      fact('signature-confirmed', { party: bank, on: '2021-01-01' }),
      fact('acceded', { organization: third, on: '2021-01-01' }),
    ];
    expect(standing('2020-12-31', late)).toBe('subject-to-approval 2020-01-10');
    expect(standing('2021-06-01', late)).toBe('consented 2021-01-01');
    expect(standing('2021-06-01', late, third)).toBe('consented 2021-01-01');
    const own = [bank, third].map((party) => entered({ party, on: '2021-04-01' }));
    expect(standing('2021-03-31', [...late, ...own])).toBe('consented 2021-01-01');
    expect(standing('2021-04-01', [...late, ...own])).toBe('bound 2021-04-01');
    expect(standing('2021-04-01', [...late, ...own], third)).toBe('bound 2021-04-01');
    expect(standing('2021-04-01', [...late, ...own], exchange)).toBe('bound 2020-02-01');
  });

  it('that left and came back is bound from the second day of its own', () => {
    const back = [
      ...bound,
      fact('party-withdrew', { party: bank, on: '2021-01-01' }),
      signed(bank, '2022-01-10', 'definitive'),
    ];
    expect(standing('2020-06-01', back)).toBe('bound 2020-02-01');
    expect(standing('2021-06-01', back)).toBe('withdrawn 2021-01-01');
    expect(
      standing(
        '2022-06-01',
        back.with(0, registered({ parties: [exchange, bank, third].map((organization) => ({ organization })) })),
      ),
    ).toBe('signed 2022-01-10');
    const three = [
      registered({ parties: [exchange, bank, third].map((organization) => ({ organization })) }),
      signed(third, '2020-01-10'),
      ...back.slice(1),
      entered({ party: bank, on: '2022-02-01' }),
    ];
    expect(standing('2020-06-01', three)).toBe('bound 2020-02-01');
    expect(standing('2022-01-31', three)).toBe('signed 2022-01-10');
    expect(standing('2022-02-01', three)).toBe('bound 2022-02-01');
  });

  it('is released by the end of the agreement, whether somebody ended it, its term did, or all others left', () => {
    expect(standing('2021-01-01', [...bound, fact('terminated', { on: '2021' })])).toBe('released 2021 ?');
    expect(standing('2022-01-01', [...bound, fact('terminated', { on: '2021' })])).toBe('released 2021');
    expect(standing('2021-01-01', [registered({ until: '2020' }), ...bound.slice(1)])).toBe('released 2021-01-01');
    expect(standing('2020-12-31', [registered({ until: '2020' }), ...bound.slice(1)])).toBe('bound 2020-02-01');
    expect(standing('2021-06-01', [...bound, fact('party-withdrew', { party: exchange, on: '2021-05' })])).toBe(
      'released 2021-05',
    );
    expect(standing('2021-06-01', [registered(), signed(bank), fact('terminated', { on: '2021-01-01' })])).toBe(
      'signed ?',
    );
  });

  it('stands so for certain where the dates leave nothing open', () => {
    const [registration, first, , entry] = bound as [Fact, Fact, Fact, Fact];
    expect(standing('2020-06-01', [registration, first, signed(bank, '2020')])).toBe('signed 2020 ?');
    expect(standing('2021-01-01', [registration, first, signed(bank, '2020')])).toBe('signed 2020');
    expect(standing('2020-02-15', [...bound.slice(0, 3), entered({ on: '2020-02' })])).toBe('bound 2020-02 ?');
    expect(standing('2020-03-01', [...bound.slice(0, 3), entered({ on: '2020-02' })])).toBe('bound 2020-02');
    expect(standing('2020-06-01', [registration, first, signed(bank, '2020-02-10?'), entry])).toBe(
      'signed 2020-02-10? ?',
    );
  });
});

describe('the parties of any history', () => {
  it('each stand in one of the states, whatever is recorded', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(rawFacts(historiesOf('agreement'), 14), (facts) => {
        const state = rawRecord('agreement', facts).state as AgreementState;
        for (const day of days) {
          const shown = partiesOn(state, day) as Shown[];
          expect(shown).toHaveLength(state.parties.length);
          for (const one of shown) seen.add(one.state);
          const ends = ['terminated', 'expired', 'annulled'].includes(agreement.lifecycle.statusOn(state, day));
          const states = new Set(shown.map((one) => one.state));
          expect(states.has('released') && !ends).toBe(false);
          expect(states.has('bound') && ends).toBe(false);
        }
      }),
      { numRuns: 400, seed: 5 },
    );
    expect([...seen].sort()).toEqual([...partyStates].sort());
  });
});
