import { describe, expect, it } from 'vitest';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { nextDue } from '../../domain/record/due.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { daysOf } from '../../domain/values/partial-date.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const self = idOf('ceremony');
const whole = idOf('ceremony', 'w');
const exchange = idOf('organization', 'e');
const federation = idOf('organization', 'f');
const recorded: Fact = ['ceremony.recorded', { kind: 'signing', roles: [{ organization: exchange, role: 'host' }] }];
const beside = (...facts: Fact[]) => ({ beside: { [whole]: facts } });
const wholeOn = (on?: string) => beside(['ceremony.recorded', { kind: 'conference', on }]);
const announced: Fact = ['ceremony.announced', { kind: 'conference', on: '2024-06' }];
const recordedOn = (on?: string): Fact => ['ceremony.recorded', { kind: 'conference', ...(on && { on }) }];
const postponed = (on?: string): Fact => ['ceremony.postponed', on === undefined ? {} : { on }];
const rescheduled = (to: string, on?: string): Fact => ['ceremony.rescheduled', { to, ...(on && { on }) }];
const cancelled = (on?: string): Fact => ['ceremony.cancelled', on === undefined ? {} : { on }];
const opened = (on?: string): Fact => ['ceremony.opened', on === undefined ? {} : { on }];
const concluded = (on?: string): Fact => ['ceremony.concluded', on === undefined ? {} : { on }];

const ceremonyOf = (...facts: Fact[]) => recordOf(self, facts) as FoldedRecord;
const statusOn = (facts: readonly Fact[], day: string) => {
  const { aggregate, state } = ceremonyOf(...facts);
  return aggregate.lifecycle.statusOn(state, day);
};

describe('record-ceremony and announce-ceremony', () => {
  it('records a ceremony that took place', () => {
    given([])
      .when('record-ceremony', { kind: 'signing', on: '2023-02-23?' })
      .then(['ceremony.recorded', { kind: 'signing', on: '2023-02-23?' }]);
  });
  it('announces one that is to take place', () => {
    given([])
      .when('announce-ceremony', { kind: 'forum', on: '2024' })
      .then(['ceremony.announced', { kind: 'forum', on: '2024' }]);
  });

  it('refuses a day that does not exist', () => {
    given([]).when('record-ceremony', { kind: 'signing', on: '2023-02-30' }).thenRefused('not-a-date', '/on');
  });

  it.each([
    ['on the day of its whole', '2023-02-23', '2023-02-23'],
    ['on a day that its whole may last to', '2023-02-25', '2023-02-23/..'],
    ['in a month that holds its whole', '2023-02', '2023-02-23'],
    ['on a day that the source doubts', '2023-03-01?', '2023-02-23'],
    ['at a time that is only approximate', '2023-02-23', '2022~'],
    ['on a day, where the day of its whole is unknown', '2023-02-23', undefined],
    ['on an unknown day', undefined, '2023-02-23'],
  ])('accepts a part %s', (_, on, onOfWhole) => {
    given([], wholeOn(onOfWhole)).when('record-ceremony', { kind: 'opening', on, partOf: whole }).thenAccepted();
  });
  it.each([
    ['before its whole', '2023-02-22', '2023-02-23/..'],
    ['after its whole', '2023-03', '2023-02-23/2023-02-25'],
  ])('refuses a part that was certainly held %s', (_, on, onOfWhole) => {
    given([], wholeOn(onOfWhole))
      .when('record-ceremony', { kind: 'opening', on, partOf: whole })
      .thenRefused('outside-its-whole', '/on');
  });
  it('refuses a ceremony that is a part of itself', () => {
    given([]).when('record-ceremony', { kind: 'forum', partOf: self }).thenRefused('part-of-itself', '/partOf');
  });
  it('refuses a part of a ceremony that does not exist', () => {
    given([]).when('record-ceremony', { kind: 'forum', partOf: whole }).thenRefused('unknown-reference', '/partOf');
  });

  it('gives one organization several roles', () => {
    const roles = ['host', 'guest'].map((role) => ({ organization: exchange, role }));
    given([]).when('record-ceremony', { kind: 'award', roles }).thenAccepted();
  });
  it.each(['participant', 'organizer', 'partner', 'sponsor', 'observer', 'depositary'])('knows a %s', (role) => {
    const data = { kind: 'signing', roles: [{ organization: exchange, role }], unnamed: [{ role }] };
    given([]).when('record-ceremony', data).thenAccepted();
    given([recorded]).when('assign-role', { organization: federation, role }).thenAccepted();
  });
  it('makes no host of an organizer', () => {
    const roles = [{ organization: exchange, role: 'organizer' }];
    const record = recordOf(idOf('ceremony'), [['ceremony.recorded', { kind: 'signing', roles }]]);
    expect(record && indexFieldsOf(record)).toMatchObject({ hosts: [], participants: [exchange] });
  });
  it('refuses a role that it does not know', () => {
    given([recorded])
      .when('assign-role', { organization: federation, role: 'owner' })
      .thenRefused('value-invalid', '/role');
  });
  it('refuses one role twice for one organization', () => {
    const roles = ['host', 'guest', 'host'].map((role) => ({ organization: exchange, role }));
    given([]).when('record-ceremony', { kind: 'award', roles }).thenRefused('role-repeated', '/roles/2');
  });
  it('counts guests whom nobody names, and leaves out a count that nobody states', () => {
    const unnamed = [{ role: 'guest', count: { min: 31 } }, { role: 'witness' }];
    given([])
      .when('record-ceremony', { kind: 'opening', unnamed })
      .then(['ceremony.recorded', { kind: 'opening', unnamed }]);
  });
  it('refuses a count without a number', () => {
    given([])
      .when('record-ceremony', { kind: 'opening', unnamed: [{ role: 'guest', count: {} }] })
      .thenRefused('count-empty', '/unnamed/0/count');
  });
});

describe('assign-role and withdraw-role', () => {
  const guest = { organization: federation, role: 'guest' };

  it('assigns a role', () => {
    given([recorded]).when('assign-role', guest).then(['ceremony.role-assigned', guest]);
  });
  it('refuses a role that the organization has', () => {
    given([recorded])
      .when('assign-role', { organization: exchange, role: 'host' })
      .thenRefused('role-repeated', '/role');
  });
  it('refuses a 101st role, and takes the 100th', () => {
    const holders = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        organization: `organization-${String.fromCharCode(97 + (n % 26)).repeat(25)}${'abcd'[Math.floor(n / 26)]}`,
        role: 'supporter',
      }));
    given([['ceremony.recorded', { kind: 'award', roles: holders(100) }]])
      .when('assign-role', guest)
      .thenRefused('cap-roles', '/role');
    given([['ceremony.recorded', { kind: 'award', roles: holders(99) }]])
      .when('assign-role', guest)
      .thenAccepted();
  });
  it('withdraws a role', () => {
    const host = { organization: exchange, role: 'host' };
    given([recorded]).when('withdraw-role', host).then(['ceremony.role-withdrawn', host]);
  });
  it('refuses to withdraw a role that the organization does not have', () => {
    given([recorded])
      .when('withdraw-role', { organization: exchange, role: 'guest' })
      .thenRefused('role-unknown', '/role');
  });
  it('gives a role back that was withdrawn', () => {
    const host = { organization: exchange, role: 'host' };
    given([recorded, ['ceremony.role-withdrawn', host]])
      .when('assign-role', host)
      .thenAccepted();
  });
});

describe('a cancelled ceremony', () => {
  const guest = { organization: federation, role: 'guest' };
  const part: Fact = ['ceremony.announced', { kind: 'forum', partOf: whole }];

  it('gives no more roles', () => {
    given([announced, cancelled()]).when('assign-role', guest).thenRefused('ceremony-cancelled', '');
  });
  it('gives none at a part of it', () => {
    given([part], beside(announced, cancelled())).when('assign-role', guest).thenRefused('ceremony-cancelled', '');
    given([part], beside(announced, postponed())).when('assign-role', guest).thenAccepted();
  });
  it('takes no new part', () => {
    given([], beside(announced, cancelled()))
      .when('announce-ceremony', { kind: 'forum', partOf: whole })
      .thenRefused('ceremony-cancelled', '/partOf');
  });
  it('lets a role be withdrawn that was never held', () => {
    given([['ceremony.announced', { kind: 'forum', roles: [guest] }], cancelled()])
      .when('withdraw-role', guest)
      .thenAccepted();
  });
  it.each(['open-ceremony', 'conclude-ceremony'])('does not take place: %s is refused, dated or not', (command) => {
    for (const on of [undefined, '2022-06', '2024-06']) {
      given([announced, cancelled('2023-02')])
        .when(command, { ...(on && { on }) })
        .thenRefused('ceremony-cancelled', '');
    }
    given([part], beside(announced, cancelled())).when(command, {}).thenRefused('ceremony-cancelled', '');
  });
});

describe('reschedule-ceremony', () => {
  it('moves a ceremony to another date', () => {
    const moved = { to: '2024-09', on: '2023-02-20', reason: 'The hall is being rebuilt' };
    given([announced]).when('reschedule-ceremony', moved).then(['ceremony.rescheduled', moved]);
  });
  it('gives a postponed one a date again', () => {
    given([announced, postponed('2023-01')])
      .when('reschedule-ceremony', { to: '2024-09', on: '2023-02' })
      .thenAccepted();
  });
  it('takes a new date', () => {
    given([announced]).when('reschedule-ceremony', { on: '2023-02' }).thenRefused('value-missing', '/to');
  });
  it('refuses to move one that was certainly cancelled or held by then', () => {
    given([announced, cancelled('2023-01')])
      .when('reschedule-ceremony', { to: '2024-09', on: '2023-02' })
      .thenRefused('wrong-state', '/on');
    given([recordedOn('2023-02-23')])
      .when('reschedule-ceremony', { to: '2024-09', on: '2023-02-24' })
      .thenRefused('wrong-state', '/on');
  });
  it('takes what was decided before it was held', () => {
    given([recordedOn('2023-02-23')])
      .when('reschedule-ceremony', { to: '2023-02-23', on: '2022-12' })
      .thenAccepted();
  });

  const part: Fact = ['ceremony.announced', { kind: 'opening', partOf: whole }];
  it('keeps a part within its whole', () => {
    given([part], wholeOn('2023-02-23/2023-02-25'))
      .when('reschedule-ceremony', { to: '2023-02-26' })
      .thenRefused('outside-its-whole', '/to');
    given([part], wholeOn('2023-02-23/2023-02-25')).when('reschedule-ceremony', { to: '2023-02-25' }).thenAccepted();
  });
  it('lets a part follow its whole to the new date', () => {
    const moved = beside(announced, rescheduled('2024-09'));
    given([part], moved).when('reschedule-ceremony', { to: '2024-09-02' }).thenAccepted();
    given([part], moved).when('reschedule-ceremony', { to: '2024-06-02' }).thenRefused('outside-its-whole', '/to');
  });
});

describe('postpone-ceremony', () => {
  it('postpones a ceremony, and once more', () => {
    const facts: Fact[] = [announced, postponed('2023-01')];
    given([announced]).when('postpone-ceremony', { on: '2023-02-20', reason: 'Illness' }).thenAccepted();
    given(facts).when('postpone-ceremony', { on: '2023-02' }).then(postponed('2023-02'));
  });
  it('refuses to postpone one that was held or cancelled by then', () => {
    given([recordedOn('2023-02-23')])
      .when('postpone-ceremony', { on: '2023-02-24' })
      .thenRefused('wrong-state', '/on');
    given([announced, cancelled('2023-01')])
      .when('postpone-ceremony', { on: '2023-02' })
      .thenRefused('wrong-state', '/on');
  });
  it('warns where it may have come after what counts as later', () => {
    given([announced, rescheduled('2024-09', '2023-02')])
      .when('postpone-ceremony', {})
      .thenWarned('order-open');
  });
});

describe('cancel-ceremony', () => {
  it('cancels a ceremony that is to come, or was postponed', () => {
    const fact = { on: '2023-02-20', reason: 'Too few had registered' };
    given([announced]).when('cancel-ceremony', fact).then(['ceremony.cancelled', fact]);
    given([announced, postponed('2023-01')])
      .when('cancel-ceremony', fact)
      .thenAccepted();
  });
  it('refuses to cancel what took place, whatever the dates', () => {
    for (const facts of [[recordedOn()], [recordedOn('2023-02-23')], [announced, opened()], [announced, concluded()]]) {
      given(facts).when('cancel-ceremony', {}).thenRefused('wrong-state', '');
    }
  });
  it('refuses to cancel it twice', () => {
    given([announced, cancelled('2023-02')])
      .when('cancel-ceremony', { on: '2023-01' })
      .thenRefused('wrong-state', '');
  });
  it('refuses a day after which something else was recorded of its course', () => {
    given([announced, postponed('2023-02')])
      .when('cancel-ceremony', { on: '2023-01' })
      .thenRefused('contradicts-history', '/on');
  });
});

describe('open-ceremony and conclude-ceremony', () => {
  it('opens a ceremony and concludes it', () => {
    given([announced]).when('open-ceremony', { on: '2023-02-23' }).then(opened('2023-02-23'));
    given([announced, opened('2023-02-23')])
      .when('conclude-ceremony', { on: '2023-02-25' })
      .then(concluded('2023-02-25'));
  });
  it('opens one that is recorded as held, on its day', () => {
    given([recordedOn('2023-02-23')])
      .when('open-ceremony', { on: '2023-02-23' })
      .thenAccepted();
  });
  it('refuses to open one that was concluded by then, or to open it twice', () => {
    given([announced, concluded('2023-02-23')])
      .when('open-ceremony', { on: '2023-02-24' })
      .thenRefused('wrong-state', '/on');
    given([recordedOn(), opened('2023-02-23')])
      .when('open-ceremony', { on: '2023-02-24' })
      .thenRefused('wrong-state', '');
  });
  it('refuses to conclude it twice', () => {
    given([recordedOn(), concluded('2023-02-25')])
      .when('conclude-ceremony', {})
      .thenRefused('wrong-state', '');
  });
  it('refuses an opening after which it would have been moved', () => {
    given([announced, rescheduled('2024-09', '2023-02')])
      .when('open-ceremony', { on: '2023-01' })
      .thenRefused('contradicts-history', '/on');
  });
  it('refuses a missing opening since the record is there, and warns of it before', () => {
    given([announced], { today: '2024-07-01' })
      .when('conclude-ceremony', { on: '2024-06' })
      .thenRefused('step-missing', '/on');
    given([announced]).when('conclude-ceremony', { on: '2023-02-23' }).thenWarned('step-missing');
  });
  it('refuses to open a part outside its whole', () => {
    const part: Fact = ['ceremony.announced', { kind: 'opening', partOf: whole }];
    given([part], wholeOn('2023-02-23'))
      .when('open-ceremony', { on: '2023-02-24' })
      .thenRefused('outside-its-whole', '/on');
    given([part], wholeOn('2023-02-23')).when('open-ceremony', { on: '2023-02-23' }).thenAccepted();
  });
  it('refuses to conclude a part outside its whole', () => {
    const part: Fact[] = [['ceremony.announced', { kind: 'opening', partOf: whole }], opened('2023-02-23')];
    given(part, wholeOn('2023-02-23/2023-02-25'))
      .when('conclude-ceremony', { on: '2023-02-26' })
      .thenRefused('outside-its-whole', '/on');
    given(part, wholeOn('2023-02-23/2023-02-25')).when('conclude-ceremony', { on: '2023-02-25' }).thenAccepted();
  });
  it.each([
    ['before its whole opened', '2024-06-11', [opened('2024-06-12')], 'refused'],
    ['on a later day of a whole that has opened', '2024-06-13', [opened('2024-06-12')], 'accepted'],
    ['on its last day', '2024-06-14', [opened('2024-06-12'), concluded('2024-06-14')], 'accepted'],
    ['after its end', '2024-06-15', [opened('2024-06-12'), concluded('2024-06-14')], 'refused'],
  ])('judges a part %s by the days that its whole lasted', (_, on, facts, outcome) => {
    const then = given([], { ...beside(announced, ...facts), today: '2024-06-15' }).when('record-ceremony', {
      kind: 'forum',
      on,
      partOf: whole,
    });
    if (outcome === 'accepted') then.thenAccepted();
    else then.thenRefused('outside-its-whole', '/on');
  });
});

describe('the state of a ceremony', () => {
  it.each([
    ['2022-12-31', 'announced'],
    ['2023-01-10', 'postponed'],
    ['2023-02-01', 'announced'],
    ['2024-06-11', 'announced'],
    ['2024-06-12', 'open'],
    ['2024-06-14', 'concluded'],
    ['2030-01-01', 'concluded'],
  ])('on %s is %s', (day, state) => {
    const course = [
      announced,
      postponed('2023-01-10'),
      rescheduled('2024-06-12', '2023-02'),
      opened('2024-06-12'),
      concluded('2024-06-14'),
    ];
    expect(statusOn(course, day)).toBe(state);
  });
  it('is cancelled from the day on which that was decided', () => {
    expect(statusOn([announced, cancelled('2023-02-20')], '2023-02-19')).toBe('announced');
    expect(statusOn([announced, cancelled('2023-02-20')], '2023-02-20')).toBe('cancelled');
  });
  it('is held once the date of its record has come, and always where that has none', () => {
    expect(statusOn([recordedOn('2023-02-23')], '2023-02-22')).toBe('announced');
    expect(statusOn([recordedOn('2023-02-23')], '2023-02-23')).toBe('held');
    expect(statusOn([recordedOn()], '1990-01-01')).toBe('held');
  });
  it('does not follow from the date for which it is announced', () => {
    expect(statusOn([announced], '2030-01-01')).toBe('announced');
  });
  it.each([
    ['announced', [rescheduled('2024-09'), postponed()]],
    ['cancelled', [cancelled(), rescheduled('2024-09'), postponed()]],
    ['concluded', [concluded(), opened(), postponed()]],
  ])('is %s where facts without dates came in another order', (state, facts) => {
    expect(statusOn([announced, ...facts], '2023-03-01')).toBe(state);
  });
  it('may change by itself on the days of what is still to come', () => {
    expect(nextDue(ceremonyOf(announced, opened('2024-06-12'), concluded('2024-06-14')))).toBe('2024-06-12');
    expect(nextDue(ceremonyOf(recordedOn('2023-02-23')))).toBeUndefined();
  });
});

describe('the date of a ceremony', () => {
  it.each([
    ['is the one that it is announced for', [announced], '2024-06'],
    ['is the new one after it was moved', [announced, rescheduled('2024-09')], '2024-09'],
    [
      'is the one decided last, whatever arrived first',
      [announced, rescheduled('2024-10', '2023-02'), rescheduled('2024-09', '2023-01')],
      '2024-10',
    ],
    ['is the day on which it opened', [announced, opened('2024-06-12')], '2024-06-12'],
    [
      'is all of its days once the first and the last are known, whatever was planned',
      [announced, rescheduled('2024-06-12/2024-06-13'), opened('2024-06-12'), concluded('2024-06-14')],
      '2024-06-12/2024-06-14',
    ],
    [
      'is all of its days in whatever order they came',
      [announced, concluded('2024-06-14'), opened('2024-06-12')],
      '2024-06-12/2024-06-14',
    ],
    [
      'is the one day on which it opened and ended',
      [announced, opened('2024-06-12'), concluded('2024-06-12')],
      '2024-06-12',
    ],
    [
      'is the day of its opening while its last day is doubtful',
      [announced, opened('2024-06-12'), concluded('2024-06-14?')],
      '2024-06-12',
    ],
    [
      'is the day of its opening while its last day is open',
      [announced, opened('2024-06-12'), concluded('2024-06')],
      '2024-06-12',
    ],
    ['stays what was planned where nobody says when it opened', [announced, opened()], '2024-06'],
    [
      'keeps the days that were planned when it opens on one of them',
      [announced, rescheduled('2024-06-12/2024-06-14'), opened('2024-06-12')],
      '2024-06-12/2024-06-14',
    ],
    [
      'is the day of the opening when that is none of those planned',
      [announced, rescheduled('2024-06-12/2024-06-14'), opened('2024-06-15')],
      '2024-06-15',
    ],
    [
      'is that of its record once it was held, whatever was planned',
      [recordedOn('2023-02-23/..'), rescheduled('2023-03', '2022-12')],
      '2023-02-23/..',
    ],
    ['is the planned one where its record has none', [recordedOn(), rescheduled('2023-03')], '2023-03'],
  ])('%s', (_, facts, on) => {
    expect(indexFieldsOf(ceremonyOf(...facts)).on).toBe(on);
  });
  it('lies on each of its days, for those who look for one', () => {
    const { on = '' } = indexFieldsOf(ceremonyOf(announced, opened('2024-06-12'), concluded('2024-06-14')));
    expect(daysOf(on)).toEqual({ earliest: '2024-06-12', latest: '2024-06-14', exact: true });
  });
  it('is not there where nobody states it', () => {
    expect(
      indexFieldsOf(ceremonyOf(['ceremony.announced', { kind: 'forum' }], cancelled('2023-01'))),
    ).not.toHaveProperty('on');
  });
});

describe('what readers see of a ceremony', () => {
  const shown = (...facts: Fact[]) => {
    const { aggregate, state } = ceremonyOf(...facts);
    return aggregate.present?.(state, '2023-03-01');
  };
  it('is its date, the one that it was first announced for, and every fact of its course with its reasons', () => {
    const moved = { to: '2024-09', on: '2023-02-20', reason: 'The hall is being rebuilt' };
    const seen = shown(announced, postponed('2023-02-10'), ['ceremony.rescheduled', moved]);
    expect(seen).toMatchObject({ on: '2024-09', announcedFor: '2024-06' });
    expect(seen).toHaveProperty('facts', [
      { type: 'ceremony.postponed', version: 2, on: '2023-02-10' },
      { type: 'ceremony.rescheduled', version: 3, on: moved.on, reason: moved.reason, to: moved.to },
    ]);
  });
  it('is the same date as in lists', () => {
    const facts = [announced, opened('2024-06-12'), concluded('2024-06-14')];
    expect(shown(...facts)).toMatchObject({ on: indexFieldsOf(ceremonyOf(...facts)).on, announcedFor: '2024-06' });
  });
  it('tells no other date where there is none', () => {
    expect(shown(announced)).toMatchObject({ on: '2024-06', facts: [] });
    expect(shown(announced)).not.toHaveProperty('announcedFor');
  });
});

describe('what is recorded at a cancelled ceremony', () => {
  const ceremony = idOf('ceremony', 'c');
  const [one, two] = [idOf('organization', 'e'), idOf('organization', 'b')];
  const programme = idOf('award-programme', 'p');
  const names = [{ value: 'Any', lang: 'en' }];
  const openings: [string, object][] = [
    ['register-agreement', { kind: 'treaty', parties: [{ organization: one }, { organization: two }] }],
    ['admit', { body: one, organization: two }],
    ['record-cohort', { subject: 'intents', body: one, count: { min: 2 } }],
    ['open-programme', { names, conferredBy: [one] }],
    ['confer-award', { programme, recipient: { organization: two } }],
    ['perform-launch', { kind: 'zone', names, by: [one] }],
  ];
  const opened: Record<string, Fact[]> = { [programme]: [['award-programme.opened', { names, conferredBy: [one] }]] };
  it.each(openings)('is refused: %s; at one that is to take place it is not', (command, data) => {
    const announced: Fact = ['ceremony.announced', { kind: 'forum' }];
    const at = (...more: Fact[]) => ({ beside: { ...opened, [ceremony]: [announced, ...more] } });
    given([], at(['ceremony.cancelled', {}]))
      .when(command, { ...data, ceremony })
      .thenRefused('ceremony-cancelled', '/ceremony');
    given([], at())
      .when(command, { ...data, ceremony })
      .thenAccepted();
  });
});
