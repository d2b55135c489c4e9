import { describe, expect, it } from 'vitest';
import { agreement } from '../../domain/agreement/agreement.ts';
import type { AgreementState } from '../../domain/agreement/state.ts';
import { partiesOn } from '../../domain/agreement/story.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const [exchange, bank, heir, other] = ['e', 'b', 'h', 'o'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
  string,
];
const registered: Fact = [
  'agreement.registered',
  { kind: 'cooperation', parties: [{ organization: exchange }, { organization: bank }] },
];
const fact = (type: string, more: object = {}): Fact => [`agreement.${type}`, more];
const bothSigned = [exchange, bank].map((party) => fact('signed', { party, mode: 'definitive', on: '2020-01-10' }));
const inForce = [registered, ...bothSigned, fact('entered-into-force', { on: '2020-02-01' })];
const succeeded = (more: object = {}) =>
  fact('party-succeeded', { party: bank, successor: heir, on: '2022-01-01', ...more });
const taken = [...inForce, succeeded()];

const anOrganization: Fact = ['organization.registered', { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }] }];
const closed: Fact[] = [anOrganization, ['organization.closed', { on: '2021-12-31' }]];
const bankClosed = { beside: { [bank]: closed } };

const stateOf = (facts: readonly Fact[]) => recordOf(idOf('agreement'), facts)?.state as AgreementState;
const statusOn = (day: string, ...facts: Fact[]) => agreement.lifecycle.statusOn(stateOf(facts), day);
interface Shown {
  readonly organization: string;
  readonly state: string;
  readonly since?: string;
  readonly certainty: string;
}
const parties = (day: string, facts: readonly Fact[]) =>
  (partiesOn(stateOf(facts), day) as Shown[]).map(
    ({ organization, state, since = '' }) => `${organization[13]} ${state} ${since}`,
  );

describe('succeeding a party', () => {
  const data = { party: bank, successor: heir, on: '2022-01-01' };
  it('gives its place to another organization, also after it was closed', () => {
    given(inForce, bankClosed).when('succeed-party', data).then(succeeded());
    expect(stateOf(taken).parties.at(-1)).toEqual({
      organization: heir,
      joined: 'by-succession',
      succeeds: [{ party: bank, on: '2022-01-01', version: 5 }],
    });
    expect(indexFieldsOf(recordOf(idOf('agreement'), [registered, succeeded()])).parties).toContain(heir);
  });
  it('takes the instrument by which it was notified', () => {
    const document = { sha256: 'a'.repeat(64), mediaType: 'application/pdf' };
    given(inForce)
      .when('succeed-party', { ...data, document })
      .then(succeeded({ document }));
  });
  it('is refused of a stranger, of one that has left, after the end', () => {
    given(inForce)
      .when('succeed-party', { ...data, party: other })
      .thenRefused('not-a-party', '/party');
    given([...inForce, fact('party-withdrew', { party: 2, on: '2021-06-01' })])
      .when('annul-agreement', { on: '2022-01-01', reason: 'R', authority: 'A' })
      .thenAccepted();
    const three = [...taken, fact('party-withdrew', { party: heir, on: '2022-06-01' })];
    given(three)
      .when('succeed-party', { ...data, party: heir, successor: other, on: '2023-01-01' })
      .thenRefused('already-left', '/party');
    given([...inForce, fact('terminated', { on: '2021-06-01' })])
      .when('succeed-party', data)
      .thenRefused('after-termination', '/on');
  });
  it('comes before what only the other one did later', () => {
    given([...inForce, fact('withdrawal-notified', { party: bank, on: '2022-06-01', takesEffectOn: '2023' })])
      .when('succeed-party', data)
      .thenRefused('contradicts-history', '/party');
  });
  it('is recorded once for each successor, of whom there may be several', () => {
    given(taken).when('succeed-party', data).thenRefused('already-succeeded', '/successor');
    given(taken)
      .when('succeed-party', { ...data, party: 2 })
      .thenRefused('already-succeeded', '/successor');
    given(taken)
      .when('succeed-party', { ...data, successor: other })
      .thenAccepted();
  });
  it('closes no ring', () => {
    given(inForce)
      .when('succeed-party', { ...data, successor: bank })
      .thenRefused('succeeds-itself', '/successor');
    given(taken)
      .when('succeed-party', { party: heir, successor: bank, on: '2023-01-01' })
      .thenRefused('succeeds-itself', '/successor');
    const { outcome } = given(inForce).when('succeed-party', { ...data, successor: bank });
    expect(outcome).toMatchObject({ refusals: [{ detail: 'this is the party itself' }] });
    given(taken).when('succeed-party', { party: heir, successor: other, on: '2023-01-01' }).thenAccepted();
  });
  it('counts among the parties of an agreement, of which there are at most a thousand', () => {
    const crowd = Array.from({ length: 999 }, () => ({ unidentified: 'one of many', lang: 'en' }));
    const full: Fact = ['agreement.registered', { kind: 'treaty', parties: [{ organization: bank }, ...crowd] }];
    given([full]).when('succeed-party', data).thenRefused('cap-parties', '/successor');
  });
});

describe('who may record a succession', () => {
  const data = { party: bank, successor: heir, on: '2022-01-01' };
  const appointed: Fact = ['organization.client-appointed', { client: 'bank' }];
  const ownHands = (...more: Fact[]) => ({ [bank]: [anOrganization, appointed, ...more] });
  it.each<[string, object]>([
    ['its submitter', { client: 'gzde' }],
    ['another party', { client: 'exchange', organization: exchange }],
    ['a registrar', { client: 'registrar', isRegistrar: true }],
  ])('is %s', (_, actor) => {
    given(inForce, { actor: actor as never })
      .when('succeed-party', data)
      .thenAccepted();
  });
  it('is nobody else', () => {
    const actor = { client: 'stranger', organization: other };
    given(inForce, { actor }).when('succeed-party', data).thenRefused('right-lacking', '');
  });
  it('is the successor where the closing of the party names it, and not by its own word', () => {
    const by = (actor: { client: string; organization: string }, ...facts: Fact[]) =>
      given(inForce, { actor, beside: { [bank]: [anOrganization, ...facts] } }).when('succeed-party', data);
    const closedFor = (successor?: string): Fact => ['organization.closed', { on: '2021-12-31', successor }];
    const successor = { client: 'heir', organization: heir };
    by(successor).thenRefused('right-lacking', '/successor');
    by(successor, closedFor()).thenRefused('right-lacking', '/successor');
    by(successor, closedFor(other)).thenRefused('right-lacking', '/successor');
    by(successor, closedFor(heir)).thenAccepted();
  });
  it('is the party alone, or a registrar, while it has a client of its own and is not closed', () => {
    const by = (actor: { client: string }, ...more: Fact[]) =>
      given(inForce, { actor, beside: ownHands(...more) }).when('succeed-party', data);
    const successor = { client: 'heir', organization: heir };
    by({ client: 'gzde' }).thenRefused('right-lacking', '/party');
    const itself = { client: 'bank', organization: bank };
    by(itself).thenAccepted();
    const registrar = { client: 'registrar', isRegistrar: true };
    by(registrar).thenAccepted();
    by(successor, ['organization.closed', { on: '2021-12-31', successor: heir }]).thenAccepted();
  });
});

describe('a successor', () => {
  it('stands as the other one stood, from its day on, and the agreement goes on', () => {
    expect(parties('2021-12-31', taken)).toEqual(['e bound 2020-02-01', 'b bound 2020-02-01', 'h unsigned ']);
    expect(parties('2022-01-01', taken)).toEqual([
      'e bound 2020-02-01',
      'b succeeded 2022-01-01',
      'h bound 2022-01-01',
    ]);
    expect(statusOn('2022-06-01', ...taken)).toBe('in-force');
    const signedOnly = [registered, ...bothSigned, succeeded()];
    expect(statusOn('2022-06-01', ...signedOnly)).toBe('signed');
    expect(parties('2022-06-01', signedOnly)).toEqual([
      'e signed 2020-01-10',
      'b succeeded 2022-01-01',
      'h signed 2022-01-01',
    ]);
  });
  it.each<[string, object]>([
    ['notify-withdrawal', { party: heir, on: '2022-02-01', takesEffectOn: '2022-12-31' }],
    ['record-withdrawal', { party: heir, on: '2022-02-01' }],
    [
      'amend-agreement',
      { changes: [{ text: 'More', lang: 'en' }], effectiveOn: '2022-02-01', assents: [exchange, heir] },
    ],
  ])('takes part in %s', (command, data) => {
    given(taken, bankClosed).when(command, data).thenAccepted();
  });
  it('has to assent, in the place of the other one', () => {
    given(taken)
      .when('amend-agreement', {
        changes: [{ text: 'More', lang: 'en' }],
        effectiveOn: '2022-02-01',
        assents: [exchange],
      })
      .thenRefused('assent-missing', '/assents');
  });
  it('signs and confirms what the other one has not', () => {
    const unsigned = [registered, succeeded()];
    given(unsigned).when('sign-agreement', { party: heir, on: '2022-02-01' }).thenAccepted();
    const unconfirmed = [
      registered,
      fact('signed', { party: bank, mode: 'subject-to-approval', on: '2020' }),
      succeeded(),
    ];
    given(unconfirmed).when('confirm-signature', { party: heir, on: '2022-02-01', by: 'approval' }).thenAccepted();
    given(taken).when('sign-agreement', { party: heir, on: '2022-02-01' }).thenRefused('already-signed', '/party');
  });
  it('does nothing before its day, and the other one nothing after', () => {
    given(taken)
      .when('notify-withdrawal', { party: heir, on: '2021-12-31', takesEffectOn: '2023' })
      .thenRefused('not-a-party', '/party');
    given(taken)
      .when('notify-withdrawal', { party: bank, on: '2022-01-02', takesEffectOn: '2023' })
      .thenRefused('not-signed', '/party');
    given(taken).when('notify-withdrawal', { party: bank, on: '2022', takesEffectOn: '2023' }).thenAccepted();
  });
  it('is released by the notice that the other one gave, which the registry takes note of', () => {
    const notice = fact('withdrawal-notified', { party: bank, on: '2021-10-01', takesEffectOn: '2022-10-01' });
    const state = stateOf([...inForce, notice, succeeded()]);
    expect(agreement.lifecycle.due?.(state, '2022-10-01')).toMatchObject({
      type: 'agreement.party-withdrew',
      data: { party: heir, on: '2022-10-01' },
    });
    expect(agreement.lifecycle.statusOn(state, '2022-10-01')).toBe('terminated');
  });
  it('is bound from a day of its own when it was a party itself before', () => {
    const acceded = [
      ['agreement.registered', { ...(registered[1] as object), openForAccession: true }] as const,
      ...inForce.slice(1),
      fact('acceded', { organization: heir, on: '2021-01-01' }),
      fact('entered-into-force', { party: heir, on: '2021-02-01' }),
      fact('withdrawal-notified', { party: bank, on: '2021-10-01', takesEffectOn: '2023' }),
      succeeded(),
    ];
    expect(parties('2022-06-01', acceded)).toEqual([
      'e bound 2020-02-01',
      'b succeeded 2022-01-01',
      'h bound 2021-02-01',
    ]);
    given([acceded[0] as Fact, ...taken.slice(1)])
      .when('accede', { organization: heir, on: '2021-01-01' })
      .thenAccepted();
  });
  it('may be another party: the place that it takes is empty, and nobody has left', () => {
    const three = [
      [
        'agreement.registered',
        { kind: 'other', parties: [exchange, bank, heir].map((organization) => ({ organization })) },
      ] as const,
      ...bothSigned,
      fact('signed', { party: heir, on: '2020-01-10' }),
      succeeded(),
    ];
    expect(statusOn('2022-06-01', ...three)).toBe('signed');
    expect(statusOn('2022-06-01', ...inForce, succeeded({ successor: exchange }))).toBe('in-force');
  });
  it('is in force for it where that is all that is told of the other one', () => {
    const told = [registered, fact('entered-into-force', { on: '2020-02-01' }), succeeded()];
    expect(parties('2022-06-01', told)).toEqual(['e bound 2020-02-01', 'b succeeded 2022-01-01', 'h bound 2022-01-01']);
    const left = [...told, fact('party-withdrew', { party: exchange, on: '2022-06-01' })];
    expect(statusOn('2022-05-31', ...left)).toBe('in-force');
    expect(statusOn('2022-06-01', ...left)).toBe('terminated');
  });
});

describe('a correction of a succession', () => {
  const notice = fact('withdrawal-notified', { party: heir, on: '2022-06-01', takesEffectOn: '2023' });
  const correct = (set: object) =>
    given([...taken, notice]).when('correct-agreement', { corrects: 5, set, reason: 'clerical' });
  it('moves its day as far as what the successor did allows', () => {
    correct({ on: '2022-06-01' }).thenAccepted();
    correct({ on: '2022-06-02' }).thenRefused('contradicts-history', '/set');
  });
  it('takes the place from whoever was no successor', () => {
    correct({ successor: other }).thenRefused('contradicts-history', '/set');
    given(taken)
      .when('correct-agreement', { corrects: 5, set: { successor: other }, reason: 'identity' })
      .thenAccepted();
  });
});

describe('a successor that was merged', () => {
  const beside = {
    [heir]: [anOrganization, ['organization.merged', { into: other }]] as Fact[],
    [other]: [anOrganization, ['organization.absorbed', { organization: heir }]] as Fact[],
  };
  it('acts under either id, and stands under the one that the record knew first', () => {
    given(taken, { beside })
      .when('record-withdrawal', { party: other, on: '2022-02-01' })
      .then(fact('party-withdrew', { party: heir, on: '2022-02-01' }));
    given(taken, { beside })
      .when('succeed-party', { party: bank, successor: other, on: '2022-01-01' })
      .thenRefused('already-succeeded', '/successor');
  });
});
