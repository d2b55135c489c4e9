import { describe, expect, it } from 'vitest';
import { RECORD_EVENTS } from '../../../domain/bounds.ts';
import { aggregateByName } from '../../../domain/catalog.ts';
import { applyCommit, type SealedRecord } from '../../../domain/projections/projection.ts';
import { placeOfCursor } from '../../../domain/reading/cursors.ts';
import { lastRevision } from '../../../domain/reading/last-revision.ts';
import { eventsOf, idOf } from '../../support/decider.ts';
import { recordsThen } from '../../support/last-revision.ts';
import { readerOverRows, rowsOf } from '../../support/rows-in-memory.ts';

const opened = (aggregate: string, letter: string, position: number, type: string, data: object) =>
  applyCommit(undefined, eventsOf(idOf(aggregate, letter), [[type, data]]), position) as SealedRecord;
const ceremony = opened('ceremony', 'c', 0, 'ceremony.recorded', { kind: 'signing', on: '2023', roles: [] });
const [first, ...others] = [...'defgh'].map((letter, index) =>
  opened('agreement', letter, index + 1, 'agreement.registered', {
    kind: 'supply',
    ceremony: ceremony.record.id,
    parties: [{ unidentified: 'A bank', lang: 'en' }],
  }),
) as [SealedRecord, ...SealedRecord[]];
const all = [ceremony, first, ...others];

/** The rows of the last revision, as if each of these agreements had so many events; and which records were folded. */
function registerOf(events: number) {
  const rows = rowsOf(recordsThen, all).map(({ value, ...key }) => ({
    ...key,
    value: key.partition.startsWith('record/agreement') ? { ...value, version: events } : value,
  }));
  const folded: string[] = [];
  const last = () =>
    lastRevision(readerOverRows(rows).reader, async ({ id }) => {
      folded.push(id);
      return { sealed: all.find(({ record }) => record.id === id) ?? expect.fail(id) };
    });
  return { last, folded };
}

async function pageOf(last: ReturnType<typeof lastRevision>, cursor?: string) {
  const range = { limit: 3, cursor: cursor === undefined ? undefined : placeOfCursor(cursor) };
  const page = await last.list(aggregateByName('agreement'), {}, range);
  return 'faults' in page ? expect.fail(JSON.stringify(page)) : page;
}

describe('a page from rows of the last revision', () => {
  it.each([
    [1, 3],
    [RECORD_EVENTS / 2, 2],
    [RECORD_EVENTS, 1],
    [RECORD_EVENTS * 2, 1],
  ])('of records with %i events each shows %i of them, and goes on behind them', async (events, shown) => {
    const { last, folded } = registerOf(events);
    const ids: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const { items, next } = await pageOf(last(), cursor);
      ids.push(...items.map(({ id }) => id));
      if (next === undefined) break;
      expect(items).toHaveLength(shown);
      cursor = next;
    }
    expect(ids).toEqual([first, ...others].map(({ record }) => record.id).reverse());
    // At most the one that tells that there is more is folded twice.
    expect(folded.length).toBeLessThanOrEqual(2 * ids.length);
  });

  it('of a programme says where the records are for which no events are left', async () => {
    const { last } = registerOf(RECORD_EVENTS / 2);
    const programme = await last().programme({ ...(await summaryOf(last())), version: 1 });
    const { agreements = [] } = programme.recorded;
    expect(agreements).toHaveLength(1);
    expect(agreements[0]).toMatchObject({ partyCount: 1, signatures: 0 });
    expect(programme.more).toEqual([expect.stringMatching(/^\/v1\/agreements\?ceremony=.*&cursor=/)]);
  });
});

async function summaryOf(last: ReturnType<typeof lastRevision>) {
  const page = await last.list(aggregateByName('ceremony'), {}, { limit: 1 });
  if ('faults' in page) return expect.fail(JSON.stringify(page));
  return page.items[0] ?? expect.fail('there is no ceremony');
}
