import { describe, expect, it } from 'vitest';
import { present } from '../../domain/agreement/present.ts';
import type { AgreementState } from '../../domain/agreement/state.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const [exchange, bank, heir, stranger] = ['e', 'b', 'h', 's'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
  string,
];
const fact = (type: string, more: object = {}): Fact => [`agreement.${type}`, more];
const registered = fact('registered', {
  kind: 'treaty',
  openForAccession: true,
  parties: [{ organization: exchange }, { organization: bank }],
});
const words = [{ text: 'Article 5 does not apply.', lang: 'en' }];
const document = { sha256: 'a'.repeat(64), mediaType: 'application/pdf' };
const signed = [exchange, bank].map((party) => fact('signed', { party, on: '2020-01-10' }));
const agreed = [registered, ...signed];
const reservation = fact('reservation-made', { party: bank, on: '2020-01-10', words });
const declaration = fact('declaration-made', { party: 2, on: '2020-01-10', document });
const objection = fact('objected', { party: exchange, statement: 4, on: '2020-06-01', words });

describe.each([
  ['reservation', reservation],
  ['declaration', declaration],
] as const)('a %s', (kind, made) => {
  const data = { party: bank, on: '2020-01-10', words };
  it('has words, or a document', () => {
    given(agreed)
      .when(`make-${kind}`, data)
      .then(fact(`${kind}-made`, data));
    given(agreed)
      .when(`make-${kind}`, { party: 2, document })
      .then(fact(`${kind}-made`, { party: 2, document }));
    given(agreed).when(`make-${kind}`, { party: bank }).thenRefused('value-missing', '/words');
    given(agreed)
      .when(`make-${kind}`, { party: bank, words: Array.from({ length: 21 }, () => words[0]) })
      .thenRefused('value-invalid', '/words');
  });
  it('is made by a party that has not left, before the end', () => {
    given(agreed)
      .when(`make-${kind}`, { ...data, party: stranger })
      .thenRefused('not-a-party', '/party');
    const left = [
      ...agreed,
      fact('acceded', { organization: heir, on: '2020' }),
      fact('party-withdrew', { party: heir, on: '2021-01-01' }),
    ];
    given(left)
      .when(`make-${kind}`, { ...data, party: heir, on: '2021-01-02' })
      .thenRefused('already-left', '/party');
    given(left)
      .when(`make-${kind}`, { ...data, party: heir, on: '2021' })
      .thenAccepted();
    given([...agreed, fact('terminated', { on: '2021-01-01' })])
      .when(`make-${kind}`, { ...data, on: '2021-01-02' })
      .thenRefused('after-termination', '/on');
  });
  it('is withdrawn once, by who made it or has taken its place, not before it was made', () => {
    const withdrawn = { party: bank, [kind]: 4, on: '2021-01-01' };
    const act = `withdraw-${kind}`;
    given([...agreed, made])
      .when(act, withdrawn)
      .then(fact(`${kind}-withdrawn`, withdrawn));
    given([...agreed, made, fact(`${kind}-withdrawn`, withdrawn)])
      .when(act, withdrawn)
      .thenRefused('not-standing', '/on');
    given([...agreed, made])
      .when(act, { ...withdrawn, on: '2020-01-09' })
      .thenRefused('not-standing', '/on');
    given([...agreed, made])
      .when(act, { ...withdrawn, party: exchange })
      .thenRefused('not-its-own', '/party');
    const taken = fact('party-succeeded', { party: bank, successor: heir, on: '2020-12-01' });
    given([...agreed, made, taken])
      .when(act, { ...withdrawn, party: heir })
      .thenAccepted();
    given([...agreed, made, taken])
      .when(act, { ...withdrawn, party: heir, on: '2020-11-30' })
      .thenRefused('not-a-party', '/party');
  });
  it('is named by the version of its event', () => {
    const act = `withdraw-${kind}`;
    given([...agreed, made])
      .when(act, { party: bank, [kind]: 3 })
      .thenRefused('no-such-event', `/${kind}`);
    const [otherKind] = ['reservation', 'declaration'].filter((one) => one !== kind);
    given([...agreed, made])
      .when(`withdraw-${otherKind}`, { party: bank, [`${otherKind}`]: 4 })
      .thenRefused('no-such-event', `/${otherKind}`);
  });
});

describe('an objection', () => {
  const data = { party: exchange, statement: 4, on: '2020-06-01', words };
  it('is to a reservation or declaration of another party', () => {
    given([...agreed, reservation])
      .when('object', data)
      .then(objection);
    given([...agreed, declaration])
      .when('object', { ...data, precludesEntryIntoForce: true })
      .thenAccepted();
    given([...agreed, reservation])
      .when('object', { ...data, party: 2 })
      .thenRefused('own-statement', '/party');
    given([...agreed, reservation])
      .when('object', { ...data, statement: 2 })
      .thenRefused('no-such-event', '/statement');
    given([...agreed, reservation, objection])
      .when('object', { ...data, party: bank, statement: 5 })
      .thenRefused('no-such-event', '/statement');
  });
  it('has words, or a document, and comes from a party', () => {
    given([...agreed, reservation])
      .when('object', { ...data, words: undefined })
      .thenRefused('value-missing', '/words');
    given([...agreed, reservation])
      .when('object', { ...data, party: stranger })
      .thenRefused('not-a-party', '/party');
  });
  it('does not come before what it is to', () => {
    given([...agreed, reservation])
      .when('object', { ...data, on: '2020-01-09' })
      .thenRefused('not-standing', '/on');
    given([...agreed, reservation])
      .when('object', { ...data, on: '2020-01' })
      .thenAccepted();
  });
  it('is withdrawn by who objected', () => {
    const objected = [...agreed, reservation, objection];
    given(objected).when('withdraw-objection', { party: exchange, objection: 5, on: '2021' }).thenAccepted();
    given(objected).when('withdraw-objection', { party: bank, objection: 5 }).thenRefused('not-its-own', '/party');
    given(objected)
      .when('withdraw-objection', { party: exchange, objection: 4 })
      .thenRefused('no-such-event', '/objection');
    const { outcome } = given(objected).when('withdraw-objection', { party: exchange, objection: 4 });
    expect(outcome).toMatchObject({ refusals: [{ detail: 'no objection was made by the event of this version' }] });
  });
});

describe('a correction', () => {
  const objected = [...agreed, reservation, objection];
  const correct = (corrects: number, set: object) =>
    given(objected).when('correct-agreement', { corrects, set, reason: 'clerical' });
  it('sets right what was stated, as long as what refers to it still does', () => {
    correct(4, { words: [{ text: 'Article 6 does not apply.', lang: 'en' }] }).thenAccepted();
    correct(5, { document }).thenAccepted();
    correct(4, { on: '2020-06-02' }).thenRefused('contradicts-history', '/set');
    correct(4, { party: exchange }).thenRefused('contradicts-history', '/set');
    correct(5, { statement: 3 }).thenRefused('contradicts-history', '/set');
  });
});

describe('the page of an agreement', () => {
  const withdrawn = fact('reservation-withdrawn', { party: bank, reservation: 4, on: '2021' });
  const state = recordOf(idOf('agreement'), [...agreed, reservation, objection, withdrawn])?.state as AgreementState;
  const statements = (day: string) => (present(state, day) as { statements?: object[] }).statements;
  it('shows what was stated, by whom, and whether it stands', () => {
    expect(statements('2020-01-09')).toBeUndefined();
    expect(statements('2020-12-31')).toEqual([
      { kind: 'reservation', version: 4, party: bank, on: '2020-01-10', words, state: 'made', certainty: 'certain' },
      {
        kind: 'objection',
        version: 5,
        party: exchange,
        statement: 4,
        on: '2020-06-01',
        words,
        state: 'made',
        certainty: 'certain',
      },
    ]);
    expect(statements('2021-06-01')).toMatchObject([{ state: 'withdrawn', certainty: 'possible' }, { state: 'made' }]);
    expect(statements('2022-01-01')).toMatchObject([{ state: 'withdrawn', certainty: 'certain' }, { state: 'made' }]);
  });
});
