import { describe, expect, it } from 'vitest';
import { type Actor, type FoldedRecord, lookupIn } from '../../domain/kernel/aggregate.ts';
import { overfull, roomFor, wholeRoom } from '../../domain/record/room.ts';
import { type Fact, idOf, recordOf } from '../support/decider.ts';

const [exchange, bank, supplier] = ['e', 'b', 's'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
];
const id = idOf('agreement');
const signing = idOf('ceremony', 'c');
const named: Fact = ['organization.registered', { kind: 'company', names: [{ value: 'Any', lang: 'en' }] }];
const appointed = (client: string): Fact => ['organization.client-appointed', { client }];
const records = new Map<string, FoldedRecord>([
  [
    signing,
    recordOf(signing, [['ceremony.recorded', { kind: 'signing', roles: [{ organization: exchange, role: 'host' }] }]]),
  ],
  ...[exchange, bank, supplier].map((one): [string, FoldedRecord] => [one, recordOf(one, [named])]),
]);
const lookup = lookupIn((key) => ({ record: records.get(key) }));
const parties = [{ organization: bank }, { organization: supplier }];
const agreement = recordOf(id, [['agreement.registered', { kind: 'supply', parties, ceremony: signing }]], {
  client: 'gzde',
  organization: supplier,
});
const acting = (organization: string): Actor => ({ client: `client-of-${organization.at(-1)}`, organization });

describe('the room of an actor in a record', () => {
  it.each<[who: string, actor: Actor, of: string, events: number, bytes: number]>([
    ['its submitter', { client: 'gzde', organization: supplier }, 'owner', 5000, 8_000_000],
    [
      'the client that opened it for its submitter, and acts for it no longer',
      { client: 'gzde' },
      'other',
      1250,
      2_000_000,
    ],
    ['another client of its submitter', acting(supplier), 'owner', 5000, 8_000_000],
    ['a registrar', { client: 'registrar', isRegistrar: true }, 'owner', 5000, 8_000_000],
    ['a host of its ceremony', acting(exchange), 'host-or-party', 4500, 7_200_000],
    ['a party', acting(bank), 'host-or-party', 4500, 7_200_000],
    ['a client without an appointment', { client: 'stranger' }, 'other', 1250, 2_000_000],
    ['a client of another organization', acting(idOf('organization', 'z')), 'other', 1250, 2_000_000],
  ])('%s', (_, actor, of, events, bytes) => {
    expect(roomFor(agreement, actor, lookup)).toEqual({ of, events, bytes });
  });

  it('is all of a record that is being opened', () => {
    expect(roomFor(undefined, { client: 'stranger' }, lookup)).toBe(wholeRoom);
  });

  it('is all of an organization for its clients, and for its submitter as long as it never had one', () => {
    const of = (facts: readonly Fact[], actor: Actor) => roomFor(recordOf(bank, [named, ...facts]), actor, lookup).of;
    const [submitter, own] = [{ client: 'gzde' }, acting(bank)];
    expect([of([], submitter), of([], own)]).toEqual(['owner', 'host-or-party']);
    expect([of([appointed('own')], submitter), of([appointed('own')], own)]).toEqual(['other', 'owner']);
    const dismissed: Fact[] = [appointed('own'), ['organization.client-dismissed', { client: 'own' }]];
    expect(of(dismissed, submitter)).toBe('other');
  });
});

describe('a stream', () => {
  const rules = (events: number, bytes: number, actor: Actor) =>
    overfull(id, { events, bytes }, roomFor(agreement, actor, lookup)).map(({ rule }) => rule);

  it.each<[who: string, actor: Actor, events: number, bytes: number]>([
    ['others', { client: 'stranger' }, 1250, 2_000_000],
    ['parties', acting(bank), 4500, 7_200_000],
    ['the owner', acting(supplier), 5000, 8_000_000],
  ])('is filled by %s to the last event and byte of their room', (_, actor, events, bytes) => {
    expect(rules(events, bytes, actor)).toEqual([]);
    expect(rules(events + 1, bytes, actor)).toEqual(['cap-record-events']);
    expect(rules(events, bytes + 1, actor)).toEqual(['cap-record-bytes']);
    expect(rules(events + 1, bytes + 1, actor)).toEqual(['cap-record-events', 'cap-record-bytes']);
  });

  it('says what it would hold and what it takes', () => {
    expect(overfull(id, { events: 5001, bytes: 1 }, wholeRoom)).toEqual([
      { rule: 'cap-record-events', pointer: '', detail: `${id} would have 5001 events; it takes at most 5000` },
    ]);
  });
});
