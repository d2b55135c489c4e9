import { describe, expect, it } from 'vitest';
import { aggregateByName } from '../../../domain/catalog.ts';
import { applyCommit, type SealedRecord } from '../../../domain/projections/projection.ts';
import { records } from '../../../domain/projections/records.ts';
import { readActivity } from '../../../domain/reading/activity.ts';
import { placeOfCursor } from '../../../domain/reading/cursors.ts';
import type { Filters } from '../../../domain/reading/filters.ts';
import { type ListAnswer, readList } from '../../../domain/reading/lists.ts';
import { readTimeline } from '../../../domain/reading/timeline.ts';
import { eventsOf, type Fact, idOf } from '../../support/decider.ts';
import { readerOverRows, rowsInMemory } from '../../support/rows-in-memory.ts';

const idAt = (aggregate: string, number: number) => {
  const digits = number.toString(26).padStart(26, '0');
  return `${aggregate}-${[...digits].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join('')}`;
};
const named = (value: string) => [{ value, lang: 'en' }];
const agreements = aggregateByName('agreement');
const organizations = aggregateByName('organization');

let position = 0;
function recorded(id: string, ...facts: Fact[]): SealedRecord {
  const record = applyCommit(undefined, eventsOf(id, facts), position) as SealedRecord;
  position += facts.length;
  return record;
}

const [exchange, bank, other, branch] = ['e', 'b', 'o', 'h'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
  string,
];
const company = (id: string, name: string, ...more: Fact[]) =>
  recorded(id, ['organization.registered', { kind: 'company', names: named(name) }], ...more);
const ceremony = idOf('ceremony', 'c');

/** Thirty dated agreements and thirty undated ones, of two kinds, some at a ceremony, some retracted. */
const sixty = Array.from({ length: 60 }, (_, number) => {
  const parties = [{ organization: exchange }, { organization: number % 2 === 0 ? bank : other }];
  const opening = { kind: number % 3 === 0 ? 'memorandum' : 'supply', parties, ...(number % 5 === 0 && { ceremony }) };
  const day = `2023-${String(1 + (number % 12)).padStart(2, '0')}-${String(1 + (number % 20)).padStart(2, '0')}`;
  return recorded(
    idAt('agreement', number),
    ['agreement.registered', opening],
    ...(number < 30 ? [['agreement.signed', { party: exchange, on: day }] satisfies Fact] : []),
    ...(number % 10 === 9 ? [['agreement.retracted', { reason: 'Registered twice' }] satisfies Fact] : []),
  );
});
const world = [
  company(exchange, 'Exchange'),
  company(bank, 'Bank'),
  company(other, 'Other'),
  recorded(ceremony, ['ceremony.recorded', { kind: 'signing', names: named('Signing'), on: '2023' }]),
  ...sixty,
];

const pageOf = async (source: ReturnType<typeof rowsInMemory>, filters: Filters, limit = 25, cursor?: string) => {
  const range = { limit, cursor: cursor === undefined ? undefined : placeOfCursor(cursor) };
  const page = await readList(source.reader, agreements, filters, range);
  return 'faults' in page ? expect.fail(JSON.stringify(page)) : page;
};

/** All items of a list, page by page. */
async function turned(filters: Filters, limit: number) {
  const source = rowsInMemory(records, world);
  const pages: ListAnswer[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await pageOf(source, filters, limit, cursor);
    pages.push(page);
    cursor = page.next;
    if (cursor === undefined) return { pages, ids: pages.flatMap(({ items }) => items.map(({ id }) => id)) };
  }
}

describe('a list of thirty undated and thirty dated records', () => {
  it.each([1, 7, 100])('ends by pages of %i without doubles, and no cursor leads nowhere', async (limit) => {
    const { pages, ids } = await turned({}, limit);
    expect(new Set(ids).size).toBe(60);
    expect(ids).toHaveLength(60);
    expect(pages.every(({ items }) => items.length > 0)).toBe(true);
    expect(pages.map(({ total }) => total)).toEqual(pages.map(() => 60));
  });

  it.each([
    [{ organization: exchange }],
    [{ organization: other }],
    [{ ceremony }],
    [{ kind: ['supply'] }],
    [{ kind: ['supply', 'memorandum'] }],
    [{ state: ['announced'] }],
    [{ state: ['partly-signed', 'retracted'] }],
    [{ state: ['terminated'] }],
  ] satisfies [Filters][])('of %j has the length that it tells, and every item once', async (filters) => {
    const { pages, ids } = await turned(filters, 7);
    expect(new Set(ids).size).toBe(ids.length);
    expect(pages[0]?.total).toBe(ids.length);
    const { pages: all } = await turned({}, 100);
    const expected = (all[0]?.items ?? []).filter((item) =>
      Object.entries(filters).every(([filter, value]) => {
        if (filter === 'organization') return item.participants.includes(String(value));
        const own = item[filter as 'kind' | 'state' | 'ceremony'] ?? '';
        return Array.isArray(value) ? value.includes(own) : own === value;
      }),
    );
    expect(new Set(ids)).toEqual(new Set(expected.map(({ id }) => id)));
  });

  it.each([
    [{ organization: exchange, kind: ['supply'] }],
    [{ ceremony, state: ['announced'] }],
    [{ standing: ['reported'] }],
    [{ from: '2023-02-01' }],
    [{ organization: bank, to: '2023-12-31' }],
  ] satisfies [Filters][])('of %j tells no length, which would be that of another list', async (filters) => {
    const { pages, ids } = await turned(filters, 7);
    expect(ids.length).toBeGreaterThan(0);
    expect(pages.some((page) => 'total' in page)).toBe(false);
  });

  it('reads one row more than it shows, in three rounds, with the names of all that it shows', async () => {
    for (const limit of [1, 25]) {
      const source = rowsInMemory(records, world);
      const page = await pageOf(source, { organization: exchange }, limit);
      expect(page.items).toHaveLength(limit);
      expect(source.counted.rounds).toBe(3);
      // Pointers and summaries; the organization, its total, and at most four names.
      expect(source.counted.rows).toBeLessThanOrEqual(2 * (limit + 1) + 2 + 4);
      const shown = page.items.flatMap(({ participants, ceremony: at }) => [...participants, ...(at ? [at] : [])]);
      expect(Object.keys(page.references).sort()).toEqual([...new Set(shown)].sort());
    }
  });

  it('refuses a cursor of another list, and a record that is not there', async () => {
    const source = rowsInMemory(records, world);
    const { next } = await pageOf(source, {}, 1);
    const cursor = placeOfCursor(next ?? '');
    expect(await readList(source.reader, agreements, { kind: ['supply'] }, { limit: 1, cursor })).toEqual({
      faults: [{ parameter: 'cursor', detail: 'is of another list' }],
    });
    const nobody = idOf('organization', 'z');
    expect(await readList(source.reader, agreements, { organization: nobody }, { limit: 1 })).toEqual({
      faults: [{ parameter: 'organization', detail: `there is no record ${nobody}` }],
    });
  });
});

describe('after a merge', () => {
  const merged = [
    company(exchange, 'Exchange', ['organization.absorbed', { organization: other, names: [], relations: [] }]),
    company(other, 'Other', ['organization.merged', { into: exchange }]),
    company(bank, 'Bank'),
    recorded(idAt('agreement', 100), [
      'agreement.registered',
      { kind: 'supply', parties: [{ organization: exchange }, { organization: other, onBehalfOf: bank }] },
    ]),
    recorded(idAt('agreement', 101), [
      'agreement.registered',
      { kind: 'supply', parties: [{ organization: other }, { organization: bank }] },
    ]),
  ];

  it.each([exchange, other])('the list of %s is one, of a length between the parts', async (organization) => {
    const page = await pageOf(rowsInMemory(records, merged), { organization });
    expect(page.items.map(({ id }) => id)).toEqual([idAt('agreement', 101), idAt('agreement', 100)]);
    expect(page.total).toEqual({ min: 2, max: 3 });
    expect(page.references[other]).toMatchObject({ names: named('Exchange'), mergedInto: exchange });
  });

  it('no row of the merged one is left in a list of organizations, and its roles count for the other', async () => {
    const source = rowsInMemory(records, merged);
    const page = await readList(source.reader, organizations, {}, { limit: 25 });
    if ('faults' in page) expect.fail(JSON.stringify(page));
    expect(page.items.map(({ id }) => id)).toEqual([bank, exchange]);
    expect(page.total).toBe(2);
    expect(page.items[1]?.counts).toEqual({ agreements: { party: { min: 2, max: 3 } } });
    expect(page.items[0]?.counts).toEqual({ agreements: { party: 1, principal: 1 } });
  });

  it('its activity is one, with the roles under both ids', async () => {
    const { reader } = rowsInMemory(records, merged);
    const page = await readActivity(reader, [exchange, other], { limit: 25 });
    expect(page.items.map(({ id, roles }) => [id, roles])).toEqual([
      [idAt('agreement', 101), ['party']],
      [idAt('agreement', 100), ['party']],
    ]);
    expect(page.total).toEqual({ min: 2, max: 3 });
  });
});

describe('after a merge of two whose lists are longer than one look', () => {
  /** 600 agreements of the one and 550 of the other, 300 of which are of both. */
  const [own, theirs, shared] = [600, 550, 300];
  const agreed = Array.from({ length: own + theirs - shared }, (_, number) => {
    const parties = [
      ...(number < own ? [{ organization: exchange }] : []),
      ...(number >= own - shared ? [{ organization: other }] : []),
      { organization: bank },
    ];
    const kind = number % 2 === 0 ? 'supply' : 'memorandum';
    return recorded(idAt('agreement', 1_000 + number), ['agreement.registered', { kind, parties }]);
  });
  const ids = agreed.map(({ record }) => record.id).reverse();
  const source = rowsInMemory(records, [
    company(exchange, 'Exchange', ['organization.absorbed', { organization: other, names: [], relations: [] }]),
    company(other, 'Other', ['organization.merged', { into: exchange }]),
    company(bank, 'Bank'),
    ...agreed,
  ]);
  const range = { min: own, max: own + theirs };

  async function all(filters: Filters, limit: number) {
    const pages: ListAnswer[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await pageOf(source, filters, limit, cursor);
      pages.push(page);
      cursor = page.next;
      if (cursor === undefined) return { pages, found: pages.flatMap(({ items }) => items.map(({ id }) => id)) };
    }
  }

  it.each([
    [exchange, 100],
    [other, 37],
  ])(
    'the pages of %s by %i have every record once, and each tells one range that holds their number',
    async (organization, limit) => {
      const { pages, found } = await all({ organization }, limit);
      expect(found).toEqual(ids);
      expect(pages.map(({ total }) => total)).toEqual(pages.map(() => range));
      expect(found.length).toBeGreaterThanOrEqual(range.min);
      expect(found.length).toBeLessThanOrEqual(range.max);
    },
  );

  it('a filter looks through all of them, and tells no number', async () => {
    const { pages, found } = await all({ organization: exchange, kind: ['memorandum'] }, 100);
    expect(found).toEqual(agreed.flatMap(({ record }, number) => (number % 2 === 1 ? [record.id] : [])).reverse());
    expect(pages.every(({ total }) => total === undefined)).toBe(true);
  });

  it('its activity and its roles are told by the same range', async () => {
    const found: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const place = cursor === undefined ? undefined : placeOfCursor(cursor);
      const page = await readActivity(source.reader, [exchange, other], { limit: 100, cursor: place });
      expect(page).toMatchObject({ total: range, counts: { agreements: { party: range } } });
      found.push(...page.items.map(({ id }) => id));
      cursor = page.next;
      if (cursor === undefined) break;
    }
    expect(found).toEqual(ids);
  });
});

describe('activity and timeline', () => {
  const both = [company(bank, 'Bank'), company(branch, 'Branch')];
  const party = recorded(idAt('agreement', 200), [
    'agreement.registered',
    { kind: 'supply', parties: [{ organization: branch, onBehalfOf: bank }, { organization: bank }] },
  ]);
  const all = [...both, party];

  it('say in which roles the organization takes part: one that has two is one record', async () => {
    const { reader, counted } = rowsInMemory(records, all);
    const page = await readActivity(reader, [bank], { limit: 25 });
    expect(page.items.map(({ id, roles }) => [id, roles])).toEqual([[party.record.id, ['principal', 'party']]]);
    expect(page).toMatchObject({ total: 1, counts: { agreements: { party: 1, principal: 1 } } });
    expect(Object.keys(page.references).sort()).toEqual([bank, branch].sort());
    expect(counted.rounds).toBe(3);
  });

  it('name all whom a commit is about, also where its record has no name', async () => {
    const { reader, counted } = rowsInMemory(records, all);
    const page = await readTimeline(reader, { limit: 2 });
    expect(page.items.map(({ id, names }) => [id, names])).toEqual([
      [party.record.id, []],
      [branch, named('Branch')],
    ]);
    expect(page.items[0]?.participants).toEqual([branch, bank]);
    expect(Object.keys(page.references).sort()).toEqual([bank, branch].sort());
    expect(page.next).toBeDefined();
    expect(counted.rounds).toBe(3);
  });
});

describe('a look through a list', () => {
  const rowsOf = (count: number, fill: string) =>
    Array.from({ length: count }, (_, number) => {
      const id = idAt('agreement', number);
      const summary = { id, state: 'signed', standing: 'reported', participants: [], names: [], fill };
      return [
        { partition: `record/${id}`, sort: id, value: summary },
        { partition: 'list/agreements/state/signed', sort: `2023-01-01/${id}`, value: { kind: 'supply' } },
      ];
    }).flat();
  const asked: Filters = { state: ['signed'], standing: ['disputed'] };

  it('ends after 500 rows, and goes on behind them', async () => {
    const source = readerOverRows(rowsOf(501, ''));
    const first = await pageOf(source, asked);
    expect(first.items).toEqual([]);
    expect(source.counted.rows).toBe(1_000);
    expect(await pageOf(source, asked, 25, first.next)).toEqual({ items: [], references: {} });
  });

  it('ends after 4 MB', async () => {
    const source = readerOverRows(rowsOf(400, 'x'.repeat(30_000)));
    const { next } = await pageOf(source, asked);
    expect(next).toBeDefined();
    expect(source.counted.rows).toBe(400);
  });
});
