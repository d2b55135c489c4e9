import { describe, expect, it } from 'vitest';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import type { Identifier } from '../../domain/organization/identifiers.ts';
import { hashOfMatchKey, matchKeysOf, normalised } from '../../domain/organization/match-keys.ts';
import { allRows, applyCommit } from '../../domain/projections/projection.ts';
import { records } from '../../domain/projections/records.ts';
import { eventsOf, type Fact, given, idOf, recordOf } from '../support/decider.ts';

const [self, target, third, old] = ['a', 'b', 'c', 'd'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
  string,
];
const [body, partner] = [idOf('organization', 'x'), idOf('organization', 'y')];
const registered: Fact = ['organization.registered', { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }] }];
const absorbed = (organization: string): Fact => ['organization.absorbed', { organization }];
const merged = (into: string): Fact => ['organization.merged', { into }];
const registrar = { client: 'registrar' };
const lei = { scheme: 'lei', value: '506700GE1G29325QX363' };

/** The register after `old` was merged into `target`. */
const oldIsTarget = { [old]: [registered, merged(target)], [target]: [registered, absorbed(old)] };

describe('merge-organization', () => {
  const merging = (around: object = {}, facts: readonly Fact[] = [registered], into = target) =>
    given(facts, { actor: registrar, ...around }).when('merge-organization', { into, reason: 'Registered twice' });

  it('says on both that they are one', () => {
    const outcome = merging();
    outcome.then(['organization.merged', { into: target, reason: 'Registered twice' }]);
    outcome.thenBeside(target, absorbed(self));
  });
  it('hands over identifiers and clients', () => {
    const facts: Fact[] = [
      registered,
      ['organization.identifier-linked', { identifier: lei, on: '2020' }],
      ['organization.client-appointed', { client: 'spdb' }],
    ];
    const taken = { organization: self, identifiers: [lei], clients: ['spdb'] };
    merging({}, facts).thenBeside(target, ['organization.absorbed', taken]);
    const { aggregate } = recordOf(self, facts) ?? {};
    const held = (id: string, ...after: Fact[]) => aggregate?.holds?.(recordOf(id, after)?.state);
    expect(held(self, ...facts, merged(target))).toEqual([]);
    expect(held(target, registered, ['organization.absorbed', taken])).toEqual([
      { kind: 'lei', key: lei.value },
      { kind: 'client', key: 'spdb' },
    ]);
  });
  it('says anew what all that it had absorbed is now, so that it is always the last one', () => {
    const facts = [registered, absorbed(third), absorbed(old)];
    const beside = { [third]: [registered, merged(self)], [old]: [registered, merged(self)] };
    const outcome = merging({ beside }, facts);
    outcome.thenBeside(third, ['organization.merged', { into: target, reason: 'Registered twice' }]);
    outcome.thenBeside(old, ['organization.merged', { into: target, reason: 'Registered twice' }]);
    outcome.thenBeside(target, absorbed(self), absorbed(third), absorbed(old));
  });
  it('refuses an organization that is the target itself', () => {
    merging({}, [registered], self).thenRefused('merge-into-itself', '/into');
  });
  it('refuses a target that was merged itself', () => {
    const beside = { [target]: [registered, merged(third)] };
    merging({ beside }).thenRefused('merge-into-merged', '/into');
  });
  it('refuses what was merged into the organization before: they are one already', () => {
    const beside = { [target]: [registered, merged(self)] };
    merging({ beside }, [registered, absorbed(target)]).thenRefused('merge-into-itself', '/into');
  });
  it('refuses to act on what was merged', () => {
    merging({}, [registered, merged(third)]).thenRefused('target-merged', '');
    given([registered, merged(third)])
      .when('add-name', { name: { value: 'Other', lang: 'en' } })
      .thenRefused('target-merged', '');
    given([registered, merged(third)])
      .when('add-evidence-to-organization', {})
      .thenRefused('target-merged', '');
  });
  it('lets one organization absorb fifty, and no more', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        absorbed(
          `organization-${'z'.repeat(24)}${'abcdefghijklmnopqrstuvwxyz'[Math.trunc(n / 26)]}${'abcdefghijklmnopqrstuvwxyz'[n % 26]}`,
        ),
      );
    merging({ beside: { [target]: [registered, ...many(49)] } }).thenAccepted();
    merging({ beside: { [target]: [registered, ...many(50)] } }).thenRefused('cap-absorbed', '/into');
  });
  it('refuses a target that was registered in error', () => {
    const beside = { [target]: [registered, ['organization.retracted', { reason: 'No such bank' }]] };
    merging({ beside }).thenRefused('record-retracted', '/into');
  });

  const member = (organization: string, ...facts: Fact[]): Fact[] => [
    ['membership.admitted', { body, organization, on: '2020' }],
    ...facts,
  ];
  const [one, other] = [idOf('membership', 'm'), idOf('membership', 'n')];
  it('refuses two live members of one body', () => {
    const memberships = { [one]: member(self), [other]: member(target) };
    merging({ memberships }).thenRefused('both-members', '/into');
    merging({ memberships: { [one]: member(self), [other]: member(third) } }).thenAccepted();
  });
  it('accepts them when one has left, or may have', () => {
    for (const on of ['2022', '2023']) {
      const left: Fact = ['membership.resigned', { on }];
      merging({ memberships: { [one]: member(self, left), [other]: member(target) } }).thenAccepted();
    }
  });
  it('finds that two bodies are one', () => {
    const beside = { [body]: [registered, merged(partner)], [partner]: [registered, absorbed(body)] };
    const inPartner: Fact[] = [['membership.admitted', { body: partner, organization: target, on: '2020' }]];
    merging({ beside, memberships: { [one]: member(self), [other]: inPartner } }).thenRefused('both-members', '/into');
  });
});

describe('a correction', () => {
  it('of what a merge recorded is refused', () => {
    const set = { organization: third };
    given([registered, absorbed(old)])
      .when('correct-organization', { corrects: 2, set, reason: 'identity' })
      .thenRefused('not-correctable', '/corrects');
  });
});

describe('rules', () => {
  const between = (...organizations: string[]) => organizations.map((organization) => ({ organization }));

  it('take two ids of one organization for one party', () => {
    given([], { beside: oldIsTarget })
      .when('register-agreement', { kind: 'supply', parties: between(old, target) })
      .thenRefused('party-repeated', '/parties/1');
  });
  it('take a party by any of its ids, and record it under the one that the record knows', () => {
    const agreement: Fact = ['agreement.registered', { kind: 'supply', parties: between(old, partner) }];
    given([agreement], { beside: oldIsTarget })
      .when('sign-agreement', { party: target, mode: 'definitive' })
      .then(['agreement.signed', { party: old, mode: 'definitive' }]);
  });
  it('leave two parties of one agreement that were merged as they are', () => {
    const agreement: Fact = ['agreement.registered', { kind: 'supply', parties: between(old, target) }];
    const signed = (party: string): Fact => ['agreement.signed', { party, mode: 'definitive' }];
    given([agreement, signed(old)], { beside: oldIsTarget })
      .when('sign-agreement', signed(target)[1])
      .then(signed(target));
  });
  it('find a relation to itself', () => {
    given([registered, absorbed(old)], { beside: { [old]: [registered, merged(self)] } })
      .when('relate', { type: 'part-of', to: old })
      .thenRefused('relation-to-itself', '/to');
  });
  it('find a member of itself, whichever of the two ids is the body', () => {
    for (const [one, two] of [
      [old, target],
      [target, old],
    ]) {
      given([], { beside: oldIsTarget })
        .when('admit', { body: one, organization: two })
        .thenRefused('member-of-itself', '/organization');
    }
  });
  it('let one membership live at a time, under whatever id', () => {
    const [mine, other] = [idOf('membership'), idOf('membership', 'n')];
    const memberships = { [other]: [['membership.admitted', { body, organization: old, on: '2020' }] as Fact] };
    const facts: Fact[] = [
      ['membership.admitted', { body, organization: target, on: '2010' }],
      ['membership.lapsed', { on: '2011' }],
    ];
    const around = { beside: oldIsTarget, memberships };
    given(facts, around).when('reinstate-member', { on: '2023' }).thenRefused('already-member', '');
    given(facts, { memberships: { [mine]: memberships[other] as Fact[] } })
      .when('reinstate-member', { on: '2023' })
      .thenAccepted();
  });
  it('find that the recipient of an award is the body', () => {
    const programme = idOf('award-programme');
    const opened: Fact = ['award-programme.opened', { names: [{ value: 'Prize', lang: 'en' }], conferredBy: [target] }];
    given([], { beside: { ...oldIsTarget, [programme]: [opened] } })
      .when('confer-award', { programme, recipient: { organization: old } })
      .thenRefused('self-conferred', '/recipient/organization');
  });
  it('find that two recipients of an award are one', () => {
    const programme = idOf('award-programme');
    const opened: Fact = ['award-programme.opened', { names: [{ value: 'Prize', lang: 'en' }], conferredBy: [body] }];
    const recipients = [{ organization: old }, { organization: target }];
    given([], { beside: { ...oldIsTarget, [programme]: [opened] } })
      .when('confer-award', { programme, recipients })
      .thenRefused('recipient-repeated', '/recipients/1/organization');
    given([], { beside: { [programme]: [opened] } })
      .when('confer-award', { programme, recipients })
      .thenAccepted();
  });
  it('close an organization with the one that it is', () => {
    const beside = {
      ...oldIsTarget,
      [target]: [registered, absorbed(old), ['organization.closed', { on: '2020' }] as Fact],
    };
    given([], { beside })
      .when('perform-launch', {
        kind: 'platform',
        names: [{ value: 'P', lang: 'en' }],
        by: [old],
        mode: 'sole',
        meaning: 'launched',
        on: '2022',
      })
      .thenRefused('after-closing', '/by/0');
  });
  it('identify an organization in a cohort once, under whatever id', () => {
    const cohort: Fact = ['cohort.recorded', { subject: 'members', body, count: { min: 3 } }];
    given([cohort, ['cohort.identified', { organization: old }]], { beside: oldIsTarget })
      .when('identify-in-cohort', { organization: target })
      .thenRefused('identified-already', '/organization');
  });
});

describe('rights', () => {
  const agreement: Fact = [
    'agreement.registered',
    { kind: 'supply', parties: [{ organization: old }, { organization: partner }] },
  ];
  const actor = { client: 'of-target', organization: target };

  it('are those of the organization under every id, and it speaks under the one that the record knows', () => {
    const { outcome } = given([agreement], { beside: oldIsTarget, actor }).when('corroborate-agreement', {});
    expect(outcome).toMatchObject({ ok: true, events: [{ data: { speaksAs: 'party' } }] });
    given([agreement], { actor }).when('corroborate-agreement', {}).thenRefused('right-lacking', '');
  });
  it('leave what the body decides to the body', () => {
    const admitted: Fact = ['membership.admitted', { body, organization: old, on: '2020' }];
    given([admitted], { beside: oldIsTarget, actor })
      .when('expel-member', { on: '2021' })
      .thenRefused('body-decides', '');
  });
});

describe('rows', () => {
  const rowsOf = (facts: readonly Fact[]) => {
    const events: RegistryEvent[] = eventsOf(self, facts);
    return allRows(records, applyCommit(undefined, events, 7));
  };
  it('of what was merged are its own, its likenesses and its moments: no list holds it', () => {
    const rows = rowsOf([
      [
        'organization.registered',
        { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }], relations: [{ type: 'part-of', to: third }] },
      ],
      merged(target),
    ]);
    expect(rows.map(({ partition }) => partition)).toEqual([`record/${self}`, 'likenesses', 'timeline']);
    expect(rows[0]?.value).toMatchObject({ mergedInto: target, state: 'merged' });
  });
  it('bring together names that differ in case, accents, width, ligatures, forms and punctuation only', () => {
    const same = [
      ['Straße & Co.', 'STRASSE Co', 'Strasse Company', 'ＳＴＲＡẞＥ CO'],
      ['Société Générale S.A.', 'SOCIETE GENERALE SA', 'Socie\u0301te\u0301 générale (SA)'],
      ['株式会社ダイヤモンド', '㈱ダイヤモンド', '（株）ダイヤモンド', '㍿ダイヤモンド', '(株) ﾀﾞｲﾔﾓﾝﾄﾞ'],
      ['有限会社 寶石', '㈲寶石'],
      ['㈜보석', '주식회사 보석', '(주)보석'],
      ['Office Finance Ltd', 'Oﬃce Finance Limited', 'Oﬃce ﬁnance LTD.'],
      ['Łódź Ægir Øre GmbH', 'Lodz Aegir Ore Gesellschaft mit beschränkter Haftung'],
      ['ООО «Алмаз»', 'Общество с ограниченной ответственностью "Алмаз"'],
      ['ΟΔΟΣ', 'οδος', 'Οδός'],
      ['İstanbul Elmas', 'Istanbul Elmas', 'ıstanbul elmas'],
      // The second has Cyrillic letters in place of a, c, e and o; the third a Greek one.
      ['Peace Bank', 'Реасе Ваnk', 'Peαce Bank'],
      ['Guangzhou Diamond Exchange', 'GUANGZHOU  diamond-exchange', 'Ｇｕａｎｇｚｈｏｕ Diamond Exchange.'],
      ['广州钻石交易中心', '广州 钻石交易中心', '「广州钻石交易中心」'],
      ['Биржа', 'биржа', '«БИРЖА»'],
    ];
    for (const spellings of same) expect(new Set(spellings.map(normalised)).size).toBe(1);
    expect(new Set(same.map(([first]) => normalised(String(first)))).size).toBe(same.length);
    expect(normalised('***')).toBe('***');
    const others = [
      ['Биржа', 'Баржа'],
      ['Diamond Ltd', 'Diamond Inc'],
      ['株式会社ダイヤ', '有限会社ダイヤ'],
      ['हीरा', 'हारी'],
      ['Limited Edition', 'Edition'],
      ['カン', 'ガン'],
    ];
    for (const [one = '', other = ''] of others) expect(normalised(one)).not.toBe(normalised(other));
  });
  it('bring together codes that differ in their last character, and no placeholders', () => {
    const keys = (...identifiers: Identifier[]) => matchKeysOf({ identifiers });
    const uscc = (value: string): Identifier => ({ scheme: 'uscc', value });
    expect(keys(uscc('91350203M0001QKT19'))).toEqual(keys(uscc('91350203M0001QKT1F')));
    expect(keys({ scheme: 'other', issuer: 'WFDB', value: '0000' })).toEqual([]);
    expect(keys({ scheme: 'other', issuer: 'WFDB', value: 'СО-1' })).not.toEqual(
      keys({ scheme: 'other', issuer: 'WFDB', value: 'CO-1' }),
    );
  });
  it('have keys by FNV-1a: its published test vectors', () => {
    expect(['', 'a', 'foobar'].map(hashOfMatchKey)).toEqual([
      'cbf29ce484222325',
      'af63dc4c8601ec8c',
      '85944171f73967e8',
    ]);
  });
});
