import { describe, expect, it } from 'vitest';
import type { Summary } from '../../../domain/answers/record.ts';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import {
  allRows,
  applyCommit,
  hasHadNumber,
  numberAt,
  numberedVersions,
  type SealedRecord,
} from '../../../domain/projections/projection.ts';
import { records } from '../../../domain/projections/records.ts';
import { idNumber } from '../../growth/kinds.ts';
import { eventsOf, type Fact, idOf } from '../../support/decider.ts';

const agreement = idOf('agreement');
const ceremony = idOf('ceremony', 'c');
const [exchange, bank] = [idOf('organization', 'e'), idOf('organization', 'b')];
const registered: Fact = [
  'agreement.registered',
  {
    kind: 'supply',
    ceremony,
    parties: [{ organization: exchange }, { organization: bank }],
    titles: [{ value: 'Supply', lang: 'en' }],
  },
];
const signed = (party: string, on?: string): Fact => ['agreement.signed', { party, ...(on && { on }) }];

const letterAt = (index: number) => String.fromCharCode(97 + index);

/** The record after commits at these positions. */
function sealed(...commits: [position: number, facts: Fact[]][]): SealedRecord {
  const events: RegistryEvent[] = eventsOf(
    agreement,
    commits.flatMap(([, facts]) => facts),
  );
  let record: SealedRecord | undefined;
  for (const [position, facts] of commits) record = applyCommit(record, events.splice(0, facts.length), position);
  return record as SealedRecord;
}
const keys = (record: SealedRecord) => allRows(records, record).map(({ partition, sort }) => `${partition} ${sort}`);

describe('the rows of a record', () => {
  it('are its own, its lists, its parties’ activity, and its moments', () => {
    const at = `0000-00-00/000000000007/${agreement}`;
    const position = `000000000007/${agreement}`;
    expect(keys(sealed([7, [registered]]))).toEqual([
      `record/${agreement} ${agreement}`,
      `list/agreements ${at}`,
      `list/agreements/kind/supply ${at}`,
      `list/agreements/state/announced ${at}`,
      `list/agreements/organization/${exchange} ${at}`,
      `list/agreements/organization/${bank} ${at}`,
      `list/agreements/ceremony/${ceremony} ${at}`,
      `activity/${exchange} ${position}`,
      `activity/${bank} ${position}`,
      `timeline ${position}`,
    ]);
  });

  it('are one more where its summary does not name just the records that it names, which then tells them', () => {
    const replacedBy = [idOf('agreement', 'z')];
    const record = sealed([7, [registered]], [8, [['agreement.retracted', { reason: 'Another one', replacedBy }]]]);
    const row = allRows(records, record).find(({ partition }) => partition === `named/${agreement}`);
    expect(row?.value).toEqual({ id: agreement, ids: [...replacedBy, ceremony, bank, exchange].sort() });
    const parties = Array.from({ length: 101 }, (_, index) => ({ organization: idNumber('organization', index) }));
    const many = sealed([7, [['agreement.registered', { kind: 'supply', parties }]]]);
    const tooMany = allRows(records, many).find(({ partition }) => partition === `named/${agreement}`);
    expect(tooMany?.value).toEqual({ id: agreement });
  });

  it('move when a fact gives the record its day, and keep the number of its first event', () => {
    const record = sealed([7, [registered]], [41, [signed(exchange, '2023-02')]]);
    expect(keys(record)).toContain(`list/agreements 2023-02-01/000000000007/${agreement}`);
    expect(keys(record)).not.toContain(`list/agreements 0000-00-00/000000000007/${agreement}`);
    expect(allRows(records, record)[0]?.value).toMatchObject({
      number: 'A-7',
      version: 2,
      on: '2023-02',
      state: 'partly-signed',
    });
  });

  it('have one moment for each commit, at the position of its last event', () => {
    const record = sealed([7, [registered, signed(exchange), signed(bank)]], [12, [signed(bank)]]);
    const moments = allRows(records, record).filter(({ partition }) => partition === 'timeline');
    expect(moments.map(({ value }) => value)).toMatchObject([
      { position: 9, version: 3, types: ['agreement.registered', 'agreement.signed'] },
      { position: 12, version: 4, types: ['agreement.signed'] },
    ]);
  });

  it('are pointers but for its own, and do not change with an act that changes no more than the state', () => {
    const before = allRows(records, sealed([7, [registered]], [41, [signed(exchange, '2023-02')]]));
    const after = allRows(
      records,
      sealed([7, [registered]], [41, [signed(exchange, '2023-02')]], [42, [signed(bank)]]),
    );
    const known = before.map((row) => JSON.stringify(row));
    const changed = after.filter((row) => !known.includes(JSON.stringify(row)));
    expect(changed.map(({ partition }) => partition)).toEqual([
      `record/${agreement}`,
      'list/agreements/state/signed',
      'timeline',
    ]);
    const valueIn = (partition: string) => after.find((row) => row.partition === partition)?.value;
    expect(valueIn(`list/agreements/organization/${bank}`)).toEqual({ kind: 'supply', on: '2023-02' });
    expect(valueIn(`activity/${bank}`)).toEqual({ roles: ['party'] });
  });

  it('name 20 participants, and names without notes and evidence', () => {
    const many = Array.from({ length: 22 }, (_, index) => ({ organization: idOf('organization', letterAt(index)) }));
    const titles = [{ value: 'Supply', lang: 'en', form: 'as-given', notes: 'As printed', evidence: 'e1' }];
    const evidence = [{ id: 'e1', source: { title: 'A newspaper' }, basis: 'stated' }];
    const record = sealed([7, [['agreement.registered', { kind: 'supply', parties: many, titles, evidence }]]]);
    const [summary] = allRows(records, record).map(({ value }) => value as Summary);
    expect(summary).toMatchObject({
      names: [{ value: 'Supply', lang: 'en', form: 'as-given' }],
      participantCount: 22,
      participants: many.slice(0, 20).map(({ organization }) => organization),
    });
    expect(summary?.names[0]).not.toHaveProperty('notes');
    expect(summary?.names[0]).not.toHaveProperty('evidence');
    expect(keys(record).filter((key) => key.startsWith('activity/'))).toHaveLength(22);
  });

  it('stay under 64 KiB each with the longest names, parties and evidence', () => {
    const parties = Array.from({ length: 26 }, (_, index) => ({ organization: idOf('organization', letterAt(index)) }));
    const notes = [{ text: 'n'.repeat(4000), lang: 'en' }];
    const titles = Array.from({ length: 20 }, (_, index) => ({
      value: `${letterAt(index)}${'"'.repeat(599)}`,
      lang: 'en',
      kind: 'official',
      form: 'as-given',
      notes,
    }));
    const record = sealed([7, [['agreement.registered', { kind: 'supply', ceremony, parties, titles }]]]);
    const sizes = allRows(records, record).map((row) => JSON.stringify(row).length);
    expect(Math.max(...sizes)).toBeGreaterThan(24_000);
    expect(Math.max(...sizes)).toBeLessThan(65_536);
  });

  it('end in the record’s id, so that no other record has the same', () => {
    const record = sealed([7, [registered, signed(exchange, '2023-02-23?')]]);
    for (const { sort } of allRows(records, record)) expect(sort.endsWith(agreement)).toBe(true);
    expect(new Set(keys(record)).size).toBe(keys(record).length);
  });
});

describe('the number of a stay', () => {
  const between = { body: idOf('organization', 'b'), organization: idOf('organization', 'c') };
  const stays = (...facts: Fact[]): SealedRecord =>
    applyCommit(undefined, eventsOf(idOf('membership'), facts), 100) as SealedRecord;
  const numbers = (record: SealedRecord) => numberedVersions(record).map((version) => numberAt(record, version));
  const admitted = (on: string): Fact => ['membership.admitted', { ...between, on }];
  const renewed = (on: string): Fact => ['membership.renewed', { on }];
  const retracted: Fact = ['membership.retracted', { period: 3, reason: 'Another one' }];

  it('is that of the event that began it, whichever was recorded first', () => {
    const record = stays(admitted('2010'), ['membership.resigned', { on: '2012' }], renewed('2015'), admitted('2014'));
    expect(numbers(record)).toEqual(['M-100', 'M-103']);
  });
  it('goes on leading to the record when another event is known to have begun the stay', () => {
    const record = stays(
      admitted('2010'),
      ['membership.resigned', { on: '2012' }],
      ['membership.applied', { ...between, on: '2014' }],
      ['membership.intent-declared', { ...between, on: '2013' }],
      admitted('2015'),
    );
    expect(numbers(record)).toEqual(['M-100', 'M-103']);
    expect([1, 2, 3, 4, 5, 6].filter((version) => hasHadNumber(record, version))).toEqual([1, 3, 4]);
  });
  it('goes on leading to the record when the stay is retracted', () => {
    const record = stays(admitted('2010'), ['membership.resigned', { on: '2012' }], admitted('2014'), retracted);
    expect(numbers(record)).toEqual(['M-100']);
    expect([1, 2, 3, 4].filter((version) => hasHadNumber(record, version))).toEqual([1, 3]);
  });
  it('names the stay in a retraction, also as earlier releases named it: by the fact that was recorded first', () => {
    const facts = [
      admitted('2010'),
      ['membership.resigned', { on: '2012' }],
      renewed('2015'),
      admitted('2014'),
    ] as Fact[];
    expect(numbers(stays(...facts, retracted))).toEqual(['M-100']);
  });
});
