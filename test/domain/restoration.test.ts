import { describe, expect, it } from 'vitest';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { organization } from '../../domain/organization/organization.ts';
import type { OrganizationState } from '../../domain/organization/state.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const self = idOf('organization');
const other = idOf('organization', 'b');
const registered: Fact = ['organization.registered', { kind: 'company', names: [{ value: 'Company', lang: 'en' }] }];
const closed = (on?: string): Fact => ['organization.closed', on === undefined ? {} : { on }];
const restored = (on?: string, asIfNeverClosed?: boolean): Fact => [
  'organization.restored',
  { ...(on !== undefined && { on }), ...(asIfNeverClosed && { asIfNeverClosed }) },
];
const name = (on: string) => ({ name: { value: 'Another', lang: 'en' }, on });
const recordWith = (...facts: Fact[]) => recordOf(self, [registered, ...facts]) as FoldedRecord;
const on = (day: string, ...facts: Fact[]) =>
  organization.lifecycle.statusOn(recordWith(...facts).state as OrganizationState, day);

describe('restore-organization', () => {
  it('restores what was closed', () => {
    given([registered, closed('2015')])
      .when('restore-organization', { on: '2017-03-01', asIfNeverClosed: true })
      .then(restored('2017-03-01', true));
    given([registered, closed('2015')])
      .when('restore-organization', {})
      .then(restored());
  });
  it('refuses what lies ahead', () => {
    given([registered, closed('2015')])
      .when('restore-organization', { on: '2026-01-02' })
      .thenRefused('in-the-future', '/on');
  });
  it('warns where the closing is not recorded, and refuses it where it would be missing', () => {
    given([registered]).when('restore-organization', { on: '2017' }).thenWarned('step-missing');
    given([registered]).when('restore-organization', { on: '2023-02-28' }).thenRefused('step-missing', '/on');
  });
  it('refuses to restore it before it was closed, where it stayed closed', () => {
    given([registered, closed('2015'), restored('2017')])
      .when('restore-organization', { on: '2023-02-28' })
      .thenRefused('step-missing', '/on');
  });

  it.each([
    ['2014-12-31', 'registered'],
    ['2015-01-01', 'closed'],
    ['2017-02-28', 'closed'],
    ['2017-03-01', 'registered'],
    ['2019-12-31', 'registered'],
    ['2020-01-01', 'closed'],
  ])('leaves it on %s %s, closed a second time or not', (day, state) => {
    const facts = [closed('2015-01-01'), restored('2017-03-01'), closed('2020-01-01')];
    expect(on(day, ...facts)).toBe(state);
    expect(on(day, ...facts.toReversed())).toBe(state);
  });
  it('leaves it as if it had never been closed, where the register says so', () => {
    const facts = [closed('2015-01-01'), restored('2017-03-01', true)];
    for (const day of ['2014-01-01', '2016-01-01', '2018-01-01']) expect(on(day, ...facts)).toBe('registered');
    expect(on('2021-01-01', ...facts, closed('2020-01-01'))).toBe('closed');
    expect(on('2016-01-01', ...facts, closed('2020-01-01'))).toBe('registered');
    expect(on('2016-01-01', closed('2010'), restored('2012'), ...facts)).toBe('registered');
    expect(on('2011-01-01', closed('2010'), restored('2012'), ...facts)).toBe('closed');
  });
  it('names the days on which the state changes', () => {
    const days = (...facts: Fact[]) => organization.lifecycle.days?.(recordWith(...facts).state as OrganizationState);
    expect(days(closed('2015-01-01'), restored('2017-03-01'))).toEqual(['2015-01-01', '2017-03-01']);
    expect(days(closed('2015-01-01'), restored('2017-03-01', true))).toEqual([]);
  });
});

describe('a second closing', () => {
  it('is possible after a restoration, in whatever order they are recorded', () => {
    given([registered, closed('2015'), restored('2017')])
      .when('close-organization', { on: '2020' })
      .then(closed('2020'));
    given([registered, closed('2020')])
      .when('restore-organization', { on: '2017' })
      .thenWarned('step-missing');
    given([registered, closed('2020'), restored('2017')])
      .when('close-organization', { on: '2015' })
      .then(closed('2015'));
  });
  it('is refused before it, and twice behind it', () => {
    given([registered, closed('2015')])
      .when('close-organization', { on: '2020' })
      .thenRefused('already-closed', '');
    given([registered, closed('2015'), restored('2017'), closed('2020')])
      .when('close-organization', { on: '2021' })
      .thenRefused('already-closed', '/on');
  });
});

describe('facts after a closing', () => {
  it('are refused while it was closed, and taken again since its restoration', () => {
    const facts = [registered, closed('2015'), restored('2017')];
    given(facts).when('add-name', name('2016-06')).thenRefused('after-closing', '/on');
    for (const day of ['2014', '2015-12-31', '2017-01-01', '2018']) {
      given(facts).when('add-name', name(day)).thenAccepted();
    }
    given([...facts, closed('2020')])
      .when('add-name', name('2021'))
      .thenRefused('after-closing', '/on');
    given([...facts, closed('2020')])
      .when('add-name', name('2018'))
      .thenAccepted();
  });
  it('are taken for all of the time, where it is as if it had never been closed', () => {
    const facts = [registered, closed('2015'), restored('2017', true)];
    given(facts).when('add-name', name('2016-06')).thenAccepted();
    given([registered, closed('2015')])
      .when('add-name', name('2016-06'))
      .thenRefused('after-closing', '/on');
  });
  it('of others are judged likewise', () => {
    const relates = (day: string, ...facts: Fact[]) =>
      given([registered], { beside: { [other]: [registered, ...facts] } }).when('relate', {
        type: 'part-of',
        to: other,
        on: day,
      });
    relates('2016-06', closed('2015'), restored('2017')).thenRefused('after-closing', '/to');
    relates('2018', closed('2015'), restored('2017')).thenAccepted();
    relates('2016-06', closed('2015'), restored('2017', true)).thenAccepted();
    relates('2018', closed('2015')).thenRefused('after-closing', '/to');
    // Nobody says when it was restored: nothing is certain.
    relates('2016-06', closed('2015'), restored()).thenAccepted();
  });
  it('are told when it was closed', () => {
    const fields = (...facts: Fact[]) => indexFieldsOf(recordWith(...facts));
    expect(fields(closed('2015'), restored('2017'))).toMatchObject({ closedBetween: [['2015', '2017']] });
    expect(fields(closed('2015'), restored('2017'))).not.toHaveProperty('closedOn');
    expect(fields(closed('2015'), restored('2017'), closed('2020'))).toMatchObject({ closedOn: '2020' });
  });
});

describe('who restores', () => {
  const facts = [registered, closed('2015')];
  const own: Fact = ['organization.client-appointed', { client: 'own' }];
  it('is the submitter of an organization that has no client, and any registrar', () => {
    given(facts).when('restore-organization', { on: '2017' }).thenAccepted();
    given(facts, { actor: { client: 'other' } })
      .when('restore-organization', { on: '2017' })
      .thenRefused('right-lacking', '');
    given(facts, { actor: { client: 'registrar', isRegistrar: true } })
      .when('restore-organization', { on: '2017' })
      .thenAccepted();
  });
  it('is the organization itself, or a registrar, where it has a client of its own', () => {
    given([...facts, own])
      .when('restore-organization', { on: '2017' })
      .thenRefused('right-lacking', '');
    given([...facts, own], { actor: { client: 'own', organization: self } })
      .when('restore-organization', { on: '2017' })
      .thenAccepted();
    given([...facts, own], { actor: { client: 'registrar', isRegistrar: true } })
      .when('restore-organization', { on: '2017' })
      .thenAccepted();
  });
});
