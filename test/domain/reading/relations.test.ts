import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../../domain/answers/record.ts';
import type { RelationEdge } from '../../../domain/answers/relations.ts';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import { applyCommit, type SealedRecord } from '../../../domain/projections/projection.ts';
import { LARGE, PAIRED, PAIRS, relations } from '../../../domain/projections/relations.ts';
import { type After, type RelationsPage, relationsPage } from '../../../domain/reading/relations.ts';
import { eventsOf, type Fact } from '../../support/decider.ts';
import { rowsInMemory } from '../../support/rows-in-memory.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const organization = (place: number) =>
  `organization-${letters[place % 26]}${letters[Math.floor(place / 26)]}${'a'.repeat(24)}`;
const [A = '', B = '', C = '', D = ''] = [0, 1, 2, 3].map(organization);

interface Party {
  readonly organization: string;
  readonly onBehalfOf?: string;
}
interface Signing {
  readonly parties: readonly Party[];
  /** The dates of the signatures; `null` of those that have not signed. */
  readonly signed?: readonly (string | undefined | null)[];
  readonly kind?: string;
}

let made = 0;
function agreement({ parties, signed = [], kind = 'supply' }: Signing, ...more: Fact[]): SealedRecord {
  made += 1;
  const id = `agreement-${letters[made % 26]}${letters[Math.floor(made / 26) % 26]}${'a'.repeat(24)}`;
  const facts: Fact[] = [
    ['agreement.registered', { kind, parties }],
    ...parties.flatMap(({ organization: party }, place): Fact[] => {
      const on = signed[place];
      return on === null ? [] : [['agreement.signed', { party, ...(on !== undefined && { on }) }]];
    }),
    ...more,
  ];
  const events: RegistryEvent[] = eventsOf(id, facts);
  return applyCommit(undefined, events, made);
}

/** Organizations, some of which were merged into others. */
const summariesOf =
  (merged: Readonly<Record<string, string>> = {}) =>
  async (ids: readonly string[]) =>
    new Map(
      ids.map((id): [string, Summary] => {
        const absorbed = Object.keys(merged).filter((from) => merged[from] === id);
        const [collection = ''] = id.split('-');
        const row = {
          id,
          collection: `${collection}s`,
          names: [{ value: id.slice(-26, -24), lang: 'en' }],
          ...(merged[id] !== undefined && { mergedInto: merged[id] }),
          ...(absorbed.length > 0 && { absorbed }),
        };
        return [id, row as unknown as Summary];
      }),
    );

async function turned(
  records: readonly SealedRecord[],
  merged: Record<string, string>,
  asked: { organization?: string; limit: number },
) {
  const { reader } = rowsInMemory(relations, records);
  const sources = { relations: reader, summaries: summariesOf(merged) };
  const pages: RelationsPage[] = [];
  let after: After | undefined;
  do {
    const page = (await relationsPage(sources, { ...asked, after })) as RelationsPage;
    pages.push(page);
    after = page.last;
  } while (after !== undefined && pages.length < 2000);
  return pages;
}
const edgesOf = (pages: readonly RelationsPage[]) => pages.flatMap(({ edges }) => edges);
const told = ({ between, count }: RelationEdge) => [...between.toSorted(), JSON.stringify(count)].join(' ');

const whole = { limit: 100 };
const between = (...parties: readonly string[]) => parties.map((one) => ({ organization: one }));

describe('the rows of relations', () => {
  it('are two for each two of those that have signed: six for three parties', () => {
    const record = agreement({ parties: between(A, B, C), signed: ['2023-02-23', '2023-02', undefined] });
    const sums = relations.sums?.(record) ?? [];
    expect(sums).toHaveLength(6);
    expect(relations.rows(record)).toEqual([]);
    expect(sums[0]).toEqual({
      partition: PAIRS,
      sort: `${A}/${B}`,
      add: { n: 1, 'kind:supply': 1, 'date:2023-02': 1 },
    });
    expect(sums.find(({ sort }) => sort === `${C}/${A}`)?.add).toEqual({ n: 1, 'kind:supply': 1 });
    const bytes = sums.map(({ sort, add }) => JSON.stringify([PAIRS, sort, add]).length);
    console.info(
      `a signing of three: ${sums.length} rows of relations, ${bytes.reduce((a, b) => a + b)} bytes of JSON`,
    );
  });

  it('are of those only whose signatures stand', () => {
    const unsigned = agreement({ parties: between(A, B), signed: ['2023', null] });
    expect(relations.sums?.(unsigned)).toEqual([]);
    const withdrawn = agreement({ parties: between(A, B) }, [
      'agreement.signature-withdrawn',
      { party: B, on: '2024' },
    ]);
    expect(relations.sums?.(withdrawn)).toEqual([]);
    const retracted = agreement({ parties: between(A, B) }, ['agreement.retracted', { reason: 'never was' }]);
    expect(relations.sums?.(retracted)).toEqual([]);
  });

  it('have no pair of a branch and the legal entity that it signs for, and tell both', () => {
    const record = agreement({ parties: [{ organization: A, onBehalfOf: B }, { organization: C }] });
    const sums = relations.sums?.(record) ?? [];
    expect(sums.map(({ sort, add }) => [sort, add.behalf ?? 0]).sort()).toEqual(
      [
        [`${A}/${C}`, 0],
        [`${B}/${C}`, 1],
        [`${C}/${A}`, 0],
        [`${C}/${B}`, 1],
      ].sort(),
    );
  });

  it('are none of pairs where an agreement has very many signers, but one for each of them', () => {
    const parties = Array.from({ length: PAIRED + 1 }, (_, place) => organization(place));
    const record = agreement({ parties: between(...parties) });
    expect(relations.sums?.(record)).toEqual([]);
    const rows = relations.rows(record);
    expect(rows).toHaveLength(PAIRED + 1);
    expect(rows[0]).toMatchObject({ partition: LARGE, sort: `${parties[0]}/${record.record.id}` });
    const fewer = agreement({ parties: between(...parties.slice(1)) });
    expect(relations.sums?.(fewer)).toHaveLength(PAIRED * (PAIRED - 1));
    expect(relations.rows(fewer)).toEqual([]);
  });
});

describe('a neighbourhood', () => {
  it('has an edge for each that the organization has signed with: how often, when first and last, of which kinds', async () => {
    const records = [
      agreement({ parties: between(A, B), signed: ['2021-05-01', '2021-05'] }),
      agreement({ parties: between(B, A), signed: ['2019', '2018-03-01'], kind: 'cooperation' }),
      agreement({ parties: between(A, B), kind: 'cooperation' }),
      agreement({ parties: between(B, C) }),
    ];
    const [page] = await turned(records, {}, { organization: A, limit: 25 });
    expect(page?.edges).toEqual([
      {
        between: [A, B],
        count: { exact: 3 },
        first: '2019',
        last: '2021-05',
        kinds: { supply: { exact: 1 }, cooperation: { exact: 2 } },
      },
    ]);
    expect(page?.nodes.map(({ id, degree }) => [id, degree])).toEqual([
      [A, 1],
      [B, 1],
    ]);
  });

  it('is read by one query of pairs and one of large agreements', async () => {
    const { reader, counted } = rowsInMemory(relations, [agreement({ parties: between(A, B) })]);
    let batches = 0;
    const summaries = async (ids: readonly string[]) => {
      batches += 1;
      return summariesOf()(ids);
    };
    await relationsPage({ relations: reader, summaries }, { organization: A, limit: 25 });
    expect({ reads: counted.requests, batches }).toEqual({ reads: 2, batches: 2 });
  });

  it('has large agreements as nodes', async () => {
    const parties = Array.from({ length: 30 }, (_, place) => organization(place));
    const large = agreement({ parties: between(...parties) });
    const [page] = await turned([large, agreement({ parties: between(A, B) })], {}, { organization: A, limit: 25 });
    expect(page?.edges.map((edge) => edge.between)).toEqual([
      [A, B],
      [A, large.record.id],
    ]);
    expect(page?.nodes.find(({ id }) => id === large.record.id)?.collection).toBe('agreements');
  });

  it('of an organization that nobody knows is none, and of one that signs alone is a node', async () => {
    const { reader } = rowsInMemory(relations, []);
    const nobody = { relations: reader, summaries: async () => new Map<string, Summary>() };
    expect(await relationsPage(nobody, { organization: A, limit: 25 })).toBeUndefined();
    const [page] = await turned([], {}, { organization: A, limit: 25 });
    expect(page).toMatchObject({ edges: [], nodes: [{ id: A, degree: 0 }] });
  });
});

describe('after a merge', () => {
  const records = [
    agreement({ parties: between(A, C) }),
    agreement({ parties: between(B, C) }),
    agreement({ parties: between(A, B) }),
    agreement({ parties: between(D, B) }),
  ];
  it.each([{ organization: A }, { organization: B }])(
    'no edge is of the merged one, and none from one to itself',
    async (asked) => {
      const pages = await turned(records, { [B]: A }, { ...asked, limit: 1 });
      expect(edgesOf(pages).map(told).sort()).toEqual([
        // Nobody can tell from pairs whether C has signed one agreement with both.
        `${A} ${C} {"min":1,"max":2}`,
        `${A} ${D} {"exact":1}`,
      ]);
    },
  );

  it('what is certain is told exactly', async () => {
    const apart = records.filter((_, place) => place !== 2);
    const pages = await turned(apart, { [B]: A }, { organization: C, limit: 25 });
    expect(edgesOf(pages).map(told)).toEqual([`${A} ${C} {"exact":2}`]);
  });

  it('an agreement that both had signed with one is not counted twice', async () => {
    const one = [agreement({ parties: between(A, B, C) })];
    const pages = await turned(one, { [B]: A }, { organization: C, limit: 25 });
    expect(edgesOf(pages).map(told)).toEqual([`${A} ${C} {"min":1,"max":2}`]);
  });
});

const party = fc.nat({ max: 6 }).map(organization);
const signing = fc.record({
  parties: fc.uniqueArray(party, { minLength: 2, maxLength: 5 }).map((ids) => between(...ids)),
  signed: fc.array(fc.constantFrom('2020', '2021-03', undefined, null), { maxLength: 5 }),
});
const history = fc.record({
  signings: fc.array(signing, { maxLength: 8 }),
  merged: fc.dictionary(fc.nat({ max: 3 }).map(organization), fc.integer({ min: 4, max: 6 }).map(organization)),
});

describe('the whole graph', () => {
  it('has every edge once, whatever the pages, and counts what there is', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ signings, merged }) => {
        const records = signings.map((one) => agreement(one));
        const final = (id: string) => merged[id] ?? id;
        const expected = new Map<string, number>();
        for (const { parties, signed } of signings) {
          const signers = parties.filter((_, place) => signed[place] !== null).map((one) => final(one.organization));
          const finals = [...new Set(signers)].sort();
          for (const [at, one] of finals.entries())
            for (const other of finals.slice(at + 1))
              expected.set(`${one} ${other}`, (expected.get(`${one} ${other}`) ?? 0) + 1);
        }
        for (const limit of [1, 3, 100]) {
          const edges = edgesOf(await turned(records, merged, { limit }));
          const found = new Map(edges.map(({ between: ends, count }) => [ends.toSorted().join(' '), count]));
          expect(found.size).toBe(edges.length);
          expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
          for (const [ends, { exact, min = exact, max = exact }] of found) {
            expect(expected.get(ends)).toBeGreaterThanOrEqual(min ?? 0);
            expect(expected.get(ends)).toBeLessThanOrEqual(max ?? 0);
          }
        }
        for (const one of [0, 3, 5].map(organization)) {
          const own = edgesOf(await turned(records, merged, { organization: one, limit: 2 }));
          const others = own.map(({ between: [first, second] }) => {
            expect(first).toBe(final(one));
            return [first, second].sort().join(' ');
          });
          expect(others.sort()).toEqual([...expected.keys()].filter((ends) => ends.includes(final(one))).sort());
        }
      }),
      { numRuns: 60, seed: 16 },
    );
  });

  it('ends, and has large agreements after the pairs', async () => {
    const parties = Array.from({ length: 30 }, (_, place) => organization(place));
    const records = [agreement({ parties: between(...parties) }), agreement({ parties: between(A, B) })];
    const pages = await turned(records, {}, { limit: 7 });
    expect(edgesOf(pages)).toHaveLength(31);
    expect(edgesOf(await turned(records, {}, whole))).toHaveLength(31);
    expect(edgesOf(pages)[0]?.between.toSorted()).toEqual([A, B]);
  });
});
