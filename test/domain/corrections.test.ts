import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateByName, aggregates, commandsByName } from '../../domain/catalog.ts';
import { decide } from '../../domain/decide.ts';
import { type Actor, type CommandDefinition, type FoldedRecord, lookupIn } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { evidenceOf } from '../../domain/record/evidence.ts';
import { fold, heldOf, standingOf, statusOf } from '../../domain/record/record.ts';
import { isAuthor } from '../../domain/record/rights.ts';
import { eventsOf, evidence, type Fact, given, idOf, Ledger, recordOf } from '../support/decider.ts';
import { type Command, date, days, type Histories } from './histories/history.ts';

const files = await Promise.all(
  aggregates.map(async ({ name }) => {
    const { histories } = (await import(`./histories/${name}.ts`)) as { histories: Histories };
    return { name, histories };
  }),
);

/** A record after some commands, and which of them were accepted, with the version of the first event of each. */
function run(aggregate: string, { beside = {} }: Histories, commands: readonly Command[]) {
  const ledger = new Ledger(idOf(aggregate), { beside, today: '2030-01-01' });
  const accepted = commands.flatMap(([name, data], index) => {
    if (index > 0 && !ledger.record) return [];
    const version = ledger.events.length + 1;
    return ledger.submit(name, data).ok ? [{ command: [name, data] as Command, version }] : [];
  });
  return { ledger, accepted };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON Merge Patch (RFC 7396) that makes `to` of `from`: what is not in `to` is taken away. */
function mergePatch(from: unknown, to: unknown): unknown {
  if (!isObject(from) || !isObject(to)) return to;
  const taken = Object.keys(from).filter((field) => !(field in to));
  const changed = Object.entries(to).filter(([field, value]) => !isDeepStrictEqual(from[field], value));
  return Object.fromEntries([
    ...taken.map((field) => [field, null]),
    ...changed.map(([field, value]) => [field, mergePatch(from[field], value)]),
  ]);
}
const redated = (data: object, on: string | undefined): object => {
  const { on: _, ...rest } = data as { on?: string };
  return on === undefined ? rest : { ...rest, on };
};
const shown = ({ state, aggregate, ...record }: FoldedRecord) => ({
  state,
  evidence: evidenceOf(record),
  days: days.map((day) => aggregate.lifecycle.statusOn(state, day)),
});

describe.each(files)('a corrected history of $name', ({ name, histories: own }) => {
  const sequence = fc.tuple(own.opening, fc.array(own.act, { maxLength: 6 })).map(([first, acts]) => [first, ...acts]);
  const anEvent = fc.tuple(sequence, fc.nat());

  it.each<{ what: string; right: fc.Arbitrary<(event: RegistryEvent) => object | undefined>; atLeast: number }>([
    {
      what: 'its day',
      right: date.map(
        (on) =>
          ({ data }) =>
            redated(data, on),
      ),
      // Facts of cohorts have few dates, those of organizations keep none.
      atLeast: 20,
    },
    {
      what: 'all that it says',
      right: sequence.map((commands) => {
        const others = run(name, own, commands).ledger.events;
        return ({ type }) => others.find((other) => other.type === type)?.data;
      }),
      // Most of what is said of an organization makes up its identity or is held, and is not corrected.
      atLeast: 0,
    },
  ])('is that in which the fact had been right from the start, in $what', ({ right, atLeast }) => {
    let compared = 0;
    fc.assert(
      fc.property(anEvent, right, ([commands, pick], rightly) => {
        const { ledger, accepted } = run(name, own, commands);
        const version = accepted[pick % accepted.length]?.version;
        if (version === undefined) return;
        const before = [...ledger.events];
        const wrong = before[version - 1] as RegistryEvent;
        const data = rightly(wrong);
        if (data === undefined) return;
        const set = mergePatch(wrong.data, data);
        if (!ledger.submit(`correct-${name}`, { corrects: version, set, reason: 'clerical' }).ok) return;
        expect(ledger.events.slice(0, -1)).toEqual(before);
        const history = before.map((event) => (event === wrong ? { ...event, data } : event));
        compared += 1;
        expect(shown(ledger.record as FoldedRecord)).toEqual(
          shown(fold(aggregateByName(name), history) as FoldedRecord),
        );
      }),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(atLeast);
  });
});

const [exchange, bank, third] = ['e', 'b', 't'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
];
const registered: Fact = [
  'agreement.registered',
  { kind: 'cooperation', parties: [{ organization: exchange }, { organization: bank }] },
];
const signed = (party: string, on: string): Fact => ['agreement.signed', { party, on }];
const history = [
  registered,
  signed(exchange, '2023-01-10'),
  signed(bank, '2023-01-12'),
  ['agreement.entered-into-force', { on: '2023-01-15' }] as Fact,
];
const correct = (corrects: number, set: object, reason = 'clerical') => ({ corrects, set, reason });

describe('a correction', () => {
  it('is recorded beside what it corrects', () => {
    given(history)
      .when('correct-agreement', correct(2, { on: '2023-01-11' }, 'date'))
      .then(['agreement.corrected', correct(2, { on: '2023-01-11' }, 'date')]);
  });
  it('shows in the record, with what was corrected and why', () => {
    const record = recordOf(idOf('agreement'), [
      ...history,
      ['agreement.corrected', correct(1, { titles: [{ value: 'Loan', lang: 'en' }], kind: 'service' }, 'translation')],
    ]) as FoldedRecord;
    expect(record.state).toMatchObject({ kind: 'service', titles: [{ value: 'Loan', lang: 'en' }] });
    expect(record.corrections).toEqual([{ version: 5, corrects: 1, reason: 'translation' }]);
  });
  it('may take away what was said too much', () => {
    const record = recordOf(idOf('agreement'), [...history, ['agreement.corrected', correct(2, { on: null })]]);
    expect(record?.events[1]?.data).not.toHaveProperty('on');
  });
  it('of an event that is none of the record’s own facts is refused', () => {
    given(history)
      .when('correct-agreement', correct(9, { on: '2023' }))
      .thenRefused('no-such-event', '/corrects');
    given([...history, ['agreement.corrected', correct(2, { on: '2023' })]])
      .when('correct-agreement', correct(5, { corrects: 1 }))
      .thenRefused('no-such-event', '/corrects');
  });
  it('that changes nothing is refused', () => {
    given(history)
      .when('correct-agreement', correct(2, { on: '2023-01-10' }))
      .thenRefused('no-change', '/set');
    given(history).when('correct-agreement', correct(2, {})).thenRefused('no-change', '/set');
  });
  it('that leaves what the schema refuses is refused, with the place', () => {
    given(history)
      .when('correct-agreement', correct(2, { on: '2023-02-30' }))
      .thenRefused('correction-unfit', '/set/on');
    given(history)
      .when('correct-agreement', correct(1, { parties: [{ organization: exchange }] }))
      .thenRefused('correction-unfit', '/set/parties');
  });
  it('that takes away what no event of its type has is refused: the key would be recorded for ever', () => {
    given(history)
      .when('correct-agreement', correct(2, { on: '2023-01-11', 'Chen Example': null }))
      .thenRefused('correction-unfit', '/set/Chen Example');
    given(history)
      .when('correct-agreement', correct(2, { place: { locality: 'Here', 'Chen Example': null } }))
      .thenRefused('correction-unfit', '/set/place/Chen Example');
    given(history)
      .when(
        'correct-agreement',
        correct(2, { on: '2023-01-11', capacity: null, place: { venue: null, locality: 'Here' } }),
      )
      .thenAccepted();
  });
  it('that breaks a rule later in the history is refused, and says which', () => {
    const broken = given(history).when('correct-agreement', correct(3, { on: '2023-01-20' }, 'date'));
    broken.thenRefused('contradicts-history', '/set');
    expect(JSON.stringify(broken.outcome)).toContain('version 4 would break in-force-before-signed');
    given(history)
      .when('correct-agreement', correct(1, { parties: [{ organization: exchange }, { organization: third }] }))
      .thenRefused('contradicts-history', '/set');
  });
  it('of who spoke in what capacity is refused', () => {
    given(history)
      .when('correct-agreement', correct(2, { speaksAs: 'host' }))
      .thenRefused('not-correctable', '/set/speaksAs');
  });
  it('of what makes up an identity, or is held, is refused', () => {
    const between = { body: exchange, organization: bank };
    given([['membership.admitted', between]])
      .when('correct-membership', correct(1, { organization: third }, 'identity'))
      .thenRefused('not-correctable', '/set');
    const identified: Fact = [
      'organization.registered',
      {
        kind: 'bank',
        names: [{ value: 'A', lang: 'en' }],
        identifiers: [{ scheme: 'other', issuer: 'X', value: '1' }],
      },
    ];
    given([identified])
      .when('correct-organization', correct(1, { identifiers: [{ scheme: 'other', issuer: 'X', value: '2' }] }))
      .thenRefused('not-correctable', '/set');
    given([identified])
      .when('correct-organization', correct(1, { kind: 'company' }))
      .thenAccepted();
  });
  it('refers only to what there is', () => {
    given(history)
      .when('correct-agreement', correct(1, { ceremony: idOf('ceremony', 'c') }))
      .thenRefused('unknown-reference', '/set/ceremony');
  });
  it('is the submitter’s or a registrar’s, not any party’s', () => {
    const change = correct(2, { on: '2023-01-11' });
    given(history, { actor: { client: 'bank', organization: bank } })
      .when('correct-agreement', change)
      .thenRefused('right-lacking', '');
    given(history, { actor: { client: 'registrar', isRegistrar: true } })
      .when('correct-agreement', change)
      .thenAccepted();
  });
});

describe('a correction of what others said', () => {
  it('is refused to the submitter of the record: it is theirs, or a registrar’s', () => {
    const theirs = { client: 'bank', organization: bank };
    given([registered, signed(bank, '2023-01-12')], { actor: theirs })
      .when('correct-agreement', correct(2, { on: '2023-01-11' }))
      .thenRefused('right-lacking', '');
  });
  it('is refused, too, to whoever said something else about the record', () => {
    const theirs = { client: 'bank', organization: bank };
    const facts = [registered, signed(bank, '2023-01-12')];
    const events = [eventsOf(idOf('agreement'), facts)[0], eventsOf(idOf('agreement'), facts, theirs)[1]];
    const record = fold(aggregateByName('agreement'), events as RegistryEvent[]) as FoldedRecord;
    const lookup = lookupIn((id) => ({ record: id === record.id ? record : undefined }));
    const { definition } = commandsByName.get('correct-agreement') as { definition: CommandDefinition };
    const context = { id: record.id, today: '2023-03-01', opened: '2023-02-27', actor: theirs, lookup };
    expect(decide(definition, { ...correct(1, { kind: 'service' }), evidence }, record, context)).toMatchObject({
      ok: false,
      refusals: [{ rule: 'right-lacking', pointer: '/corrects' }],
    });
    expect(decide(definition, { ...correct(2, { on: '2023-01-11' }), evidence }, record, context).ok).toBe(true);
  });
  it('is refused where it would bring what a stranger said into a period that others tell of', () => {
    const stranger = { client: 'stranger', organization: third };
    const between = { body: exchange, organization: bank };
    const facts: Fact[] = [
      ['membership.admitted', { ...between, on: '2020-01-01' }],
      ['membership.expelled', { ...between, on: '2019-01-01' }],
    ];
    const id = idOf('membership');
    const events = [eventsOf(id, facts)[0], eventsOf(id, facts, stranger)[1]];
    const record = fold(aggregateByName('membership'), events as RegistryEvent[]) as FoldedRecord;
    const lookup = lookupIn((other) => ({ record: other === id ? record : undefined }));
    const { definition } = commandsByName.get('correct-membership') as { definition: CommandDefinition };
    const to = (set: object, actor: Actor) =>
      decide(definition, { ...correct(2, set), evidence }, record, {
        ...{ id, today: '2023-03-01', opened: '2023-02-27', actor, lookup },
      });
    const refused = { ok: false, refusals: [{ rule: 'right-lacking', pointer: '' }] };
    for (const on of ['2021-01-01', '2019/2021', null]) expect(to({ on }, stranger), String(on)).toMatchObject(refused);
    expect(to({ on: '2018-01-01' }, stranger).ok).toBe(true);
    expect(to({ on: '2021-01-01' }, { client: 'registrar', isRegistrar: true }).ok).toBe(true);
  });
  it('is the organization’s where it spoke for itself, and no longer that of a client that it had then', () => {
    const [event] = eventsOf(exchange, [['organization.name-added', { speaksAs: 'party' }]], {
      client: 'theirs',
      organization: exchange,
    });
    const [other] = eventsOf(idOf('agreement'), [registered], { client: 'theirs', organization: exchange });
    const known = lookupIn(() => ({ record: undefined }));
    const by = (said: RegistryEvent | undefined, actor: Actor) => isAuthor(said as RegistryEvent, actor, known);
    expect(by(event, { client: 'theirs', organization: exchange })).toBe(true);
    expect(by(event, { client: 'another', organization: exchange })).toBe(true);
    expect(by(event, { client: 'theirs' })).toBe(false);
    expect(by(event, { client: 'theirs', organization: bank })).toBe(false);
    expect(by(other, { client: 'theirs' })).toBe(true);
  });
  it('takes back what was confirmed before: it was something else', () => {
    const said = (version: number, type: string, data: object, organization: string) =>
      eventsOf(idOf('agreement'), [[type, { speaksAs: 'party', ...data }]], { client: organization, organization }).map(
        (event) => ({ ...event, streamversion: version }),
      );
    const events = [
      ...said(1, 'agreement.registered', registered[1], exchange),
      ...said(2, 'agreement.corroborated', {}, bank),
    ];
    const standing = (...more: typeof events) =>
      standingOf(fold(aggregateByName('agreement'), [...events, ...more]) as FoldedRecord);
    const changed = { corrects: 1, set: { kind: 'service' }, reason: 'clerical' };
    expect(standing()).toBe('confirmed');
    expect(standing(...said(3, 'agreement.corrected', changed, exchange))).toBe('reported');
    const again = said(4, 'agreement.corroborated', {}, bank);
    expect(standing(...said(3, 'agreement.corrected', changed, exchange), ...again)).toBe('confirmed');
    const denied = said(3, 'agreement.disputed', { grounds: 'No' }, exchange);
    expect(standing(...denied, ...said(4, 'agreement.corrected', changed, exchange))).toBe('disputed');
  });
  it('is held to the rules of every command, such as that nothing is dated after a closing', () => {
    const closed: Fact[] = [
      ['organization.registered', { kind: 'bank', names: [{ value: 'A', lang: 'en' }] }],
      ['organization.closed', { on: '2023-01-31' }],
    ];
    const around = { beside: { [bank]: closed } };
    given(history.slice(0, 3), around)
      .when('correct-agreement', correct(3, { on: '2023-02-20' }, 'date'))
      .thenRefused('contradicts-history', '/set');
    given(history.slice(0, 3), around)
      .when('correct-agreement', correct(3, { on: '2023-01-31' }, 'date'))
      .thenAccepted();
  });
  it('is refused of what stands in two streams', () => {
    const cohort: Fact = ['cohort.recorded', { subject: 'guests', ceremony: idOf('ceremony', 'c'), count: { min: 2 } }];
    given([cohort, ['cohort.identified', { organization: bank }]], {
      beside: { [idOf('ceremony', 'c')]: [['ceremony.recorded', { kind: 'forum' }]] },
    })
      .when('correct-cohort', correct(2, { organization: third }))
      .thenRefused('not-correctable', '/corrects');
  });
});

describe('a retraction', () => {
  it('is refused of an organization that others were merged into', () => {
    const names = [{ value: 'A', lang: 'en' }];
    const facts: Fact[] = [
      ['organization.registered', { kind: 'bank', names }],
      ['organization.absorbed', { organization: third }],
    ];
    given(facts, { actor: { client: 'registrar', isRegistrar: true } })
      .when('retract-organization', { reason: 'Registered twice' })
      .thenRefused('stands-for-others', '');
    given(facts.slice(0, 1)).when('retract-organization', { reason: 'Registered twice' }).thenAccepted();
  });
  const retracted: Fact = ['agreement.retracted', { reason: 'Registered twice' }];
  it('leaves the record to be seen, and nothing to be done with it but to add evidence', () => {
    given(history).when('retract-agreement', { reason: 'Registered twice' }).then(retracted);
    const record = recordOf(idOf('agreement'), [...history, retracted]) as FoldedRecord;
    expect(statusOf(record, '2023-03-01')).toBe('retracted');
    expect(record.retractions).toMatchObject([{ version: 5, reason: 'Registered twice' }]);
    given([...history, retracted])
      .when('terminate-agreement', { on: '2023-02-01' })
      .thenRefused('record-retracted', '');
    given([...history, retracted])
      .when('add-evidence-to-agreement', {})
      .thenAccepted();
  });
  it('is nothing that others may refer to', () => {
    const ceremony = idOf('ceremony', 'c');
    const held: Fact = ['ceremony.recorded', { kind: 'signing' }];
    const beside = { [ceremony]: [held, ['ceremony.retracted', { reason: 'Never was' }] as Fact] };
    const agreement = { kind: 'cooperation', parties: [{ organization: exchange }, { organization: bank }], ceremony };
    given([], { beside }).when('register-agreement', agreement).thenRefused('record-retracted', '/ceremony');
    given([], { beside: { [ceremony]: [held] } })
      .when('register-agreement', agreement)
      .thenAccepted();
  });
  it('gives back what the record held', () => {
    const facts: Fact[] = [
      ['organization.registered', { kind: 'bank', names: [{ value: 'A', lang: 'en' }] }],
      ['organization.client-appointed', { client: 'a' }],
    ];
    const held = (...more: Fact[]) => {
      const record = recordOf(idOf('organization'), [...facts, ...more]) as FoldedRecord;
      return heldOf(record);
    };
    expect(held()).toEqual([{ kind: 'client', key: 'a' }]);
    expect(held(['organization.retracted', { reason: 'Never was' }])).toEqual([]);
  });

  const between = { body: exchange, organization: bank };
  const twice: Fact[] = [
    ['membership.admitted', { ...between, on: '2020' }],
    ['membership.resigned', { on: '2021' }],
    ['membership.admitted', { ...between, on: '2023-01' }],
  ];
  it('of a membership names the period, and leaves the others', () => {
    given(twice).when('retract-membership', { reason: 'Mistaken' }).thenRefused('no-such-period', '/period');
    given(twice).when('retract-membership', { reason: 'Mistaken', period: 2 }).thenRefused('no-such-period', '/period');
    given(twice).when('retract-membership', { reason: 'Mistaken', period: 3 }).thenAccepted();
    given(history).when('retract-agreement', { reason: 'x', period: 1 }).thenRefused('no-such-period', '/period');
    const without = (...periods: number[]) =>
      recordOf(idOf('membership'), [
        ...twice,
        ...periods.map((period): Fact => ['membership.retracted', { reason: 'Mistaken', period }]),
      ]) as FoldedRecord;
    expect(statusOf(without(3), '2023-03-01')).toBe('resigned');
    expect(statusOf(without(1), '2023-03-01')).toBe('member');
    expect(statusOf(without(1), '2020-06-01')).toBe('none');
    expect(statusOf(without(1, 3), '2023-03-01')).toBe('retracted');
  });
  it('of a membership is the last after a hundred periods: whoever reads the record evolves it as often', () => {
    const stays = Array.from({ length: 102 }, (_, index): Fact[] => [
      ['membership.admitted', { ...between, on: `${1900 + index}-02` }],
      ['membership.resigned', { on: `${1900 + index}-09` }],
    ]).flat();
    const retracted = (count: number) => [
      ...stays,
      ...Array.from({ length: count }, (_, index): Fact => {
        return ['membership.retracted', { reason: 'Mistaken', period: 1 + 2 * index }];
      }),
    ];
    const retract = (count: number) =>
      given(retracted(count)).when('retract-membership', { reason: 'Mistaken', period: 1 + 2 * count });
    retract(99).thenAccepted();
    retract(100).thenRefused('cap-retracted-periods', '/period');
  });
  it('of all periods lets the organization be admitted anew', () => {
    const facts: Fact[] = [
      ['membership.admitted', { ...between, on: '2020' }],
      ['membership.retracted', { reason: 'Mistaken', period: 1 }],
      ['membership.admitted', { ...between, on: '2023-02' }],
    ];
    given(facts.slice(0, 2))
      .when('admit', { ...between, on: '2023-02' })
      .thenAccepted();
    expect(statusOf(recordOf(idOf('membership'), facts) as FoldedRecord, '2023-03-01')).toBe('member');
  });
});

describe('evidence that is added', () => {
  it('is anybody’s to add, to a fact of the record', () => {
    const stranger = { actor: { client: 'stranger' } };
    given(history, stranger).when('add-evidence-to-agreement', { about: 2 }).thenAccepted();
    given(history, stranger).when('add-evidence-to-agreement', { about: 7 }).thenRefused('no-such-event', '/about');
  });
  it('stays with the record when a fact of it is corrected', () => {
    const more = [{ source: { title: 'Another newspaper' }, basis: 'stated' }];
    const record = recordOf(idOf('agreement'), [
      ...history,
      ['agreement.evidence-added', { evidence: more }],
      ['agreement.corrected', correct(2, { on: '2023' })],
    ]);
    expect(evidenceOf(record as FoldedRecord).slice(-1)).toEqual(more);
  });
});

describe('the standing of a record', () => {
  const said = (type: string, organization: string, data: object, speaksAs = 'party') =>
    [type, { ...data, speaksAs }, organization] as const;
  /** The standing after events of several organizations. */
  function standing(...facts: (readonly [string, object, string])[]) {
    const ledger = facts.map(([type, data, organization]) => ({ fact: [type, data] as Fact, organization }));
    const events = ledger.flatMap(({ fact, organization }, index) =>
      eventsOf(idOf('agreement'), [fact], { client: 'any', organization }).map((event) => ({
        ...event,
        streamversion: index + 1,
      })),
    );
    return standingOf(fold(aggregateByName('agreement'), events) as FoldedRecord);
  }
  const opening = said('agreement.registered', exchange, registered[1]);
  it('is disputed while a host or a party says that it is not so, and settled when the same one corroborates', () => {
    const denied = said('agreement.disputed', bank, { grounds: 'We have not signed' });
    expect(standing(opening)).toBe('reported');
    expect(standing(opening, denied)).toBe('disputed');
    expect(standing(opening, denied, said('agreement.corroborated', exchange, {}))).toBe('disputed');
    expect(standing(opening, denied, said('agreement.corroborated', bank, {}))).toBe('confirmed');
  });
  it('rises when those who have not spoken corroborate, not when they add evidence', () => {
    expect(standing(opening, said('agreement.evidence-added', bank, {}))).toBe('reported');
    expect(standing(opening, said('agreement.corroborated', bank, {}))).toBe('confirmed');
    expect(standing(opening, said('agreement.corroborated', third, {}, 'host'))).toBe('hosted');
  });
  it('is said by hosts and parties only', () => {
    for (const command of ['corroborate-agreement', 'dispute-agreement']) {
      const data = command.startsWith('dispute') ? { grounds: 'No' } : {};
      given(history, { actor: { client: 'gzde' } })
        .when(command, data)
        .thenRefused('right-lacking', '');
      given(history, { actor: { client: 'bank', organization: bank } })
        .when(command, data)
        .thenAccepted();
    }
  });
});
