import { describe, expect, it } from 'vitest';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const [self, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
  string,
];
const names = [{ value: 'Any', lang: 'en' }];
const registered = (...relations: object[]): Fact => [
  'organization.registered',
  { kind: 'company', names, ...(relations.length > 0 && { relations }) },
];
const to = (type: string, target: string, times: object = {}) => ({ type, to: target, ...times });

describe('a chain of relations', () => {
  it.each(['branch-of', 'part-of', 'successor-of'])('never comes back by %s', (type) => {
    const beside = {
      [b]: [registered(to(type, c))],
      [c]: [registered(), ['organization.related', to(type, self)]],
    } as {
      [id: string]: Fact[];
    };
    given([registered()], { beside }).when('relate', to(type, b)).thenRefused('relation-ring', '/to');
    given([registered()], { beside: { ...beside, [c]: [registered()] } })
      .when('relate', to(type, b))
      .thenAccepted();
  });
  it('of subsidiaries may come back, with a warning', () => {
    const beside = { [b]: [registered(to('subsidiary-of', self))] };
    const { outcome } = given([registered()], { beside }).when('relate', to('subsidiary-of', b));
    expect(outcome).toMatchObject({ ok: true, warnings: [{ rule: 'relation-ring', record: self }] });
  });
  it('of members comes back: two federations may be members of each other', () => {
    const { outcome } = given([registered()], { beside: { [b]: [registered(to('member-of', self))] } }).when(
      'relate',
      to('member-of', b),
    );
    expect(outcome).toMatchObject({ ok: true, warnings: [] });
  });
  it('is one of a single type', () => {
    given([registered()], { beside: { [b]: [registered(to('member-of', self))] } })
      .when('relate', to('part-of', b))
      .thenAccepted();
  });
  it('is found by an opening too', () => {
    given([], { beside: { [b]: [registered(to('part-of', self))] } })
      .when('register-organization', { kind: 'company', names, relations: [to('member-of', c), to('part-of', b)] })
      .thenRefused('relation-ring', '/relations/1/to');
  });
  it.each<[string, Fact[], object, boolean]>([
    ['has ended', [['organization.relation-ended', to('part-of', self)]], {}, true],
    [
      'ended before',
      [['organization.relation-ended', { ...to('part-of', self), on: '2018' }]],
      { since: '2019' },
      true,
    ],
    [
      'ended later',
      [['organization.relation-ended', { ...to('part-of', self), on: '2018' }]],
      { since: '2016' },
      false,
    ],
    [
      'ended at about that time',
      [['organization.relation-ended', { ...to('part-of', self), on: '2018' }]],
      { since: '2018' },
      true,
    ],
  ])('is none where the other relation %s', (_, facts, times, isTaken) => {
    const when = given([registered()], { beside: { [b]: [registered(to('part-of', self)), ...facts] } }).when(
      'relate',
      to('part-of', b, times),
    );
    if (isTaken) when.thenAccepted();
    else when.thenRefused('relation-ring', '/to');
  });
  it('that was recorded before can be ended', () => {
    given([registered(to('part-of', b))], { beside: { [b]: [registered(to('part-of', self))] } })
      .when('end-relation', { ...to('part-of', b), on: '2018' })
      .thenAccepted();
  });
  it('follows merges: what was merged is what it was merged into', () => {
    const beside: Record<string, Fact[]> = {
      [b]: [registered(), ['organization.merged', { into: c }]],
      [c]: [registered(to('part-of', self)), ['organization.absorbed', { organization: b }]],
    };
    given([registered()], { beside }).when('relate', to('part-of', b)).thenRefused('relation-ring', '/to');
  });
  it('is not followed through what was registered in error', () => {
    const beside: Record<string, Fact[]> = {
      [b]: [registered(to('part-of', c))],
      [c]: [registered(to('part-of', self)), ['organization.retracted', { reason: 'Twice' }]],
    };
    given([registered()], { beside }).when('relate', to('part-of', b)).thenAccepted();
  });
  it('is not closed by a correction, of a relation or of its end', () => {
    const beside = { [b]: [registered(to('part-of', self))] };
    const related: Fact = ['organization.related', to('part-of', c)];
    given([registered(), related], { beside })
      .when('correct-organization', { corrects: 2, set: { to: b }, reason: 'identity' })
      .thenRefused('relation-ring', '/set/to');
    const both: [Fact, ...Fact[]] = [
      registered(to('part-of', b), to('part-of', c)),
      ['organization.relation-ended', to('part-of', b)],
    ];
    given(both, { beside })
      .when('correct-organization', { corrects: 2, set: { to: c }, reason: 'identity' })
      .thenRefused('relation-ring', '');
    given(both)
      .when('correct-organization', { corrects: 2, set: { to: c }, reason: 'identity' })
      .thenAccepted();
  });
  it('is not closed by taking a retraction back', () => {
    const facts: [Fact, ...Fact[]] = [registered(to('part-of', b)), ['organization.retracted', { reason: 'Twice' }]];
    const registrar = { actor: { client: 'registrar', isRegistrar: true } };
    given(facts, { ...registrar, beside: { [b]: [registered(to('part-of', self))] } })
      .when('withdraw-retraction-of-organization', { reason: 'It was right' })
      .thenRefused('relation-ring', '');
    given(facts, registrar).when('withdraw-retraction-of-organization', { reason: 'It was right' }).thenAccepted();
  });
  it('is not closed by a merge', () => {
    const beside = { [b]: [registered(to('part-of', c))], [c]: [registered(to('part-of', self))] };
    const registrar = { actor: { client: 'registrar', isRegistrar: true }, beside };
    given([registered()], registrar).when('merge-organization', { into: b }).thenRefused('relation-ring', '/into');
    given([registered()], registrar).when('merge-organization', { into: d }).thenAccepted();
  });
  it('is followed to sixty organizations, under each of their ids', () => {
    const chain = (length: number): Record<string, Fact[]> =>
      Object.fromEntries(
        Array.from({ length }, (_, index) => [
          numbered(index),
          [registered(...(index + 1 < length ? [to('part-of', numbered(index + 1))] : []))],
        ]),
      );
    given([registered()], { beside: chain(60) })
      .when('relate', to('part-of', numbered(0)))
      .thenAccepted();
    given([registered()], { beside: chain(61) })
      .when('relate', to('part-of', numbered(0)))
      .thenRefused('cap-chain', '/to');
    given([registered()], { beside: { [b]: [registered(to('part-of', c))], [c]: absorbing(59) } })
      .when('relate', to('part-of', b))
      .thenRefused('cap-chain', '/to');
    given([registered()], { beside: { [c]: absorbing(60) } })
      .when('register-organization', { kind: 'company', names, relations: [to('part-of', c)] })
      .thenRefused('cap-chain', '/relations/0/to');
  });
});

const numbered = (index: number) =>
  `organization-${'b'.repeat(23)}${[64, 8, 1].map((unit) => 'abcdefgh'[Math.floor(index / unit) % 8]).join('')}`;

/** An organization with so many ids besides its own. */
const absorbing = (count: number): Fact[] => [
  registered(),
  ...Array.from({ length: count }, (_, index): Fact => ['organization.absorbed', { organization: numbered(index) }]),
];

describe('the parties of an agreement', () => {
  const branchOf = (target: string, times: object = {}): Fact[] => [registered(to('branch-of', target, times))];
  const register = (beside: Record<string, readonly Fact[]>, more: object = {}, ...parties: string[]) =>
    given([], { beside }).when('register-agreement', {
      kind: 'other',
      parties: parties.map((organization) => ({ organization })),
      ...more,
    });
  const open: Fact = [
    'agreement.registered',
    {
      kind: 'other',
      parties: [{ organization: b }, { organization: d }],
      openForSignature: true,
      openForAccession: true,
    },
  ];

  it('are distinct: a branch of a branch is what that is a branch of', () => {
    const beside = { [self]: branchOf(b), [b]: branchOf(c) };
    register(beside, {}, self, c).thenRefused('party-repeated', '/parties/1');
    register(beside, {}, c, d, self).thenRefused('party-repeated', '/parties/2');
    register(beside, {}, self, d).thenAccepted();
  });
  it('are distinct: two branches of one are one', () => {
    register({ [self]: branchOf(c), [b]: branchOf(c) }, {}, self, b).thenRefused('party-repeated', '/parties/1');
  });
  it('count a branch as such on the day on which they act', () => {
    const since = { [self]: branchOf(c, { since: '2021' }) };
    const signatures = (on: string) => ({ signatures: [{ party: c, on }] });
    register(since, signatures('2016'), self, c).thenAccepted();
    register(since, signatures('2022'), self, c).thenRefused('party-repeated', '/parties/1');
    const then = { [self]: branchOf(c, { since: '2015', until: '2018' }) };
    register(then, signatures('2016'), self, c).thenRefused('party-repeated', '/parties/1');
    register(then, {}, self, c).thenAccepted();
  });
  it('are not joined by a branch of one of them', () => {
    const beside = { [self]: branchOf(c), [c]: branchOf(b) };
    given([open], { beside }).when('sign-agreement', { party: self }).thenRefused('party-repeated', '/party');
    given([open], { beside }).when('accede', { organization: self }).thenRefused('party-repeated', '/organization');
    given([open], { beside })
      .when('add-party', { parties: [{ organization: self }] })
      .thenRefused('party-repeated', '/parties/0');
    given([open], { beside: { [self]: branchOf(c) } })
      .when('sign-agreement', { party: self })
      .thenAccepted();
  });
  it('are told apart as far as chains are followed', () => {
    const beside = { [self]: branchOf(c), [c]: absorbing(59) };
    given([open], { beside }).when('sign-agreement', { party: self }).thenRefused('cap-chain', '/party');
    given([open], { beside }).when('accede', { organization: self }).thenRefused('cap-chain', '/organization');
    given([open], { beside })
      .when('add-party', { parties: [{ organization: self }] })
      .thenRefused('cap-chain', '/parties/0');
    register(beside, {}, self, d).thenRefused('cap-chain', '/parties/0');
  });
});

describe('what is said to end before it begins', () => {
  it('is refused wherever it stands', () => {
    const times = { since: '2019', until: '2018' };
    given([registered()])
      .when('relate', { ...to('part-of', b), ...times })
      .thenRefused('ends-before-it-begins', '/until');
    given([registered()])
      .when('add-name', { name: { value: 'Other', lang: 'en', ...times } })
      .thenRefused('ends-before-it-begins', '/name/until');
    given([registered(to('part-of', b, { since: '2019' }))])
      .when('correct-organization', { corrects: 1, set: { relations: [to('part-of', b, times)] }, reason: 'date' })
      .thenRefused('ends-before-it-begins', '/set/relations/0/until');
    expect(recordOf(self, [registered()])).toBeDefined();
  });
});
