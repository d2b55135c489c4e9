import { describe, expect, it } from 'vitest';
import { cohort } from '../../domain/cohort/cohort.ts';
import type { CohortState } from '../../domain/cohort/state.ts';
import { indexFieldsOf, standingOf } from '../../domain/record/record.ts';
import { evidence, type Fact, given, idOf, recordOf } from '../support/decider.ts';

const self = idOf('cohort');
const other = idOf('cohort', 'b');
const [body, otherBody, first, second, third] = ['b', 'c', 'd', 'e', 'f'].map((letter) =>
  idOf('organization', letter),
) as [string, string, string, string, string];
const ceremony = idOf('ceremony', 'b');
const [programme, otherProgramme] = [idOf('award-programme', 'p'), idOf('award-programme', 'q')];
const [award, secondAward, strangeAward, takenAward] = ['b', 'c', 'd', 'e'].map((letter) => idOf('award', letter)) as [
  string,
  string,
  string,
  string,
];
const [membership, strangeMembership, admission, future] = ['b', 'c', 'd', 'e'].map((letter) =>
  idOf('membership', letter),
) as [string, string, string, string];
const [elsewhere, conference] = [idOf('ceremony', 'c'), idOf('ceremony', 'd')];
const agreement = idOf('agreement', 'b');

const names = [{ value: 'Cross-design Contest', lang: 'en' }];
const opened: Fact = ['award-programme.opened', { names, conferredBy: [body] }];
const conferred = (organization: string, of = programme): Fact => [
  'award.conferred',
  { programme: of, recipient: { organization } },
];
const intent = (organization: string, joins: string): Fact => [
  'membership.intent-declared',
  { body: joins, organization },
];
const admitted = (on: string): Fact => ['membership.admitted', { body, organization: first, on }];
const beside: Record<string, readonly Fact[]> = {
  [ceremony]: [['ceremony.recorded', { kind: 'joining', partOf: conference }]],
  [elsewhere]: [['ceremony.recorded', { kind: 'joining' }]],
  [conference]: [['ceremony.recorded', { kind: 'conference' }]],
  [programme]: [opened],
  [otherProgramme]: [opened],
  [award]: [conferred(first)],
  [secondAward]: [conferred(first)],
  [strangeAward]: [conferred(first, otherProgramme)],
  [takenAward]: [conferred(first), ['award.identified-in-cohort', { cohort: other }]],
  [other]: [['cohort.recorded', { subject: 'recipients', programme, count: { min: 1 } }]],
  [membership]: [intent(first, body)],
  [strangeMembership]: [intent(first, otherBody)],
  [admission]: [admitted('2023-02')],
  [future]: [admitted('2024')],
  [agreement]: [
    ['agreement.registered', { kind: 'other', parties: [{ organization: first }, { organization: second }] }],
  ],
};

const intents = { subject: 'intents', body, ceremony, count: { min: 31 } };
const recorded: Fact = ['cohort.recorded', intents];
const recipients = (count: object): Fact => ['cohort.recorded', { subject: 'recipients', programme, count }];
const members: Fact = ['cohort.recorded', { ...intents, subject: 'members' }];
const guests: Fact = ['cohort.recorded', { subject: 'guests', ceremony, count: { max: 2 } }];
const agreements: Fact = ['cohort.recorded', { subject: 'agreements', ceremony, count: { min: 2 } }];
const identified = (organization: string, record?: string): Fact => [
  'cohort.identified',
  { organization, ...(record && { record }) },
];
const reconciled = (exact: number, on?: string): Fact => ['cohort.reconciled', { exact, ...(on && { on }) }];
const stateOf = (...facts: Fact[]) => recordOf(self, facts)?.state as CohortState;
const presented = (...facts: Fact[]) => cohort.present?.(stateOf(...facts), '2023-03-01') as Record<string, unknown>;

describe('record-cohort', () => {
  it('records a count of some whom the source does not name', () => {
    given([], { beside }).when('record-cohort', intents).then(recorded);
  });
  it('refuses a cohort that belongs to nothing', () => {
    given([])
      .when('record-cohort', { subject: 'members', count: { min: 31 } })
      .thenRefused('cohort-of-nothing', '');
  });
  it.each([
    ['a body', { body }],
    ['a programme', { programme }],
    ['a ceremony', { ceremony }],
  ])('takes one that belongs to %s alone', (_, whole) => {
    given([], { beside })
      .when('record-cohort', { subject: 'guests', count: { exact: 3 }, ...whole })
      .thenAccepted();
  });
  it('refuses a cohort without a count', () => {
    given([]).when('record-cohort', { subject: 'guests', body }).thenRefused('value-missing', '/count');
    given([]).when('record-cohort', { subject: 'guests', body, count: {} }).thenRefused('count-empty', '/count');
  });
});

describe('identify-in-cohort', () => {
  it('names an organization', () => {
    given([recorded], { beside }).when('identify-in-cohort', { organization: first }).then(identified(first));
  });
  it('names a record, and tells on both whose it is', () => {
    const act = given([recipients({ min: 1 })], { beside }).when('identify-in-cohort', { record: award });
    act.then(identified(first, award));
    act.thenBeside(award, ['award.identified-in-cohort', { cohort: self }]);
  });
  it('names neither both nor none', () => {
    given([recorded], { beside }).when('identify-in-cohort', {}).thenRefused('identify-one', '');
    given([recorded], { beside })
      .when('identify-in-cohort', { organization: first, record: membership })
      .thenRefused('identify-one', '');
  });

  it.each([
    ['exact', { exact: 2 }],
    ['at most', { max: 2 }],
  ])('refuses more than there are: %s', (_, count) => {
    given([recipients(count), identified(first), identified(second)], { beside })
      .when('identify-in-cohort', { organization: third })
      .thenRefused('cohort-full', '/organization');
    given([recipients(count), identified(first)], { beside })
      .when('identify-in-cohort', { organization: third })
      .thenAccepted();
    given([recipients(count), identified(second), identified(third)], { beside })
      .when('identify-in-cohort', { record: award })
      .thenRefused('cohort-full', '/record');
  });
  it('goes beyond the least number that a source gives', () => {
    given([recipients({ min: 1 }), identified(first)], { beside })
      .when('identify-in-cohort', { organization: second })
      .thenAccepted();
  });

  it('refuses an organization twice', () => {
    given([recorded, identified(first)], { beside })
      .when('identify-in-cohort', { organization: first })
      .thenRefused('identified-already', '/organization');
  });
  it('refuses a record twice, and a second record of an organization', () => {
    const before = [recipients({ min: 1 }), identified(first, award)];
    given(before, { beside })
      .when('identify-in-cohort', { record: award })
      .thenRefused('identified-already', '/record');
    given(before, { beside })
      .when('identify-in-cohort', { record: secondAward })
      .thenRefused('identified-already', '/record');
  });
  it('refuses an organization that is identified through its record', () => {
    given([recipients({ min: 1 }), identified(first, award)], { beside })
      .when('identify-in-cohort', { organization: first })
      .thenRefused('identified-already', '/organization');
  });
  it('lets the record of an organization follow its name, also when all are identified', () => {
    given([recipients({ exact: 1 }), identified(first)], { beside })
      .when('identify-in-cohort', { record: award })
      .then(identified(first, award));
  });
  it('refuses a record that another cohort counts', () => {
    given([recipients({ min: 1 })], { beside })
      .when('identify-in-cohort', { record: takenAward })
      .thenRefused('identified-elsewhere', '/record');
  });

  it('takes the records of its subject', () => {
    given([recorded], { beside })
      .when('identify-in-cohort', { record: membership })
      .then(identified(first, membership));
    given([members], { beside }).when('identify-in-cohort', { record: admission }).then(identified(first, admission));
    given([agreements], { beside })
      .when('identify-in-cohort', { record: agreement })
      .then(['cohort.identified', { record: agreement }]);
  });
  it.each([
    ['an award among intents', recorded, { record: award }, '/record'],
    ['a membership among recipients', recipients({ min: 1 }), { record: membership }, '/record'],
    ['an award among guests', guests, { record: award }, '/record'],
    ['an organization among agreements', agreements, { organization: first }, '/organization'],
    ['a membership in another body', recorded, { record: strangeMembership }, '/record'],
    ['an award of another programme', recipients({ min: 1 }), { record: strangeAward }, '/record'],
    ['a mere intent among members', members, { record: membership }, '/record'],
    ['an admission to come among members', members, { record: future }, '/record'],
    ['an admission without an intent among intents', recorded, { record: admission }, '/record'],
    ['the body among its members', members, { organization: body }, '/organization'],
    ['the body among those who wish to join it', recorded, { organization: body }, '/organization'],
  ])('refuses %s', (_, opening, data, pointer) => {
    given([opening], { beside, today: '2023-03-01' })
      .when('identify-in-cohort', data)
      .thenRefused('not-of-this-cohort', pointer);
  });
  it('takes both what was intended and what it became', () => {
    const became = { beside: { ...beside, [membership]: [intent(first, body), admitted('2023-02')] } };
    for (const opening of [recorded, members]) {
      given([opening], became).when('identify-in-cohort', { record: membership }).thenAccepted();
    }
  });
  it('takes the body itself where it does not count who joins', () => {
    given([['cohort.recorded', { subject: 'guests', body, count: { max: 2 } }]])
      .when('identify-in-cohort', { organization: body })
      .thenAccepted();
  });
  it.each([
    ['at another ceremony', elsewhere, 'refused'],
    ['at the same ceremony', ceremony, 'accepted'],
    ['at a ceremony of which that of the cohort is a part', conference, 'accepted'],
    ['at no ceremony that is known', undefined, 'accepted'],
  ])('judges a record %s', (_, at, outcome) => {
    const happened = (type: string): Fact => [type, { body, organization: first, ...(at && { ceremony: at }) }];
    const around = {
      beside: {
        ...beside,
        [membership]: [happened('membership.intent-declared')],
      },
    };
    const then = given([recorded], around).when('identify-in-cohort', { record: membership });
    if (outcome === 'accepted') then.thenAccepted();
    else then.thenRefused('not-of-this-cohort', '/record');
  });
  it('judges an award at another ceremony, and one at a part of that of the cohort', () => {
    const at = (place: string) => ({
      beside: {
        ...beside,
        [award]: [['award.conferred', { programme, recipient: { organization: first }, ceremony: place }] as Fact],
      },
    });
    const opening: Fact = [
      'cohort.recorded',
      { subject: 'recipients', programme, ceremony: conference, count: { min: 1 } },
    ];
    given([opening], at(elsewhere))
      .when('identify-in-cohort', { record: award })
      .thenRefused('not-of-this-cohort', '/record');
    given([opening], at(ceremony)).when('identify-in-cohort', { record: award }).thenAccepted();
  });
  it('goes by where the intent was declared, wherever it led', () => {
    const facts: Fact[] = [
      ['membership.intent-declared', { body, organization: first, on: '2023-01', ceremony }],
      ['membership.admitted', { body, organization: first, on: '2023-02', ceremony: elsewhere }],
    ];
    const around = { beside: { ...beside, [membership]: facts } };
    given([recorded], around).when('identify-in-cohort', { record: membership }).thenAccepted();
    given([members], around)
      .when('identify-in-cohort', { record: membership })
      .thenRefused('not-of-this-cohort', '/record');
  });
  it('takes a membership in whatever body where the cohort names none', () => {
    given([['cohort.recorded', { subject: 'intents', ceremony, count: { min: 31 } }]], { beside })
      .when('identify-in-cohort', { record: strangeMembership })
      .thenAccepted();
  });
  it('refuses a record that is not among those that can be identified', () => {
    given([recorded], { beside })
      .when('identify-in-cohort', { record: ceremony })
      .thenRefused('value-invalid', '/record');
  });
  it('takes the right to act on the record too', () => {
    const opening: Fact = ['cohort.recorded', { subject: 'recipients', body: second, count: { min: 1 } }];
    const as = (organization: string) => ({ beside, actor: { client: 'x', organization } });
    given([opening], as(second)).when('identify-in-cohort', { record: award }).thenRefused('right-lacking', '/record');
    given([opening], as(second)).when('identify-in-cohort', { organization: first }).thenAccepted();
    const own: Fact = ['cohort.recorded', { subject: 'recipients', body, count: { min: 1 } }];
    given([own], as(body)).when('identify-in-cohort', { record: award }).thenAccepted();
  });
});

describe('identify-in-cohort, of an award that several share', () => {
  const shared: Fact = [
    'award.conferred',
    { programme, recipients: [first, second].map((organization) => ({ organization })) },
  ];
  const around = { beside: { ...beside, [award]: [shared] } };
  const of = (organization: string) => ({ record: award, organization });

  it('names whose part it is, and tells it on both', () => {
    const act = given([recipients({ min: 1 })], around).when('identify-in-cohort', of(second));
    act.then(identified(second, award));
    act.thenBeside(award, ['award.identified-in-cohort', { cohort: self }]);
  });
  it('is refused where nobody says whose, or where it is nobody’s of them', () => {
    for (const data of [{ record: award }, of(third)]) {
      given([recipients({ min: 1 })], around)
        .when('identify-in-cohort', data)
        .thenRefused('identify-one', '/organization');
    }
  });
  it('counts each of them, once', () => {
    const before = [recipients({ min: 1 }), identified(first, award)];
    given(before, around).when('identify-in-cohort', of(second)).thenAccepted();
    given(before, around).when('identify-in-cohort', of(first)).thenRefused('identified-already', '/record');
    expect(presented(...before, identified(second, award))).toMatchObject({ counted: { min: 2 } });
  });
});

describe('shortlists and honourees', () => {
  const of = (subject: string): Fact => ['cohort.recorded', { subject, programme, count: { exact: 5 } }];
  it.each(['shortlists', 'honourees'])('are counted: %s', (subject) => {
    given([], { beside })
      .when('record-cohort', { subject, programme, count: { exact: 5 } })
      .then(of(subject));
    given([of(subject)], { beside })
      .when('identify-in-cohort', { organization: first })
      .thenAccepted();
  });
  it('have awards where they were honoured, and no record while they stand on a list', () => {
    given([of('honourees')], { beside })
      .when('identify-in-cohort', { record: award })
      .thenAccepted();
    given([of('shortlists')], { beside })
      .when('identify-in-cohort', { record: award })
      .thenRefused('not-of-this-cohort', '/record');
  });
});

describe('state-cohort-count', () => {
  const stated = (count: object, more: object = {}): Fact => ['cohort.count-stated', { count, ...more }];
  const standingAfter = (...facts: Fact[]) =>
    standingOf(recordOf(self, facts as [Fact, ...Fact[]], { client: 'gzde', organization: body }));
  const host = { speaksAs: 'host' };

  it('records what another source says, whoever submits it', () => {
    given([recipients({ exact: 30 })], { beside, actor: { client: 'stranger' } })
      .when('state-cohort-count', { count: { exact: 35 }, on: '2023-02' })
      .then(stated({ exact: 35 }, { on: '2023-02' }));
  });
  it('is refused once the number is settled, and below those who are identified', () => {
    given([recorded, reconciled(33)], { beside })
      .when('state-cohort-count', { count: { exact: 35 } })
      .thenRefused('cohort-reconciled', '');
    const two = [recorded, identified(first), identified(second)];
    given(two, { beside })
      .when('state-cohort-count', { count: { max: 1 } })
      .thenRefused('below-identified', '/count');
    given(two, { beside })
      .when('state-cohort-count', { count: { max: 2 } })
      .thenAccepted();
  });
  it('leaves every count standing, each with its evidence and its own standing', () => {
    const other = [{ source: { title: 'Another newspaper' }, basis: 'stated' }];
    const counts = presented(
      recipients({ exact: 30 }),
      stated({ min: 31 }, { on: '2023-02', evidence: other, ...host }),
    );
    expect(counts.counts).toEqual([
      { version: 1, count: { exact: 30 }, standing: 'reported', evidence },
      { version: 2, count: { min: 31 }, on: '2023-02', standing: 'hosted', evidence: other },
    ]);
  });
  it.each<[object[], object, string]>([
    [[{ min: 31 }], { min: 31 }, 'reported'],
    [[{ min: 31 }, { exact: 33 }], { exact: 33 }, 'reported'],
    [[{ min: 31 }, { max: 40 }], { min: 31, max: 40 }, 'reported'],
    [[{ min: 31 }, { min: 35 }], { min: 35 }, 'reported'],
    [[{ max: 40 }, { max: 35 }], { max: 35 }, 'reported'],
    [[{ exact: 30 }, { exact: 35 }], { min: 30, max: 35 }, 'disputed'],
    [[{ exact: 30 }, { min: 31 }], { min: 30 }, 'disputed'],
    [[{ exact: 30 }, { min: 10, max: 20 }, { exact: 15 }], { min: 10, max: 30 }, 'disputed'],
  ])('shows of %j the count %j, and is %s', (counts, shown, standing) => {
    const [opening, ...others] = counts.map((count, place) => (place === 0 ? recipients(count) : stated(count)));
    const facts = [opening as Fact, ...others];
    expect(presented(...facts)).toMatchObject({ count: shown });
    expect(presented(...facts).count).toEqual(shown);
    expect(standingAfter(...facts)).toBe(standing);
    const reversed = counts.toReversed().map((count, place) => (place === 0 ? recipients(count) : stated(count)));
    expect(presented(...reversed).count).toEqual(shown);
  });
  it('puts what the host says before what others do, and no other calls that into question', () => {
    const facts = [recipients({ exact: 30 }), stated({ exact: 35 }, host)];
    expect([presented(...facts).count, standingAfter(...facts)]).toEqual([{ exact: 35 }, 'hosted']);
    const both = [...facts, stated({ exact: 36 }, host)];
    expect([presented(...both).count, standingAfter(...both)]).toEqual([{ min: 35, max: 36 }, 'disputed']);
  });
  it('is in dispute no more once the number is settled', () => {
    const facts = [recipients({ exact: 30 }), stated({ exact: 35 }), reconciled(35)];
    expect(standingAfter(...facts)).toBe('reported');
    expect(presented(...facts)).toMatchObject({ count: { min: 30, max: 35 }, counted: { exact: 35 } });
  });
  it('lets as many be identified as the counts leave open', () => {
    const facts = [recipients({ exact: 1 }), stated({ exact: 2 }), identified(first)];
    given(facts, { beside }).when('identify-in-cohort', { organization: second }).thenAccepted();
    given([...facts, identified(second)], { beside })
      .when('identify-in-cohort', { organization: third })
      .thenRefused('cohort-full', '/organization');
  });
  it('rules out nobody whom another source allows', () => {
    given([recipients({ min: 1 }), stated({ exact: 1 }), identified(first)], { beside })
      .when('identify-in-cohort', { organization: second })
      .thenAccepted();
  });
  it('is corrected like every fact', () => {
    given([recipients({ exact: 30 }), stated({ exact: 35 })], { beside })
      .when('correct-cohort', { corrects: 2, set: { count: { exact: 30 } }, reason: 'clerical' })
      .thenAccepted();
  });
});

describe('reconcile-cohort', () => {
  it('settles the number', () => {
    given([recorded], { beside })
      .when('reconcile-cohort', { exact: 33, on: '2023-12' })
      .then(reconciled(33, '2023-12'));
  });
  it('refuses a number below those who are identified', () => {
    given([recorded, identified(first), identified(second)], { beside })
      .when('reconcile-cohort', { exact: 1 })
      .thenRefused('below-identified', '/exact');
    given([recorded, identified(first), identified(second)], { beside })
      .when('reconcile-cohort', { exact: 2 })
      .thenAccepted();
  });
  it('closes the cohort, whatever the days of later facts', () => {
    for (const on of [undefined, '2023-03', '2025']) {
      const dated = on === undefined ? {} : { on };
      given([recorded, reconciled(33, '2024')], { beside })
        .when('identify-in-cohort', { organization: first, ...dated })
        .thenRefused('cohort-reconciled', '');
      given([recorded, reconciled(33, '2024')], { beside })
        .when('reconcile-cohort', { exact: 34, ...dated })
        .thenRefused('cohort-reconciled', '');
    }
  });
  it('is not dated before what the cohort counts, nor before one was identified', () => {
    given([['cohort.recorded', { ...intents, on: '2023-02-23' }]], { beside })
      .when('reconcile-cohort', { exact: 33, on: '2022' })
      .thenRefused('contradicts-history', '/on');
    given([recorded, ['cohort.identified', { organization: first, on: '2023-05' }]], { beside })
      .when('reconcile-cohort', { exact: 33, on: '2023-04' })
      .thenRefused('contradicts-history', '/on');
  });
});

describe('what a cohort counts', () => {
  it('is more than thirty, none of whom is named', () => {
    expect(presented(recorded)).toMatchObject({
      count: { min: 31 },
      identified: [],
      unnamed: { min: 31 },
      counted: { min: 31 },
    });
  });
  it('keeps the count as given while some are identified', () => {
    expect(presented(recorded, identified(first), identified(second, membership))).toMatchObject({
      count: { min: 31 },
      identified: [{ organization: first }, { organization: second, record: membership }],
      unnamed: { min: 29 },
      counted: { min: 31 },
    });
  });
  it.each([
    [{ exact: 3 }, { exact: 1 }, { exact: 3 }],
    [{ min: 1 }, { min: 0 }, { min: 2 }],
    [{ max: 5 }, { min: 0, max: 3 }, { min: 2, max: 5 }],
    [
      { min: 3, max: 5 },
      { min: 1, max: 3 },
      { min: 3, max: 5 },
    ],
  ])('is, of %j with two identified, %j unnamed and %j in all', (count, unnamed, counted) => {
    const fields = presented(recipients(count), identified(first), identified(second));
    expect([fields.unnamed, fields.counted]).toEqual([unnamed, counted]);
  });
  it('counts an organization once whose record followed its name', () => {
    const fields = presented(recipients({ min: 1 }), identified(first), identified(first, award));
    expect(fields).toMatchObject({ identified: [{ organization: first, record: award }], counted: { min: 1 } });
    expect(fields.facts).toHaveLength(3);
  });
  it('is the exact number once it is reconciled, with what was first reported beside it', () => {
    expect(presented(recorded, identified(first), reconciled(33))).toMatchObject({
      count: { min: 31 },
      unnamed: { exact: 32 },
      counted: { exact: 33 },
    });
  });
});

describe('a cohort', () => {
  it('is open until it is reconciled', () => {
    const state = stateOf(recorded, reconciled(33, '2023-12-24'));
    expect(cohort.lifecycle.statusOn(state, '2023-12-23')).toBe('open');
    expect(cohort.lifecycle.statusOn(state, '2023-12-24')).toBe('reconciled');
    expect(cohort.lifecycle.days?.(state)).toEqual(['2023-12-24']);
  });
  it('belongs to its body and programme; the record alone tells who is identified, as they may be any number', () => {
    const facets = indexFieldsOf(recordOf(self, [recorded, identified(first)]));
    expect(facets).toMatchObject({
      kind: 'intents',
      ceremony,
      within: { body },
      hosts: [body],
      parties: [],
      participants: [body],
    });
    expect(indexFieldsOf(recordOf(self, [recipients({ min: 1 })])).within).toEqual({ programme });
  });
  it('stands on the record that it identified', () => {
    expect(recordOf(takenAward, beside[takenAward] ?? [])?.cohort).toBe(other);
  });
});
