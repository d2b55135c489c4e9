import { describe, expect, it } from 'vitest';
import { aggregateByName, schemaVersionOf } from '../../domain/catalog.ts';
import { type Actor, type FoldedRecord, lookupIn } from '../../domain/kernel/aggregate.ts';
import { type EventDraft, stamp } from '../../domain/kernel/event.ts';
import { areSame } from '../../domain/record/merges.ts';
import { apply, fold, standingOf } from '../../domain/record/record.ts';
import { mayAct, speaksAs } from '../../domain/record/rights.ts';
import { eventsOf, type Fact, given, idOf, recordOf } from '../support/decider.ts';

const [exchange, bank, supplier, gov] = ['e', 'b', 's', 'g'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
  string,
];
const id = idOf('agreement');
const signing = idOf('ceremony', 'c');
const hostedBy = (organization: string): Fact => [
  'ceremony.recorded',
  {
    kind: 'signing',
    roles: [
      { organization, role: 'host' },
      { organization: gov, role: 'guest' },
    ],
  },
];
const parties = [{ organization: bank }, { organization: supplier }];
const registered: Fact = ['agreement.registered', { kind: 'supply', parties, ceremony: signing }];
const world = (host = exchange) => {
  const records = new Map([[signing, recordOf(signing, [hostedBy(host)])]]);
  return lookupIn((key) => ({ record: records.get(key) }));
};
const acting = (organization: string): Actor => ({ client: `client-of-${organization.at(-1)}`, organization });
const agreementBy = (actor: Actor) => recordOf(id, [registered], actor) as FoldedRecord;

describe('folding', () => {
  it('makes nothing of no events', () => {
    expect(fold(aggregateByName('agreement'), [])).toBeUndefined();
  });
  it('tells who opened the record and when, and when it last changed', () => {
    const record = recordOf(id, [registered, ['agreement.signed', { party: bank }]], acting(bank));
    expect(record).toMatchObject({
      id,
      version: 2,
      recordedAt: '2023-02-27T12:00:00.000Z',
      changedAt: '2023-02-27T12:00:01.000Z',
      submitter: { client: 'client-of-b', organization: bank },
    });
  });
  it('keeps the submitter of the first event', () => {
    const opened = agreementBy({ client: 'gzde' });
    const by = { source: 'registry.test', stream: id, version: 2, time: '', actor: acting(bank), commandId: '' };
    const [event] = stamp([{ type: 'agreement.signed', data: { party: bank, evidence: [] } }], by, schemaVersionOf);
    expect(apply(opened.aggregate, opened, event as never).submitter).toEqual({ client: 'gzde' });
  });
  it('throws on a history that does not begin with an opening: that is no history', () => {
    for (const [aggregate, type] of [
      ['organization', 'organization.name-added'],
      ['ceremony', 'ceremony.role-assigned'],
      ['agreement', 'agreement.signed'],
    ] as const) {
      expect(() => fold(aggregateByName(aggregate), eventsOf(idOf(aggregate), [[type, {}]]))).toThrow('cannot open');
    }
  });
  it('stamps events with versions that follow each other', () => {
    const drafts: EventDraft[] = [
      { type: 'agreement.registered', data: {} },
      { type: 'agreement.signed', data: {} },
    ];
    const time = '2023-02-27T12:00:00.000Z';
    const by = { source: 'registry.test', stream: id, version: 4, time, actor: acting(bank), commandId: 'c' };
    expect(stamp(drafts, by, schemaVersionOf)).toMatchObject([
      { id: `${id}/4`, streamversion: 4, subject: id, time, onbehalfof: bank, commandid: 'c' },
      { id: `${id}/5`, streamversion: 5, dataschema: 'https://registry.test/schemas/agreement.signed/1' },
    ]);
    expect(stamp(drafts, { ...by, actor: { client: 'gzde' } }, schemaVersionOf)[0]).not.toHaveProperty('onbehalfof');
  });
  it('stamps further attributes of a commit and of one of its drafts', () => {
    const drafts: EventDraft[] = [
      { type: 'agreement.registered', data: {}, attributes: { keyid: 'k1' } },
      { type: 'agreement.signed', data: {} },
    ];
    const by = { source: 'registry.test', stream: id, version: 1, time: '', actor: { client: 'gzde' }, commandId: 'c' };
    expect(stamp(drafts, { ...by, attributes: { traceparent: 't' } }, schemaVersionOf)).toMatchObject([
      { id: `${id}/1`, traceparent: 't', keyid: 'k1' },
      { id: `${id}/2`, traceparent: 't' },
    ]);
    const [, plain] = stamp(drafts, by, schemaVersionOf);
    expect(Object.keys(plain ?? {})).not.toContain('attributes');
  });
});

describe('in what capacity a submitter speaks', () => {
  const about = (actor: Actor) => speaksAs(agreementBy({ client: 'x' }), actor, world());
  it.each([
    ['the host of the ceremony', acting(exchange), 'host'],
    ['a party', acting(bank), 'party'],
    ['a guest of the ceremony', acting(gov), 'other'],
    ['a client without an appointment', { client: 'gzde' }, 'other'],
  ])('%s', (_, actor, capacity) => {
    expect(about(actor)).toBe(capacity);
  });
  it('is the host where it is a party too', () => {
    expect(speaksAs(agreementBy({ client: 'x' }), acting(bank), world(bank))).toBe('host');
  });
  it('is the host of a part for the host of its whole', () => {
    const part = recordOf(idOf('ceremony', 'p'), [['ceremony.recorded', { kind: 'forum', partOf: signing }]]);
    expect(speaksAs(part as FoldedRecord, acting(exchange), world())).toBe('host');
  });
  it('is the host of a part of a part, too', () => {
    const [forum, launch] = [idOf('ceremony', 'f'), idOf('ceremony', 'l')];
    const parts = new Map([
      [signing, recordOf(signing, [hostedBy(exchange)])],
      [forum, recordOf(forum, [['ceremony.recorded', { kind: 'forum', partOf: signing }]])],
    ]);
    const part = recordOf(launch, [['ceremony.recorded', { kind: 'launch', partOf: forum }]]);
    expect(
      speaksAs(
        part as FoldedRecord,
        acting(exchange),
        lookupIn((key) => ({ record: parts.get(key) })),
      ),
    ).toBe('host');
    expect(
      speaksAs(
        part as FoldedRecord,
        acting(bank),
        lookupIn((key) => ({ record: parts.get(key) })),
      ),
    ).toBe('other');
  });
  it('is a party to its own entry in the register', () => {
    const entry = recordOf(bank, [['organization.registered', { kind: 'bank', names: [{ value: 'B', lang: 'en' }] }]]);
    expect(speaksAs(entry as FoldedRecord, acting(bank), world())).toBe('party');
    expect(speaksAs(entry as FoldedRecord, acting(supplier), world())).toBe('other');
  });
  it('stands in each event that a command causes', () => {
    const around = { actor: acting(exchange), beside: { [signing]: [hostedBy(exchange)] } };
    const { outcome } = given([], around).when('register-agreement', {
      kind: 'supply',
      parties,
      ceremony: signing,
      signatures: [{ party: bank }],
    });
    expect(outcome).toMatchObject({
      ok: true,
      events: [{ data: { speaksAs: 'host' } }, { data: { speaksAs: 'host' } }],
    });
  });
});

describe('who may act on a record', () => {
  const submitter: Actor = { client: 'gzde', organization: gov };
  it('is not the client that opened it for its submitter, and acts for that no longer', () => {
    expect(mayAct(agreementBy(submitter), { client: 'gzde' }, world())).toBe(false);
    expect(mayAct(agreementBy({ client: 'gzde' }), { client: 'gzde' }, world())).toBe(true);
  });
  it.each([
    ['its submitter', { client: 'gzde', organization: gov }, true],
    ['another client of the organization that submitted it', { client: 'gzde-2', organization: gov }, true],
    ['its host', acting(exchange), true],
    ['a party to it', acting(supplier), true],
    ['anybody else', acting(idOf('organization', 'z')), false],
    ['another client without an appointment', { client: 'gdgje' }, false],
  ])('%s: %#', (_, actor, may) => {
    expect(mayAct(agreementBy(submitter), actor, world())).toBe(may);
    const around = { actor, beside: { [signing]: [hostedBy(exchange)] } };
    const command = given([registered], around).when('sign-agreement', { party: bank });
    // `given` records as the client gzde, for no organization.
    if (actor.client === 'gzde-2') return;
    if (may) command.thenAccepted();
    else command.thenRefused('right-lacking', '');
  });
  it('is not a matter of having no organization in common', () => {
    expect(mayAct(agreementBy({ client: 'a' }), { client: 'b' }, world())).toBe(false);
  });
  it('leaves what a registrar does to his scope', () => {
    given([['organization.registered', { kind: 'bank', names: [{ value: 'B', lang: 'en' }] }]], {
      actor: { client: 'registrar' },
    })
      .when('appoint-client', { client: 'bank' })
      .thenAccepted();
  });
});

describe('standing', () => {
  const said = (voices: readonly [string, 'host' | 'party' | 'other'][], over: object = {}) => {
    const facts = voices.map(([speaker, capacity], index) => {
      const [type, data]: Fact =
        index === 0 ? [registered[0], { ...registered[1], ...over }] : ['agreement.signed', { party: index }];
      const by = { source: '', stream: id, version: index + 1, time: '', actor: acting(speaker), commandId: '' };
      return stamp([{ type, data: { ...data, evidence: [], speaksAs: capacity } }], by, schemaVersionOf);
    });
    return standingOf(fold(aggregateByName('agreement'), facts.flat()) as FoldedRecord);
  };
  it('is reported when others say so', () => {
    expect(said([[gov, 'other']])).toBe('reported');
  });
  it('is hosted when the host says so', () => {
    expect(
      said([
        [gov, 'other'],
        [exchange, 'host'],
      ]),
    ).toBe('hosted');
  });
  it('is still reported while one of two parties says so', () => {
    expect(
      said([
        [bank, 'party'],
        [bank, 'party'],
      ]),
    ).toBe('reported');
  });
  it('is confirmed when every party has said so', () => {
    expect(
      said([
        [bank, 'party'],
        [supplier, 'party'],
      ]),
    ).toBe('confirmed');
  });
  it('is confirmed, too, where the host is one of the parties', () => {
    expect(
      said([
        [bank, 'host'],
        [supplier, 'party'],
      ]),
    ).toBe('confirmed');
    expect(
      said([
        [bank, 'host'],
        [exchange, 'host'],
      ]),
    ).toBe('hosted');
  });
  it('is never confirmed while a party has no name', () => {
    const unnamed = { parties: [...parties, { unidentified: 'a supplier', lang: 'en' }] };
    expect(
      said(
        [
          [bank, 'party'],
          [supplier, 'party'],
        ],
        unnamed,
      ),
    ).toBe('reported');
  });
});

describe('evidence', () => {
  const pieces = [{ id: 'src-1', source: { lang: 'ru' }, basis: 'stated' }];
  const name = { value: 'GZDE', lang: 'en', evidence: 'src-1' };
  it('may be pointed to by parts of a payload', () => {
    given([])
      .when('register-organization', { kind: 'bank', names: [name], evidence: pieces })
      .thenAccepted();
  });
  it('is there when a part points to it', () => {
    given([])
      .when('register-organization', { kind: 'bank', names: [{ ...name, evidence: 'src-2' }], evidence: pieces })
      .thenRefused('unknown-evidence', '/names/0/evidence');
  });
  it('comes with every command', () => {
    given([])
      .when('register-organization', { kind: 'bank', names: [name], evidence: [] })
      .thenRefused('value-invalid', '/evidence');
  });
  it('may come from the organization that it is about', () => {
    const own = [{ ...pieces[0], origin: idOf('organization') }];
    given([])
      .when('register-organization', { kind: 'bank', names: [name], evidence: own })
      .thenAccepted();
  });
  it('refuses a field that nobody knows', () => {
    given([])
      .when('register-organization', { kind: 'bank', names: [name], evidence: pieces, rating: 5 })
      .thenRefused('unknown-field', '/rating');
  });
});

describe('looking at another record', () => {
  const lookup = lookupIn(
    (stream) => ({ [id]: { record: recordOf(id, [registered]) }, [signing]: { record: undefined } })[stream],
  );
  it('finds what was read, and that there is no such record', () => {
    expect(lookup(id)?.id).toBe(id);
    expect(lookup(signing)).toBeUndefined();
  });
  it('throws at a stream that nobody read: that is a bug', () => {
    expect(() => lookup(bank)).toThrow(`${bank} was not read`);
    expect(lookup.ifRead(bank)).toBeUndefined();
    expect(lookup.ifRead(id)?.id).toBe(id);
  });
  it('compares two organizations when one of them was read', () => {
    const bankWasRead = lookupIn((stream) =>
      stream === bank
        ? {
            record: recordOf(bank, [
              ['organization.registered', { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }] }],
            ]),
          }
        : undefined,
    );
    expect(areSame(bank, gov, bankWasRead)).toBe(false);
    expect(areSame(gov, bank, bankWasRead)).toBe(false);
    expect(() => areSame(gov, supplier, bankWasRead)).toThrow(`${supplier} was not read`);
    expect(areSame(gov, gov, bankWasRead)).toBe(true);
  });
});
