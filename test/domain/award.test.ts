import { describe, expect, it } from 'vitest';
import { award } from '../../domain/award/award.ts';
import { type AwardState, present } from '../../domain/award/state.ts';
import { commandMeant } from '../../domain/catalog.ts';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { indexFieldsOf, standingOf } from '../../domain/record/record.ts';
import { aggregateOf, idPattern, referencesIn } from '../../domain/values/ids.ts';
import { reservationStream } from '../../functions/runtime/ids.ts';
import { committed, type Fact, given, idOf, recordOf } from '../support/decider.ts';

const programme = idOf('award-programme', 'p');
const [body, otherBody, company, otherCompany] = ['b', 'c', 'd', 'e'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
  string,
];
const ceremony = idOf('ceremony', 'b');
const names = [{ value: 'Cross-design Contest', lang: 'en' }];
const opened: Fact = ['award-programme.opened', { names, conferredBy: [body, otherBody] }];
const beside: Record<string, readonly Fact[]> = {
  [programme]: [opened],
  [ceremony]: [['ceremony.recorded', { kind: 'award' }]],
};
/** All dates of these tests have come. */
const around = { beside, today: '2027-01-01' };
const closedBeside = { [programme]: [opened, ['award-programme.closed', { on: '2023-12-31' }] as Fact] };

const recipient = { organization: company };
const design = { programme, category: 'Design', rank: 1, recipient, on: '2023-02-23', ceremony };
const conferred: Fact = ['award.conferred', design];
const doubtful: Fact = ['award.conferred', { ...design, on: '2023-02-23?' }];
const revocation = { on: '2024', reason: 'The design was not its own', authority: 'Jury' };
const revoked: Fact = ['award.revoked', revocation];
const declined = (on?: string): Fact => ['award.declined', on === undefined ? {} : { on }];
const reinstated = (on?: string): Fact => ['award.reinstated', on === undefined ? {} : { on }];

const recordWith = (...facts: Fact[]) => recordOf(idOf('award'), facts) as FoldedRecord;
const stateOf = (...facts: Fact[]) => recordOf(idOf('award'), facts)?.state as AwardState;
const as = (organization: string) => ({ ...around, actor: { client: 'x', organization } });

describe('confer-award', () => {
  it('records what was conferred on whom, for what', () => {
    const citation = [{ text: 'For the best design', lang: 'en' }];
    given([], around)
      .when('confer-award', { ...design, citation })
      .then(['award.conferred', { ...design, citation }]);
    given([], around)
      .when('confer-award', { programme, recipient })
      .then(['award.conferred', { programme, recipient }]);
  });
  it('takes a person by name, and records what was committed to in its place', () => {
    const person = { name: 'Ana Example' };
    given([], around)
      .when('confer-award', { programme, recipient: { person } })
      .then(['award.conferred', { programme, recipient: committed() }]);
    given([], around)
      .when('confer-award', { programme, recipient: { ...recipient, person } })
      .thenRefused('unknown-field', '/recipient/person');
    given([], around)
      .when('confer-award', { programme, recipient: { person: committed().person } })
      .thenRefused('value-invalid', '/recipient/person');
  });
  it('lets whoever speaks for nobody record an award of a person, and no body confer it on itself', () => {
    const personal = { programme, recipient: { person: { name: 'Ana Example' } } };
    given([], around).when('confer-award', personal).thenAccepted();
    given([], as(body)).when('confer-award', personal).thenAccepted();
    given([], around)
      .when('confer-award', { ...personal, selfConferred: true })
      .thenRefused('not-self-conferred', '/selfConferred');
  });

  it('refuses a body that confers the award on itself', () => {
    given([], around)
      .when('confer-award', { programme, recipient: { organization: otherBody } })
      .thenRefused('self-conferred', '/recipient/organization');
  });
  it('takes it when the body says so', () => {
    given([], around)
      .when('confer-award', { programme, recipient: { organization: otherBody }, selfConferred: true })
      .thenAccepted();
  });
  it('refuses the statement where it is not so', () => {
    given([], around)
      .when('confer-award', { ...design, selfConferred: true })
      .thenRefused('not-self-conferred', '/selfConferred');
  });

  it('refuses it where the recipient itself says so, unless it is the body too', () => {
    given([], as(company)).when('confer-award', design).thenRefused('body-decides', '');
    given([], as(body)).when('confer-award', design).thenAccepted();
    given([], as(idOf('organization', 'e')))
      .when('confer-award', design)
      .thenAccepted();
    given([], as(body))
      .when('confer-award', { programme, recipient: { organization: body }, selfConferred: true })
      .thenAccepted();
  });

  it('refuses an award of a programme that was closed by then', () => {
    given([], { beside: closedBeside, today: '2024-01-01' })
      .when('confer-award', { programme, recipient, on: '2024' })
      .thenRefused('after-closing', '/programme');
    given([], { beside: closedBeside }).when('confer-award', { programme, recipient, on: '2023' }).thenAccepted();
  });
  it('refuses another record in place of the programme', () => {
    const other = idOf('award', 'b');
    given([], { beside: { ...beside, [other]: [conferred] } })
      .when('confer-award', { programme: other, recipient })
      .thenRefused('value-invalid', '/programme');
  });
});

describe('an award that several share', () => {
  const recipients = [
    { organization: company, share: '1/2' },
    { person: { name: 'Ana Example' }, share: '1/4' },
    { unidentified: 'A workshop of the province', lang: 'en', share: '1/4', basis: 'inferred' },
  ];
  const [first, , third] = recipients as [object, object, object];
  const shared = [first, { person: committed(), share: '1/4' }, third];
  const conferredOnAll: Fact = ['award.conferred', { programme, category: 'Design', recipients: shared }];

  it('is conferred on all of them together, with their shares', () => {
    given([], around).when('confer-award', { programme, category: 'Design', recipients }).then(conferredOnAll);
    given([], around)
      .when('confer-award', { programme, recipients: [{ organization: company }, { organization: otherCompany }] })
      .thenAccepted();
  });
  it('is conferred on somebody whom the source describes, also alone', () => {
    const described = { unidentified: 'A workshop of the province', lang: 'en' };
    given([], around)
      .when('confer-award', { programme, recipient: described })
      .then(['award.conferred', { programme, recipient: described }]);
    expect(award.holds?.(stateOf(['award.conferred', { programme, recipient: described }]))).toEqual([]);
  });
  it('has either a recipient or several', () => {
    given([], around).when('confer-award', { programme }).thenRefused('recipient-unclear', '');
    given([], around)
      .when('confer-award', { programme, recipient, recipients: [{ organization: otherCompany }] })
      .thenRefused('recipient-unclear', '');
    given([], around)
      .when('confer-award', { programme, recipients: [recipient] })
      .thenAccepted();
  });
  it('has each recipient once', () => {
    given([], around)
      .when('confer-award', { programme, recipients: [recipient, { organization: otherCompany }, recipient] })
      .thenRefused('recipient-repeated', '/recipients/2/organization');
  });
  it('is shared as far as there is something to share', () => {
    const thirds = (...shares: string[]) => ({
      programme,
      recipients: shares.map((share, place) => ({ organization: idOf('organization', 'defg'[place]), share })),
    });
    for (const shares of [['1/3', '1/3', '1/3'], ['1/3', '1/3'], ['1/1'], ['999999/999999']]) {
      given([], around)
        .when('confer-award', thirds(...shares))
        .thenAccepted();
    }
    for (const shares of [['1/3', '1/3', '33334/99999'], ['3/2'], ['1/2', '1/2', '1/999999']]) {
      given([], around)
        .when('confer-award', thirds(...shares))
        .thenRefused('shares-exceed-whole', '/recipients');
    }
    for (const share of ['0/2', '1/0', '1', '50%', '-1/2']) {
      given([], around).when('confer-award', thirds(share)).thenRefused('value-invalid', '/recipients/0/share');
    }
  });
  it('has at most 30 recipients', () => {
    const some = (count: number) =>
      Array.from({ length: count }, (_, place) => ({ unidentified: `Workshop ${place}`, lang: 'en' }));
    given([], around)
      .when('confer-award', { programme, recipients: some(30) })
      .thenAccepted();
    given([], around)
      .when('confer-award', { programme, recipients: some(31) })
      .thenRefused('cap-recipients', '/recipients');
  });
  it('is conferred by its body, on itself among others only if it says so', () => {
    const withBody = { programme, recipients: [recipient, { organization: body }] };
    given([], around).when('confer-award', withBody).thenRefused('self-conferred', '/recipients/1/organization');
    given([], around)
      .when('confer-award', { ...withBody, selfConferred: true })
      .thenAccepted();
    given([], as(company))
      .when('confer-award', { programme, recipients: [{ organization: otherCompany }, recipient] })
      .thenRefused('body-decides', '');
  });
  it('is held by each of them in its own right', () => {
    const held = [company, committed().person].map((whom) => ({
      kind: 'conferral',
      key: [programme, 'design', whom],
      formerly: [programme, 'Design', whom],
    }));
    expect(award.holds?.(stateOf(conferredOnAll))).toEqual(held);
    expect(award.holds?.(stateOf(conferredOnAll, revoked))).toEqual([]);
  });
  it('has all organizations among them as parties, and is confirmed by nobody while one cannot speak', () => {
    expect(indexFieldsOf(recordWith(conferredOnAll))).toMatchObject({
      parties: [company],
      participants: [company],
      unnamedParty: true,
    });
    const spoken = (one: object, ...facts: Fact[]) =>
      standingOf(
        recordOf(
          idOf('award'),
          [
            ['award.conferred', { programme, recipients: [recipient, one], speaksAs: 'host' }],
            ['award.corroborated', { speaksAs: 'party' }],
            ...facts,
          ],
          { client: 'x', organization: company },
        ),
      );
    expect(spoken({ organization: company })).toBe('confirmed');
    expect(spoken({ organization: otherCompany })).toBe('hosted');
    expect(spoken({ unidentified: 'A workshop', lang: 'en' })).toBe('hosted');
    expect(spoken({ person: committed() })).toBe('hosted');
  });
  it('is corrected in its shares, and not in its recipients', () => {
    const both: Fact = [
      'award.conferred',
      { programme, recipients: [recipient, { organization: otherCompany, share: '1/3' }] },
    ];
    const correct = (recipients: object[]) =>
      given([both], around).when('correct-award', { corrects: 1, set: { recipients }, reason: 'clerical' });
    correct([recipient, { organization: otherCompany, share: '2/3' }]).thenAccepted();
    correct([recipient]).thenRefused('not-correctable', '/set');
    correct([recipient, { organization: otherCompany, share: '4/3' }]).thenRefused('contradicts-history', '/set');
    given([both], around)
      .when('correct-award', { corrects: 1, set: { recipients: null }, reason: 'clerical' })
      .thenRefused('not-correctable', '/set');
  });
});

describe('a part of an award that several share', () => {
  const recipients = [recipient, { organization: otherCompany }, { unidentified: 'A workshop', lang: 'en' }];
  const shared: Fact = ['award.conferred', { programme, recipients, on: '2023' }];
  const acts = [
    ['decline-award', {}],
    ['revoke-award', { reason: 'So', authority: 'Jury' }],
  ] as const;
  const declinedBy = (part: string | number, on?: string): Fact => [
    'award.declined',
    { recipient: part, ...(on && { on }) },
  ];
  const statesOf = (...facts: Fact[]) =>
    (present(stateOf(...facts), '2026-01-01') as AwardState).recipients?.map(
      (one) => (one as { state?: string }).state,
    );
  const heldBy = (...facts: Fact[]) => award.holds?.(stateOf(...facts)).map(({ key }) => key.at(-1));

  it.each(acts)('is the only one that it happens to: %s', (command, data) => {
    for (const part of [company, 3]) {
      given([shared], around)
        .when(command, { ...data, recipient: part })
        .thenAccepted();
    }
    const type = command === 'decline-award' ? 'award.declined' : 'award.revoked';
    const facts: Fact[] = [shared, [type, { ...data, recipient: company }]];
    given(facts, around)
      .when(command, { ...data, recipient: company })
      .thenRefused('not-conferred', '/on');
    given(facts, around)
      .when(command, { ...data, recipient: otherCompany })
      .thenAccepted();
    expect(heldBy(...facts)).toEqual([otherCompany]);
    expect(award.lifecycle.statusOn(stateOf(...facts), '2026-01-01')).toBe('conferred');
  });
  it('is that of a recipient', () => {
    for (const part of [1, 4, idOf('organization', 'f')]) {
      given([shared], around).when('decline-award', { recipient: part }).thenRefused('not-a-recipient', '/recipient');
    }
    given([conferred], around).when('decline-award', { recipient: company, on: '2023-03' }).thenAccepted();
  });
  it('stands or not by itself, and with it the award', () => {
    const two = [shared, declinedBy(company), declinedBy(3)];
    expect(statesOf(...two)).toEqual(['declined', 'conferred', 'declined']);
    expect(award.lifecycle.statusOn(stateOf(...two), '2026-01-01')).toBe('conferred');
    const all = [...two, ['award.revoked', { recipient: otherCompany, reason: 'So', authority: 'Jury' }] as Fact];
    expect(statesOf(...all)).toEqual(['declined', 'revoked', 'declined']);
    expect(award.lifecycle.statusOn(stateOf(...all), '2026-01-01')).toBe('revoked');
    const dated = [shared, declinedBy(company, '2024'), declinedBy(3, '2024'), declinedBy(otherCompany, '2025')];
    const days = ['2022-12-31', '2023-01-01', '2024-01-01', '2025-01-01'];
    expect(award.lifecycle.statusesOn?.(stateOf(...dated), days)).toEqual([
      'none',
      'conferred',
      'conferred',
      'declined',
    ]);
    given(dated, around)
      .when('revoke-award', { ...revocation, on: '2026' })
      .thenRefused('not-conferred', '/on');
    expect(days.map((day) => award.lifecycle.statusOn(stateOf(...dated), day))).toEqual(
      award.lifecycle.statusesOn?.(stateOf(...dated), days),
    );
    given(two, around).when('revoke-award', revocation).thenAccepted();
    expect(statesOf(shared)).toEqual([undefined, undefined, undefined]);
  });
  it('is reinstated by itself, or with all others', () => {
    const facts = [shared, declinedBy(company, '2024'), declinedBy(otherCompany, '2024')];
    expect(heldBy(...facts, ['award.reinstated', { recipient: company, on: '2025' }])).toEqual([company]);
    expect(heldBy(...facts, reinstated('2025'))).toEqual([company, otherCompany]);
    expect(statesOf(...facts, reinstated('2025'))).toEqual(['conferred', 'conferred', 'conferred']);
  });
  it('leaves the state of the award open only where that depends on its date', () => {
    const isOpen = (...facts: Fact[]) => award.lifecycle.isOpenOn?.(stateOf(...facts), '2024-06-01');
    expect(isOpen(shared, declinedBy(company, '2024'))).toBe(false);
    const certainly = [shared, declinedBy(otherCompany, '2023'), declinedBy(3, '2023')];
    expect(isOpen(...certainly, declinedBy(company, '2024'))).toBe(true);
  });
  it('is declined by whose it is, and by no other recipient', () => {
    const decline = (organization: string, data: object) =>
      given([shared], as(organization)).when('decline-award', data);
    decline(company, { recipient: company }).thenAccepted();
    for (const data of [{}, { recipient: otherCompany }, { recipient: 3 }]) {
      decline(company, data).thenRefused('not-its-part', '/recipient');
    }
    decline(body, {}).thenAccepted();
    given([conferred], as(company)).when('decline-award', { on: '2023-03' }).thenAccepted();
  });
  it('is kept apart whatever the order in which facts arrive', () => {
    const facts = [declinedBy(company, '2024'), reinstated('2025'), declinedBy(otherCompany, '2026')];
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
      [2, 0, 1],
    ].map((order) => order.map((at) => facts[at] as Fact));
    for (const order of orders) expect(statesOf(shared, ...order)).toEqual(['conferred', 'declined', 'conferred']);
  });
});

describe('the category of an award', () => {
  const keyOf = (category: string) =>
    award.holds?.(stateOf(['award.conferred', { ...design, category }]))[0]?.key as string[];
  it.each([
    ['Design', 'DESIGN'],
    ['Caf\u00e9', 'Cafe\u0301'],
    ['Grossartige Straße', 'GROSSARTIGE STRASSE'],
    ['Design of  the year', ' design of the\u00a0year'],
    ['ΚΟΣΜΟΣ', 'κοσμος'],
  ])('is the same as %s and as %s', (one, other) => {
    expect(keyOf(one)).toEqual(keyOf(other));
  });
  it.each([
    ['Design', 'Designs'],
    ['Cafe', 'Café'],
    ['Design', 'Design (women)'],
  ])('is another as %s than as %s', (one, other) => {
    expect(keyOf(one)).not.toEqual(keyOf(other));
  });
  it('is recorded as it is given', () => {
    expect(stateOf(['award.conferred', { ...design, category: 'DESIGN' }]).category).toBe('DESIGN');
  });
});

describe('decline-award and revoke-award', () => {
  it('declines what was conferred', () => {
    const fact = { on: '2023-03', reason: 'Takes no part in contests' };
    given([conferred], around).when('decline-award', fact).then(['award.declined', fact]);
  });
  it('revokes what was conferred, for a reason and on authority', () => {
    given([conferred], around).when('revoke-award', revocation).then(revoked);
    given([conferred], around).when('revoke-award', { authority: 'Jury' }).thenRefused('value-missing', '/reason');
    given([conferred], around).when('revoke-award', { reason: 'So' }).thenRefused('value-missing', '/authority');
  });
  it.each([
    ['decline-award', {}],
    ['revoke-award', { reason: 'So', authority: 'Jury' }],
  ])('%s refuses what is not conferred', (command, data) => {
    given([conferred], around)
      .when(command, { ...data, on: '2023-01' })
      .thenRefused('not-conferred', '/on');
    for (const opening of [conferred, doubtful]) {
      for (const before of [revoked, declined('2023-04')]) {
        given([opening, before], around)
          .when(command, { ...data, on: '2025' })
          .thenRefused('not-conferred', '/on');
      }
    }
  });
  it.each([
    ['decline-award', declined(), {}],
    ['revoke-award', ['award.revoked', { reason: 'So', authority: 'Jury' }] as Fact, { reason: 'So', authority: 'X' }],
  ])('%s refuses the second of two that are not dated', (command, first, data) => {
    given([conferred, first], around).when(command, data).thenRefused('not-conferred', '/on');
  });
  it.each([
    ['decline-award', {}],
    ['revoke-award', { reason: 'So', authority: 'Jury' }],
  ])('%s refuses what is still to come, since the award could be conferred again at once', (command, data) => {
    for (const on of ['2040', '2040?', '2027-01-02', '2027-02/..']) {
      given([conferred], around)
        .when(command, { ...data, on })
        .thenRefused('in-the-future', '/on');
    }
    for (const on of ['2027-01-01', '2026-12-31', '2027', '2027-01?']) {
      given([conferred], around)
        .when(command, { ...data, on })
        .thenAccepted();
    }
  });
  it('revokes again what was reinstated', () => {
    given([conferred, revoked, reinstated('2025')], around)
      .when('revoke-award', { ...revocation, on: '2026' })
      .thenAccepted();
  });
  it('revokes also when the programme was closed in the meantime', () => {
    given([conferred], { ...around, beside: { ...beside, ...closedBeside } })
      .when('revoke-award', revocation)
      .thenAccepted();
  });
});

describe('the lifecycle of an award', () => {
  it('is the one that its commands are judged by: what was declined had been conferred, though its day is in doubt', () => {
    const doubtfulLater: Fact = ['award.conferred', { ...design, on: '2024-01-31?' }];
    expect(award.lifecycle.diagrams?.award?.start).toBe('none');
    given([doubtfulLater], around).when('decline-award', { on: '2023' }).thenAccepted();
    expect(award.lifecycle.statusOn(stateOf(doubtfulLater, declined('2023')), '2024-02-01')).toBe('declined');
  });
  it('knows the one order in which an award that was reinstated on a day was revoked on that day', () => {
    const facts = [conferred, revoked, reinstated('2025'), ['award.revoked', { ...revocation, on: '2025' }] as Fact];
    for (const state of [stateOf(...facts), stateOf(facts[0] as Fact, ...facts.slice(1).reverse())]) {
      expect(award.lifecycle.statusOn(state, '2026-01-01')).toBe('revoked');
      expect(award.lifecycle.isOpenOn?.(state, '2026-01-01')).toBe(false);
    }
  });
});

describe('reinstate-award', () => {
  it('reinstates what was revoked or declined', () => {
    const fact = { on: '2025', reason: 'The appeal was granted' };
    given([conferred, revoked], around).when('reinstate-award', fact).then(['award.reinstated', fact]);
    given([conferred, declined('2023-03')], around)
      .when('reinstate-award', fact)
      .thenAccepted();
  });
  it('misses the revocation of what stands as conferred', () => {
    given([conferred], around).when('reinstate-award', { on: '2025' }).thenRefused('step-missing', '/on');
    given([conferred], around).when('reinstate-award', { on: '2023-02-24' }).thenWarned('step-missing');
  });
  it('refuses what comes before the conferral', () => {
    given([conferred, revoked], around).when('reinstate-award', { on: '2022' }).thenRefused('not-conferred', '/on');
  });
});

describe('who decides about an award', () => {
  it('is the body, not the recipient', () => {
    given([conferred], as(company)).when('revoke-award', revocation).thenRefused('body-decides', '');
    given([conferred, revoked], as(company)).when('reinstate-award', { on: '2025' }).thenRefused('body-decides', '');
    given([conferred], as(body)).when('revoke-award', revocation).thenAccepted();
    given([conferred, revoked], as(otherBody)).when('reinstate-award', { on: '2025' }).thenAccepted();
  });
  it('is the recipient where it declines', () => {
    given([conferred], as(company)).when('decline-award', { on: '2023-03' }).thenAccepted();
  });
  it('is the body that conferred it on itself', () => {
    const own = { ...design, recipient: { organization: body }, selfConferred: true };
    given([['award.conferred', own]], as(body))
      .when('revoke-award', revocation)
      .thenAccepted();
  });
  it('is nobody else', () => {
    given([conferred], as(idOf('organization', 'e')))
      .when('revoke-award', revocation)
      .thenRefused('right-lacking', '');
  });
});

describe('the state of an award', () => {
  it.each([
    ['2023-02-22', 'none'],
    ['2023-02-23', 'conferred'],
    ['2024-01-01', 'revoked'],
    ['2025-01-01', 'conferred'],
  ])('on %s is %s, in whatever order the facts came', (day, status) => {
    expect(award.lifecycle.statusOn(stateOf(conferred, revoked, reinstated('2025')), day)).toBe(status);
    expect(award.lifecycle.statusOn(stateOf(conferred, reinstated('2025'), revoked), day)).toBe(status);
  });
  it('is declined when the recipient did not accept it', () => {
    expect(award.lifecycle.statusOn(stateOf(conferred, declined()), '2023-02-23')).toBe('declined');
    expect(award.lifecycle.days?.(stateOf(conferred, declined('2023-03')))).toEqual(['2023-02-23', '2023-03-01']);
  });

  it('holds the award of its programme, category and recipient while it stands in the end', () => {
    const held = [{ kind: 'conferral', key: [programme, 'design', company], formerly: [programme, 'Design', company] }];
    expect(award.holds?.(stateOf(conferred))).toEqual(held);
    expect(award.holds?.(stateOf(conferred, revoked))).toEqual([]);
    expect(award.holds?.(stateOf(conferred, declined('2023-03')))).toEqual([]);
    expect(award.holds?.(stateOf(conferred, reinstated('2025'), revoked))).toEqual(held);
    expect(award.holds?.(stateOf(['award.conferred', { programme, recipient }]))).toEqual([
      { kind: 'conferral', key: [programme, '', company] },
    ]);
  });
  it('hides no reason', () => {
    expect(stateOf(conferred, revoked).facts.at(-1)).toEqual({ type: 'award.revoked', version: 2, ...revocation });
  });
});

describe('what lists and rights know of an award', () => {
  it('belongs to its programme, and its recipient is its party', () => {
    expect(indexFieldsOf(recordWith(conferred))).toMatchObject({
      on: '2023-02-23',
      ceremony,
      within: { programme },
      hosts: [],
      parties: [company],
      participants: [company],
    });
    expect(award.reads?.(stateOf(conferred))).toEqual([company]);
  });
  it('is confirmed by its recipient, and hosted by the body', () => {
    const told = (organization: string, speaksAs: string) =>
      standingOf(
        recordOf(idOf('award'), [['award.conferred', { ...design, speaksAs }]], { client: 'x', organization }),
      );
    expect(told(company, 'party')).toBe('reported');
    expect(told(body, 'host')).toBe('hosted');
  });
  it('is told by the right capacity', () => {
    const { outcome } = given([], as(body)).when('confer-award', design);
    expect(outcome.ok && outcome.events[0]?.data).toMatchObject({ speaksAs: 'host' });
    const own = given([conferred], as(company)).when('decline-award', { on: '2023-03' });
    expect(own.outcome.ok && own.outcome.events[0]?.data).toMatchObject({ speaksAs: 'party' });
  });
});

describe('ids of awards and of award programmes', () => {
  const [one, other] = [idOf('award'), idOf('award-programme')];
  it('are never taken for each other', () => {
    expect([aggregateOf(one), aggregateOf(other)]).toEqual(['award', 'award-programme']);
    expect(idPattern('award').test(other)).toBe(false);
    expect(idPattern('award-programme').test(one)).toBe(false);
    expect(referencesIn({ one, other })).toEqual([
      { pointer: '/one', id: one },
      { pointer: '/other', id: other },
    ]);
  });
  it('tell acts of one name apart', () => {
    expect(commandMeant('close', other)?.definition.name).toBe('close-programme');
    expect(commandMeant('revoke', one)?.definition.name).toBe('revoke-award');
    expect(commandMeant('revoke', other)).toBeUndefined();
  });
  it('differ from the stream in which a conferral is reserved', () => {
    const stream = reservationStream({ kind: 'conferral', key: [programme, '', company] });
    expect(stream).toMatch(/^conferral-[a-z2-7]{26}$/);
    expect(stream).not.toBe(reservationStream({ kind: 'conferral', key: [programme, 'Design', company] }));
  });
});
