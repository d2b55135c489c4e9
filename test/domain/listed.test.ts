import { describe, expect, it } from 'vitest';
import { answersIn, type Collection } from '../../domain/answers/answers.ts';
import { applyCommit } from '../../domain/projections/projection.ts';
import { summaryOf } from '../../domain/projections/records.ts';
import { eventsOf, type Fact, idOf } from '../support/decider.ts';

const [one, other] = [idOf('organization', 'e'), idOf('organization', 'o')];
const person = { person: idOf('person', 'p'), commitment: 'a'.repeat(43) };
const notes = [{ text: 'A remark', lang: 'en' }];
const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];

/** What lists say of a record with these facts, held to the shape that its collection answers. */
function summaryIn(aggregate: string, ...facts: Fact[]) {
  const said = facts.map(([type, data]): Fact => [type, { evidence, ...data }]);
  const summary = summaryOf(applyCommit(undefined, eventsOf(idOf(aggregate), said), 7));
  const shape = answersIn[summary.collection as Collection].summary;
  expect(shape.strict().safeParse(summary).error?.issues).toBeUndefined();
  return summary;
}

describe('lists show', () => {
  it('of an agreement its parties as given, principals apart, unnamed ones in few words, and the signatures so far', () => {
    const unidentified = `A company ${'that nobody names '.repeat(30)}`;
    const parties = [
      { organization: one, onBehalfOf: other, notes },
      { unidentified, lang: 'en', role: 'buyer' },
    ];
    const opening: Fact = ['agreement.registered', { kind: 'supply', parties }];
    const signed: Fact = ['agreement.signed', { party: one, mode: 'definitive', on: '2023-02-23' }];
    const summary = summaryIn('agreement', opening, signed);
    expect(summary).toMatchObject({ partyCount: 2, signatures: 1, on: '2023-02-23', state: 'partly-signed' });
    expect(summary).toMatchObject({
      parties: [
        { organization: one, onBehalfOf: other },
        { unidentified: `${unidentified.slice(0, 200)}…`, lang: 'en' },
      ],
    });
    const withdrawn: Fact = ['agreement.signature-withdrawn', { party: one, on: '2023-03' }];
    expect(summaryIn('agreement', opening, signed, withdrawn)).toMatchObject({ signatures: 0 });
  });

  it('twenty of the parties of an agreement, and how many there are', () => {
    const parties = Array.from({ length: 26 }, (_, at) => ({
      organization: idOf('organization', String.fromCharCode(97 + at)),
    }));
    const summary = summaryIn('agreement', ['agreement.registered', { kind: 'supply', parties }]);
    expect(summary).toMatchObject({ parties: parties.slice(0, 20), partyCount: 26, signatures: 0 });
  });

  it('nothing of the id of a mention that a description is cut within', () => {
    const unidentified = `${'x'.repeat(180)} ${idOf('person', 'p')} and more`;
    const parties = [{ organization: one }, { unidentified, lang: 'en' }];
    const summary = summaryIn('agreement', ['agreement.registered', { kind: 'supply', parties }]);
    expect(summary).toMatchObject({ parties: [{}, { unidentified: `${'x'.repeat(180)} …` }] });
  });

  it('of a membership its class, and since when and until when the last stay lasted', () => {
    const between = { body: one, organization: other };
    const admitted: Fact = ['membership.admitted', { ...between, on: '2020', class: 'full' }];
    expect(summaryIn('membership', admitted)).toMatchObject({
      within: { body: one },
      organization: other,
      class: 'full',
      since: '2020',
    });
    expect(summaryIn('membership', admitted, ['membership.resigned', { on: '2022-06-30' }])).toMatchObject({
      since: '2020',
      until: '2022-06-30',
    });
    const intent = summaryIn('membership', ['membership.intent-declared', { ...between, on: '2019' }]);
    expect(Object.keys(intent)).not.toEqual(expect.arrayContaining(['since']));
  });

  it('of an award its recipients, and of persons only how many there are', () => {
    const programme = idOf('award-programme');
    const recipients = [{ organization: one, share: '1/2' }, { person }, { unidentified: 'A team', lang: 'en' }];
    const summary = summaryIn('award', ['award.conferred', { programme, category: 'Design', rank: 1, recipients }]);
    expect(summary).toMatchObject({ category: 'Design', rank: 1, recipientCount: 3, persons: 1 });
    expect(summary).toMatchObject({
      recipients: [{ organization: one }, { unidentified: 'A team', lang: 'en' }],
    });
    expect(JSON.stringify(summary)).not.toContain('person-');
  });

  it('of a cohort its count as it is now', () => {
    const opening: Fact = ['cohort.recorded', { subject: 'intents', body: one, count: { min: 1 } }];
    const identified: Fact = ['cohort.identified', { organization: other }];
    const again: Fact = ['cohort.identified', { organization: idOf('organization', 'x') }];
    expect(summaryIn('cohort', opening)).toMatchObject({ counted: { min: 1 }, identifiedCount: 0 });
    expect(summaryIn('cohort', opening, identified, again)).toMatchObject({ counted: { min: 2 }, identifiedCount: 2 });
    expect(summaryIn('cohort', opening, identified, ['cohort.reconciled', { exact: 4 }])).toMatchObject({
      counted: { exact: 4 },
    });
  });

  it('of a ceremony where it is, without remarks, and its hosts', () => {
    const roles = [
      { organization: one, role: 'host' },
      { organization: other, role: 'guest' },
    ];
    const place = { country: 'CN', locality: 'Guangzhou', notes };
    const held: Fact = ['ceremony.recorded', { kind: 'conference', edition: 7, on: '2023-02-23', place, roles }];
    const summary = summaryIn('ceremony', held);
    expect(summary).toMatchObject({ edition: 7, place: { country: 'CN', locality: 'Guangzhou' }, hosts: [one] });
    expect(JSON.stringify(summary)).not.toContain('remark');
  });

  it('of an organization its country and ten identifiers', () => {
    const identifiers = Array.from({ length: 12 }, (_, at) => ({
      scheme: 'other',
      issuer: 'A court',
      value: `N ${at}`,
    }));
    const names = [{ value: 'A Company', lang: 'en' }];
    const registered: Fact = ['organization.registered', { kind: 'company', names, country: 'CN', identifiers }];
    expect(summaryIn('organization', registered)).toMatchObject({
      country: 'CN',
      identifiers: identifiers.slice(0, 10),
    });
  });

  it('of a launch who launched what, and of a programme who confers its awards', () => {
    const launch = { kind: 'platform', by: [one], meaning: 'announced', expected: '2024', establishes: other };
    expect(summaryIn('launch', ['launch.announced', launch])).toMatchObject({
      by: [one],
      meaning: 'announced',
      expected: '2024',
      establishes: other,
    });
    const opened = { names: [{ value: 'Prize', lang: 'en' }], edition: 3, period: '2023', conferredBy: [one] };
    expect(summaryIn('award-programme', ['award-programme.opened', opened])).toMatchObject({
      edition: 3,
      period: '2023',
      conferredBy: [one],
    });
  });
});
