import { describe, it } from 'vitest';
import { type Fact, given, idOf } from '../support/decider.ts';

const self = idOf('ceremony');
const whole = idOf('ceremony', 'w');
const exchange = idOf('organization', 'e');
const federation = idOf('organization', 'f');
const recorded: Fact = ['ceremony.recorded', { kind: 'signing', roles: [{ organization: exchange, role: 'host' }] }];
const wholeOn = (on?: string) => ({ beside: { [whole]: [['ceremony.recorded', { kind: 'conference', on }] as Fact] } });

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
