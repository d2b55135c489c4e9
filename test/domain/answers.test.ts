import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  answersIn,
  type Collection,
  type FactIn,
  type HistoryItemIn,
  type PartyIn,
  type RecordIn,
  type StateIn,
  type SummaryIn,
} from '../../domain/answers/answers.ts';
import { aggregates } from '../../domain/catalog.ts';
import { presentRecord } from '../../domain/presentation.ts';
import { applyCommit } from '../../domain/projections/projection.ts';
import { summaryOf } from '../../domain/projections/records.ts';
import { committed, eventsOf, type Fact, idOf } from '../support/decider.ts';

const [first, second] = [idOf('organization'), idOf('organization', 'b')];
const facts: readonly Fact[] = [
  ['agreement.registered', { kind: 'cooperation', parties: [{ organization: first }, { organization: second }] }],
  ['agreement.signed', { party: first, signatory: committed(), on: '2023-02-23' }],
];
const sealed = applyCommit(undefined, eventsOf(idOf('agreement'), facts), 0);

/** What the types say of answers: a program that reads them compiles. */
const reads = {
  signed: ({ parties }: RecordIn<'agreements'>) => parties.filter(({ state }) => state === 'signed').length,
  state: (state: StateIn<'memberships'>) => state === 'suspended',
  kind: ({ kind }: SummaryIn<'ceremonies'>) => kind === 'signing',
  party: (party: PartyIn<'agreements'>) => ('organization' in party ? party.organization : party.unidentified),
  signer: (item: HistoryItemIn<'agreements'>) => (item.type === 'agreement.signed' ? item.data.party : undefined),
  reason: (item: FactIn<'awards'>) => (item.type === 'award.revoked' ? item.data.reason : undefined),
};

describe('the shapes of answers', () => {
  it('are there for every collection, with the states of its records', () => {
    expect(Object.keys(answersIn).sort()).toEqual(aggregates.map(({ collection }) => collection).sort());
    for (const { collection, states } of aggregates) {
      const { record, summary } = answersIn[collection as Collection];
      expect(record.shape.state.options).toEqual(states);
      expect(summary.shape.state.options).toEqual(states);
    }
  });

  it('take a record and its row as the domain makes them', () => {
    const record = answersIn.agreements.record.parse({ ...presentRecord(sealed), references: {} });
    expect(reads.signed(record)).toBe(1);
    expect(record.parties.map(reads.party)).toEqual([first, second]);
    expect(answersIn.agreements.summary.parse(summaryOf(sealed)).kind).toBe('cooperation');
  });

  it('tell the data of an event by its type', () => {
    const changed = { position: 1, changes: [] };
    const item = { ...eventsOf(idOf('agreement'), facts)[1], ...changed };
    expect(reads.signer(answersIn.agreements.historyItem.parse(item))).toBe(first);
    expect(z.safeParse(answersIn.agreements.historyItem, { ...item, data: {} }).success).toBe(false);
  });
});
