import { describe, expect, it } from 'vitest';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import { applyCommit, type SealedRecord } from '../../../domain/projections/projection.ts';
import { records } from '../../../domain/projections/records.ts';
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
const keys = (record: SealedRecord) => records.rows(record).map(({ partition, sort }) => `${partition} ${sort}`);

describe('the rows of a record', () => {
  it('are its own, its lists, its parties’ activity, and its moments', () => {
    const at = `0000-00-00/000000000007/${agreement}`;
    const position = `000000000007/${agreement}`;
    expect(keys(sealed([7, [registered]]))).toEqual([
      `record/${agreement} ${agreement}`,
      `list/agreements ${at}`,
      `list/agreements/organization/${exchange} ${at}`,
      `activity/${exchange} ${position}`,
      `list/agreements/organization/${bank} ${at}`,
      `activity/${bank} ${position}`,
      `list/agreements/ceremony/${ceremony} ${at}`,
      `timeline ${position}`,
    ]);
  });

  it('move when a fact gives the record its day, and keep the number of its first event', () => {
    const record = sealed([7, [registered]], [41, [signed(exchange, '2023-02')]]);
    expect(keys(record)).toContain(`list/agreements 2023-02-01/000000000007/${agreement}`);
    expect(keys(record)).not.toContain(`list/agreements 0000-00-00/000000000007/${agreement}`);
    expect(records.rows(record)[0]?.value).toMatchObject({
      number: 'A-7',
      version: 2,
      on: '2023-02',
      state: 'partly-signed',
    });
  });

  it('have one moment for each commit, at the position of its last event', () => {
    const record = sealed([7, [registered, signed(exchange), signed(bank)]], [12, [signed(bank)]]);
    const moments = records.rows(record).filter(({ partition }) => partition === 'timeline');
    expect(moments.map(({ value }) => value)).toMatchObject([
      { position: 9, version: 3, types: ['agreement.registered', 'agreement.signed'] },
      { position: 12, version: 4, types: ['agreement.signed'] },
    ]);
  });

  it('end in the record’s id, so that no other record has the same', () => {
    const record = sealed([7, [registered, signed(exchange, '2023-02-23?')]]);
    for (const { sort } of records.rows(record)) expect(sort.endsWith(agreement)).toBe(true);
    expect(new Set(keys(record)).size).toBe(keys(record).length);
  });
});
