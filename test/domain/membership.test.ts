import { describe, expect, it } from 'vitest';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { membership } from '../../domain/membership/membership.ts';
import { periods, seatOn } from '../../domain/membership/roster.ts';
import { type MembershipState, timed } from '../../domain/membership/state.ts';
import { indexFieldsOf, standingOf } from '../../domain/record/record.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const [body, company] = [idOf('organization', 'b'), idOf('organization', 'c')];
const between = { body, organization: company };
const admitted = (on?: string, more: object = {}): Fact => [
  'membership.admitted',
  { ...between, ...(on && { on }), ...more },
];
const fact = (type: string, on?: string, more: object = {}): Fact => [
  `membership.${type}`,
  { ...(on && { on }), ...more },
];
const intent = (on?: string): Fact => ['membership.intent-declared', { ...between, ...(on && { on }) }];
const stateOf = (...facts: Fact[]) => recordOf(idOf('membership'), facts)?.state as MembershipState;
const theBody = { actor: { client: 'gzde', organization: body } };
const theMember = { actor: { client: 'gzde', organization: company } };

describe('what opens a membership', () => {
  it.each([
    ['admit', 'membership.admitted'],
    ['declare-intent', 'membership.intent-declared'],
    ['apply', 'membership.applied'],
  ])('%s', (command, type) => {
    given([])
      .when(command, { ...between, on: '2023-02-23' })
      .then([type, { ...between, on: '2023-02-23' }]);
  });
  it('may be a refusal, with a warning where the application is not recorded and lies in the past', () => {
    given([])
      .when('refuse', { ...between, on: '2023-02' })
      .thenWarned('step-missing');
    given([])
      .when('refuse', { ...between, on: '2023-03-01' })
      .thenRefused('step-missing', '/on');
  });
  it('is not an organization in itself', () => {
    given([]).when('admit', { body, organization: body }).thenRefused('member-of-itself', '/organization');
  });
  it('is the same stream for the same body and organization', () => {
    expect(membership.identity?.(between)).toEqual([body, company]);
  });
});

describe('a membership of which a source tells what happened to a member', () => {
  const openings = [
    ['suspend', 'suspended', 'suspend-membership'],
    ['expel', 'expelled', 'expel-member'],
    ['resign', 'resigned', 'resign-membership'],
    ['lapse', 'lapsed', 'lapse-membership'],
  ] as const;
  const beginsWith = (type: string, on?: string): Fact => [
    `membership.${type}`,
    { ...between, ...(on && { on }), reason: 'Dues not paid' },
  ];

  it.each(openings)('opens with it, and nobody has to invent an admission: %s', (command, type) => {
    for (const on of ['2015-07', undefined]) {
      const data = { ...between, ...(on && { on }), reason: 'Dues not paid' };
      const act = given([]).when(command, data);
      act.then(beginsWith(type, on));
      act.thenWarned('step-missing');
    }
  });
  it.each(openings)('opens with it on the day on which it happens: %s', (command) => {
    given([])
      .when(command, { ...between, on: '2023-03-01' })
      .thenWarned('step-missing');
  });
  it.each(openings)('takes class, ceremony and notes, which no admission can have told: %s', (command) => {
    const ceremony = idOf('ceremony', 'c');
    const more = { class: 'associate', ceremony, notes: [{ text: 'By written procedure', lang: 'en' }] };
    given([], { beside: { [ceremony]: [['ceremony.recorded', { kind: 'conference' }]] } })
      .when(command, { ...between, on: '2015', ...more })
      .thenAccepted();
  });
  it.each(openings)(
    'is one with the membership that is there, where the act keeps its name: %s',
    (command, type, act) => {
      for (const name of [command, act]) {
        const data = name === command ? between : {};
        given([admitted('2020')])
          .when(name, { ...data, on: '2022' })
          .then([`membership.${type}`, { ...data, on: '2022' }]);
      }
      expect(stateOf(admitted('2020'), beginsWith(type, '2022')).facts[1]).not.toHaveProperty('body');
    },
  );
  it.each(openings)('is added to by who may act on it: %s', (command) => {
    const actor = { client: 'stranger', organization: idOf('organization', 's') };
    given([admitted('2020')], { actor })
      .when(command, { ...between, on: '2022' })
      .thenRefused('right-lacking', '');
    given([], { actor })
      .when(command, { ...between, on: '2022' })
      .thenAccepted();
  });
  it.each(['suspend', 'expel', 'lapse'])('is the body’s to decide: %s', (command) => {
    given([], theMember).when(command, between).thenRefused('body-decides', '');
    given([], theMember).when('resign', between).thenAccepted();
  });
  it.each(openings)('is between two: %s', (command) => {
    given([]).when(command, { body, organization: body }).thenRefused('member-of-itself', '/organization');
    given([]).when(command, { body }).thenRefused('value-missing', '/organization');
  });
  it.each(openings)('takes an admission that comes to light later, where that was before: %s', (_, type) => {
    given([beginsWith(type, '2015-07')])
      .when('admit-member', { on: '2010' })
      .thenAccepted();
    given([beginsWith('suspended', '2015-07')])
      .when('admit-member', { on: '2016' })
      .thenRefused('already-member', '/on');
  });
  it('does not say that it began with it: before, the organization may have been a member', () => {
    const state = stateOf(beginsWith('suspended', '2015-07'));
    expect(periods(state)).toMatchObject([{ version: 1, from: 'unknown' }]);
    const { statusOn, statusesOn } = membership.lifecycle;
    const days = ['2015-06-30', '2015-07-01'];
    expect(days.map((day) => statusOn(state, day))).toEqual(['member', 'suspended']);
    expect(days.map((day) => statusOn(state, day, 'certain'))).toEqual(['none', 'none']);
    expect(statusesOn?.(state, days)).toEqual(['member', 'suspended']);
    expect(days.map((day) => seatOn(timed(state), day))).toEqual([
      { state: 'member', certainty: 'possible' },
      { state: 'suspended', certainty: 'possible' },
    ]);
    expect(seatOn(timed(state), '2015-07-31')).toEqual({ state: 'suspended', certainty: 'certain' });
    expect(indexFieldsOf(recordOf(idOf('membership'), [beginsWith('suspended', '2015-07')])).on).toBe('2015-07');
  });
  it('began with its admission where that is told', () => {
    const state = stateOf(beginsWith('suspended', '2015-07'), admitted('2010'));
    expect(periods(state)).toMatchObject([{ from: '2010' }]);
    expect(membership.lifecycle.statusOn(state, '2009-12-31')).toBe('none');
    expect(membership.periods?.seatOn(periods(state)[0]?.facts ?? [], '2009-12-31')).toBeUndefined();
  });
});

describe('admission', () => {
  it('follows an intent or an application, as an act on the record', () => {
    given([intent('2023-02-01')])
      .when('admit-member', { on: '2023-02-23', class: 'full' })
      .then(admitted('2023-02-23', { class: 'full' }));
  });
  it('is refused while the organization is a member', () => {
    given([admitted('2023-01-01')])
      .when('admit-member', { on: '2023-02-23' })
      .thenRefused('already-member', '/on');
    given([admitted('2023-01-01')])
      .when('admit', { ...between, on: '2023-02-23' })
      .thenRefused('already-member', '/on');
  });
  it('is accepted again after the member has left', () => {
    given([admitted('2020'), fact('resigned', '2021')])
      .when('admit-member', { on: '2023-02-23' })
      .thenAccepted();
  });
  it('is refused where it would make a recorded fact impossible', () => {
    given([intent('2023-02-10')])
      .when('admit-member', { on: '2023-02-01' })
      .thenRefused('contradicts-history', '/on');
  });
  it.each(['admit-member', 'refuse-applicant'])('is the body’s to decide, not the applicant’s: %s', (command) => {
    given([intent('2023-02-01')], theMember)
      .when(command, { on: '2023-02-23' })
      .thenRefused('body-decides', '');
    given([intent('2023-02-01')], theBody)
      .when(command, { on: '2023-02-23' })
      .thenAccepted();
  });
});

describe('intent and application', () => {
  it('are not recorded of a member', () => {
    given([admitted('2023-01-01')])
      .when('declare-new-intent', { on: '2023-02-23' })
      .thenRefused('wrong-state', '/on');
    given([admitted('2023-01-01')])
      .when('apply-anew', { on: '2023-02-23' })
      .thenRefused('wrong-state', '/on');
    given([admitted('2023-01-01')])
      .when('apply-anew', { on: '2022-12-01' })
      .thenAccepted();
  });
});

describe('what a body decides about a member', () => {
  const acts: [string, object][] = [
    ['renew-membership', {}],
    ['change-class', { class: 'associate' }],
    ['lapse-membership', {}],
    ['expel-member', {}],
  ];
  it.each(acts)('%s is accepted of a member, and refused of who is none', (command, data) => {
    given([admitted('2023-01-01')], theBody)
      .when(command, { ...data, on: '2023-02-23' })
      .thenAccepted();
    given([admitted('2020'), fact('resigned', '2021')], theBody)
      .when(command, { ...data, on: '2023-03-01' })
      .thenRefused('not-a-member', '/on');
  });
  it.each([...acts, ['reinstate-member', {}] as [string, object]])(
    '%s is not the member’s own to decide',
    (command, data) => {
      const before = command === 'reinstate-member' ? [fact('suspended', '2023-01-01')] : [];
      given([admitted('2022-01-01'), ...before], theMember)
        .when(command, { ...data, on: '2023-02-23' })
        .thenRefused('body-decides', '');
    },
  );
  it('is suspension of a member, but not of one that is suspended or has left', () => {
    given([admitted('2023-01-01')], theBody)
      .when('suspend-membership', { on: '2023-02-23' })
      .thenAccepted();
    for (const before of ['suspended', 'resigned']) {
      given([admitted('2022'), fact(before, '2023-01')], theBody)
        .when('suspend-membership', { on: '2023-03-01' })
        .thenRefused('not-suspendable', '/on');
    }
    given([admitted('2022')], theMember)
      .when('suspend-membership', { on: '2023-02-23' })
      .thenRefused('body-decides', '');
  });
  it('is refused to whoever is neither the submitter, the body nor the member', () => {
    given([admitted('2023-01-01')], { actor: { client: 'stranger', organization: idOf('organization', 's') } })
      .when('expel-member', { on: '2023-02-23' })
      .thenRefused('right-lacking', '');
  });
});

describe('a fact of the past whose admission no source tells', () => {
  it.each([
    ['resign-membership', intent('2019')],
    ['suspend-membership', intent('2019')],
    ['expel-member', ['membership.refused', { ...between, on: '2019' }] as Fact],
  ])('is warned of, not refused: %s', (command, before) => {
    given([before]).when(command, { on: '2021' }).thenWarned('step-missing');
  });
});

describe('a suspension', () => {
  it('does not end before it begins', () => {
    given([admitted('2022')], theBody)
      .when('suspend-membership', { on: '2023-02-01', until: '2023-01' })
      .thenRefused('ends-before-it-begins', '/until');
    given([admitted('2022')], theBody)
      .when('suspend-membership', { on: '2023-02-01', until: '2023-02' })
      .thenAccepted();
  });
});

describe('somebody else’s membership', () => {
  const stranger = { actor: { client: 'stranger', organization: idOf('organization', 's') } };
  it.each(['refuse', 'admit', 'apply', 'declare-intent'])('is not added to by a stranger through %s', (command) => {
    const isIntent = command === 'declare-intent';
    given([isIntent ? admitted('2023-01-01') : intent('2023-01-01')], stranger)
      .when(command, { ...between, on: isIntent ? '1990' : '2023-02-01' })
      .thenRefused('right-lacking', '');
  });
  it('may be begun anew by anybody, as it may be opened', () => {
    given([admitted('2020'), fact('resigned', '2021')], stranger)
      .when('admit', { ...between, on: '2023-02-01' })
      .thenAccepted();
    given([], stranger)
      .when('admit', { ...between, on: '2023-02-01' })
      .thenAccepted();
  });
  it('is hosted by its body alone, not by the hosts of a ceremony that somebody names', () => {
    const ceremony = idOf('ceremony', 'c');
    const roles = [{ organization: idOf('organization', 's'), role: 'host' }];
    given([admitted('2023-01-01', { ceremony })], {
      ...stranger,
      beside: { [ceremony]: [['ceremony.recorded', { kind: 'joining', roles }]] },
    })
      .when('expel-member', { on: '2023-02-23' })
      .thenRefused('right-lacking', '');
  });
});

describe('reinstatement', () => {
  it('follows a suspension or a lapse', () => {
    for (const before of ['suspended', 'lapsed']) {
      given([admitted('2020'), fact(before, '2022')])
        .when('reinstate-member', { on: '2023-02-23' })
        .thenAccepted();
    }
  });
  it('is refused after an expulsion: whoever was expelled is admitted anew', () => {
    given([admitted('2020'), fact('expelled', '2022')])
      .when('reinstate-member', { on: '2023-02-23' })
      .thenRefused('nothing-to-reinstate', '/on');
  });
  it('of a member is refused since the record was opened, and warned of before', () => {
    given([admitted('2020')])
      .when('reinstate-member', { on: '2023-03-01' })
      .thenRefused('nothing-to-reinstate', '/on');
    given([admitted('2020')])
      .when('reinstate-member', { on: '2022' })
      .thenWarned('step-missing');
  });
  it('is refused once the suspension’s term is over', () => {
    given([admitted('2020'), fact('suspended', '2023-01-01', { until: '2023-03' })])
      .when('reinstate-member', { on: '2023-04-02' })
      .thenRefused('nothing-to-reinstate', '/on');
    given([admitted('2020'), fact('suspended', '2023-01-01', { until: '2023-03' })])
      .when('reinstate-member', { on: '2023-03-10' })
      .thenAccepted();
  });
});

describe('the member itself', () => {
  it('resigns', () => {
    given([admitted('2023-01-01')], theMember)
      .when('resign-membership', { on: '2023-02-23' })
      .thenAccepted();
  });
  it('cannot resign from what it is no member of', () => {
    given([intent('2023-01-01')], theMember)
      .when('resign-membership', { on: '2023-03-01' })
      .thenRefused('not-a-member', '/on');
  });
});

describe('a fact about an organization that was closed', () => {
  const closed = (on: string): Record<string, Fact[]> => ({
    [company]: [
      ['organization.registered', { kind: 'company', names: [{ value: 'Any', lang: 'en' }] }],
      ['organization.closed', { on }],
    ],
  });
  it('is refused when it is dated after the closing', () => {
    given([admitted('2020')], { ...theBody, beside: closed('2022-12-31') })
      .when('renew-membership', { on: '2023-02-23' })
      .thenRefused('after-closing', '/on');
    given([], { beside: closed('2022-12-31') })
      .when('admit', { ...between, on: '2023-02-23' })
      .thenRefused('after-closing', '/organization');
  });
  it('is accepted when it may be dated before', () => {
    given([admitted('2020')], { ...theBody, beside: closed('2023') })
      .when('renew-membership', { on: '2023-02-23' })
      .thenAccepted();
  });
});

describe('the state of a membership', () => {
  it.each<[string, Fact[], string]>([
    ['none', [admitted('2023')], '2022-12-31'],
    ['intended', [intent()], '2023-03-01'],
    ['applied', [intent('2023-01'), ['membership.applied', { ...between, on: '2023-02' }]], '2023-03-01'],
    ['refused', [intent('2023-01'), ['membership.refused', { ...between, on: '2023-02' }]], '2023-03-01'],
    ['member', [admitted('2023-02-23')], '2023-02-23'],
    ['member', [admitted('2023-02-23'), intent('2023-01')], '2023-02-23'],
    ['suspended', [admitted('2022'), fact('suspended', '2023-01-01', { until: '2023-02' })], '2023-02-28'],
    ['member', [admitted('2022'), fact('suspended', '2023-01-01', { until: '2023-02' })], '2023-03-01'],
    ['lapsed', [admitted('2022'), fact('lapsed', '2023')], '2023-01-01'],
    ['resigned', [fact('resigned', '2023-02'), admitted('2022')].reverse(), '2023-02-01'],
    ['expelled', [admitted('2022'), fact('expelled', '2023-02')], '2023-02-01'],
    ['member', [admitted('2022'), fact('lapsed', '2023'), fact('reinstated', '2023')], '2023-12-31'],
  ])('is %s', (state, facts, day) => {
    expect(membership.lifecycle.statusOn(stateOf(...facts), day)).toBe(state);
  });
  it('changes by itself when a suspension’s term is over, which the registry records once', () => {
    const before = [admitted('2022'), fact('suspended', '2023-01-01', { until: '2023-02' })];
    expect(membership.lifecycle.due?.(stateOf(...before), '2023-03-01')).toMatchObject({
      type: 'membership.suspension-ended',
      data: { on: '2023-03-01' },
    });
    expect(membership.lifecycle.due?.(stateOf(...before), '2023-02-28')).toBeUndefined();
    expect(
      membership.lifecycle.due?.(stateOf(...before, fact('suspension-ended', '2023-03-01')), '2023-03-01'),
    ).toBeUndefined();
    expect(
      membership.lifecycle.due?.(stateOf(...before, fact('reinstated', '2023-02-10')), '2023-03-01'),
    ).toBeUndefined();
  });
  it('is hosted when the body has said so, and reported when only the member has', () => {
    const said = (type: string, speaksAs: string, organization: string) =>
      recordOf(idOf('membership'), [[type, { ...between, speaksAs }]], { client: 'any', organization }) as FoldedRecord;
    expect(standingOf(said('membership.admitted', 'host', body))).toBe('hosted');
    expect(standingOf(said('membership.intent-declared', 'party', company))).toBe('reported');
  });
  it('takes class, ceremony and date from the facts in the order of their dates', () => {
    const state = stateOf(admitted('2023', { class: 'full' }), fact('class-changed', '2022', { class: 'associate' }));
    expect(membership.present?.(state, '2023-12-31')).toMatchObject({ class: 'full' });
    expect(
      indexFieldsOf(recordOf(idOf('membership'), [admitted('2021'), fact('resigned', '2022'), admitted('2023-05')])).on,
    ).toBe('2023-05');
    expect(indexFieldsOf(recordOf(idOf('membership'), [intent('2021')]))).toMatchObject({
      on: '2021',
      within: { body },
      hosts: [body],
    });
  });
});

describe('who left and came back', () => {
  /** Every order in which the facts may arrive behind the first. */
  const arrivals = ([first, ...others]: readonly [Fact, ...Fact[]]): Fact[][] =>
    others.length === 0 ? [[first]] : permutations(others).map((some) => [first, ...some]);
  const permutations = (some: readonly Fact[]): Fact[][] =>
    some.length === 0
      ? [[]]
      : some.flatMap((one, at) => permutations(some.toSpliced(at, 1)).map((others) => [one, ...others]));
  const standing = (facts: readonly Fact[], day: string) => {
    const state = stateOf(...facts);
    const seats = periods(state).flatMap(({ facts: some, version, ...bounds }) => {
      const seat = membership.periods?.seatOn(some, day, bounds);
      return seat ? [{ ...seat, from: bounds.from, version }] : [];
    });
    const { statusOn, statusesOn, isOpenOn } = membership.lifecycle;
    return { state: statusOn(state, day), days: statusesOn?.(state, [day]), isOpen: isOpenOn?.(state, day), seats };
  };

  it.each<[string, [Fact, ...Fact[]], string, string, string]>([
    [
      'on one day',
      [admitted('2019-01-01'), fact('expelled', '2020-01-01'), admitted('2020-01-01')],
      '2021-01-01',
      'member',
      '2020-01-01',
    ],
    [
      'in a year of which one month is known',
      [admitted('2019-01-01'), fact('resigned', '2020'), admitted('2020-06')],
      '2020-07-01',
      'member',
      '2020-06',
    ],
    [
      'and was suspended, reinstated and suspended on one day',
      [
        admitted('2019-01-01'),
        fact('suspended', '2020-01-01'),
        fact('reinstated', '2020-01-01'),
        fact('suspended', '2020-01-01', { notes: [{ value: 'Again', lang: 'en' }] }),
      ],
      '2020-01-01',
      'suspended',
      '2019-01-01',
    ],
    [
      'though nobody knows when it left',
      [admitted('2019'), fact('lapsed'), admitted('2021')],
      '2022-01-01',
      'member',
      '2021',
    ],
  ])('%s is there, in whatever order that arrived', (_, facts, day, state, from) => {
    for (const some of arrivals(facts)) {
      const version = some.findIndex(
        ([type, { on }]: readonly [string, { on?: string }]) => on === from && type === 'membership.admitted',
      );
      expect(standing(some, day)).toEqual({
        state,
        days: [state],
        isOpen: false,
        seats: [{ state, certainty: 'certain', from, version: version + 1 }],
      });
    }
  });
  it('is told apart from who came and left, by the order that lacks fewer steps', () => {
    expect(standing([admitted('2020'), fact('expelled', '2020')], '2021-01-01')).toMatchObject({
      state: 'expelled',
      isOpen: false,
      seats: [],
    });
  });
  it('may have stood so or so where several orders fit: the state is that of the order of ranks', () => {
    const facts = [admitted('2019-01-01'), fact('suspended', '2020'), fact('resigned', '2020'), admitted('2020')];
    expect(standing(facts, '2021-01-01')).toMatchObject({ state: 'member', isOpen: true });
  });
});

describe('the roster', () => {
  it('has one stay for each time that the organization joined', () => {
    const state = stateOf(admitted('2020'), fact('resigned', '2021'), intent('2022'), admitted('2023-02'));
    expect(periods(state)).toMatchObject([
      { version: 1, from: '2020', to: '2021' },
      { version: 3, from: '2023-02' },
    ]);
    expect(periods(stateOf(admitted('2020'), fact('lapsed', '2021'), fact('reinstated', '2022')))).toHaveLength(1);
    expect(periods(stateOf(intent('2022')))[0]).not.toHaveProperty('from');
  });
  it('tells a certain seat from a possible one', () => {
    const facts = timed(stateOf(admitted('2023', { class: 'full' }), fact('expelled', '2024')));
    expect(seatOn(facts, '2022-12-31')).toBeUndefined();
    expect(seatOn(facts, '2023-06-01')).toEqual({ state: 'member', class: 'full', certainty: 'possible' });
    expect(seatOn(facts, '2023-12-31')).toEqual({ state: 'member', class: 'full', certainty: 'certain' });
    expect(seatOn(facts, '2024-06-01')).toEqual({ state: 'member', class: 'full', certainty: 'possible' });
    expect(seatOn(facts, '2024-12-31')).toBeUndefined();
  });
  it('knows no certain day of what nobody dates, and none of a doubtful date before it is over', () => {
    const undated = stateOf(admitted());
    expect(seatOn(timed(undated), '1900-01-01')).toMatchObject({ certainty: 'possible' });
    expect(periods(undated)).toMatchObject([{ from: 'unknown' }]);
    const left = timed(stateOf(admitted('2020-01-01'), fact('resigned')));
    expect(seatOn(left, '2021-01-01')).toMatchObject({ state: 'member', certainty: 'possible' });
    const doubtful = timed(stateOf(admitted('2023-02-23?')));
    expect(seatOn(doubtful, '2023-02-23')).toMatchObject({ certainty: 'possible' });
    expect(seatOn(doubtful, '2023-02-24')).toMatchObject({ certainty: 'certain' });
  });
  it('is not certain while the class is not', () => {
    const facts = timed(
      stateOf(admitted('2022-01-01', { class: 'full' }), fact('class-changed', '2023', { class: 'guest' })),
    );
    expect(seatOn(facts, '2023-06-01')).toEqual({ state: 'member', class: 'guest', certainty: 'possible' });
    expect(seatOn(facts, '2023-12-31')).toEqual({ state: 'member', class: 'guest', certainty: 'certain' });
  });
  it('is not certain while what may have come in between leads elsewhere', () => {
    const facts = timed(stateOf(admitted('2020-01-01'), fact('lapsed', '2023'), fact('reinstated', '2023')));
    expect(seatOn(facts, '2022-12-31')).toEqual({ state: 'member', certainty: 'certain' });
    expect(seatOn(facts, '2023-06-15')).toEqual({ state: 'member', certainty: 'possible' });
    expect(seatOn(facts, '2023-12-31')).toEqual({ state: 'member', certainty: 'certain' });
  });
  it('is certain of a suspension, however vague the admission is', () => {
    const facts = timed(stateOf(admitted('2020'), fact('suspended', '2020-06-01')));
    expect(seatOn(facts, '2020-07-01')).toEqual({ state: 'suspended', certainty: 'certain' });
  });
  it('forgets the class of an earlier stay', () => {
    const again = timed(stateOf(admitted('2020', { class: 'full' }), fact('expelled', '2021'), admitted('2022')));
    expect(seatOn(again, '2023-01-01')).toEqual({ state: 'member', certainty: 'certain' });
  });
  it('keeps the seat of whoever is suspended', () => {
    const facts = timed(stateOf(admitted('2022-01-01'), fact('suspended', '2023-01-01')));
    expect(seatOn(facts, '2023-01-01')).toEqual({ state: 'suspended', certainty: 'certain' });
  });
});
