import { beforeAll, describe, expect, it } from 'vitest';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import { statistics } from '../../../domain/projections/statistics/statistics.ts';
import type { RowReader } from '../../../domain/reading/row-reader.ts';
import { createWorld, examplesOf } from '../../examples/world.ts';
import { eventsOf, type Fact, idOf } from '../../support/decider.ts';
import { type Asked, allRowsOf, membersBehind } from '../../support/figures.ts';
import { sealedRecords } from '../../support/folded.ts';
import { rowsInMemory } from '../../support/rows-in-memory.ts';

const [first, second, third] = ['b', 'c', 'd'].map((letter) => idOf('organization', letter)) as [
  string,
  string,
  string,
];
const ceremony = idOf('ceremony');

type History = Readonly<Record<string, readonly Fact[]>>;
const readerOf = (history: History): RowReader => {
  const events: RegistryEvent[] = Object.entries(history).flatMap(([id, facts]) => eventsOf(id, facts));
  return rowsInMemory(statistics, [...sealedRecords(events).values()]).reader;
};

/** Figures without their links, in short: `2023-02 treaty: 3 (2)` are three in two records. */
async function figures(reader: RowReader, asked: Asked): Promise<string[]> {
  const rows = await allRowsOf(reader, asked);
  return rows.map(({ count, records, link: _, ...chosen }) => {
    const { exact, min, max } = count;
    const shown = exact ?? (max === undefined ? `${min}+` : `${min}–${max}`);
    const told =
      records === exact ? '' : ` (${typeof records === 'number' ? records : `${records.min}–${records.max}`})`;
    return `${Object.values(chosen).join(' ') || 'all'}: ${shown}${told}`;
  });
}

const agreement = (parties: readonly string[], ...signatures: [party: string | number, on?: string][]): Fact[] => [
  ['agreement.registered', { kind: 'treaty', ceremony, parties: parties.map((organization) => ({ organization })) }],
  ...signatures.map(([party, on]): Fact => ['agreement.signed', { party, ...(on && { on }) }]),
];

describe('the figures of the example', () => {
  let reader: RowReader;
  beforeAll(() => {
    const world = createWorld();
    for (const example of examplesOf('guangzhou-2023')) world.submit(example);
    reader = rowsInMemory(statistics, [...sealedRecords(world.events).values()]).reader;
  });

  it('are 5 signings, no members, intents of 31 at least, and 5 launches of which one was held', async () => {
    expect(await figures(reader, { measure: 'signings' })).toEqual(['all: 5']);
    expect(await figures(reader, { measure: 'members' })).toEqual(['all: 0']);
    expect(await figures(reader, { measure: 'admissions' })).toEqual(['all: 0']);
    expect(await figures(reader, { measure: 'intents' })).toEqual(['all: 31+ (1)']);
    expect(await figures(reader, { measure: 'launches' })).toEqual(['all: 5']);
    expect(await figures(reader, { measure: 'launches', dimension: 'state' })).toEqual(['held: 1', 'launched: 4']);
    expect(await figures(reader, { measure: 'organizations' })).toEqual(['all: 19']);
  });

  it('stand in the months of their dates', async () => {
    expect(await figures(reader, { measure: 'signings', time: 'month' })).toEqual(['2023-02: 5']);
    expect(await figures(reader, { measure: 'intents', time: 'month' })).toEqual(['unknown: 31+ (1)']);
    expect(await figures(reader, { measure: 'signings', time: 'year' })).toEqual(['2023: 5']);
  });

  it('lead to what they count', async () => {
    const [row] = await allRowsOf(reader, { measure: 'intents', time: 'month' });
    expect(row?.link).toBe('/v1/memberships?measure=intents&month=unknown');
    expect((await membersBehind(reader, row?.link ?? '')).map(({ row: one }) => one.count)).toEqual([{ min: 31 }]);
  });
});

describe('a signing', () => {
  const signed = agreement([first, second, third], [second, '2023-03-01'], [first, '2023-02-23?']);
  it('is dated by its first signature, and for each that has signed by its own', async () => {
    const reader = readerOf({ [idOf('agreement')]: signed });
    expect(await figures(reader, { measure: 'signings', time: 'month' })).toEqual(['2023-02: 1']);
    expect(await figures(reader, { measure: 'signings', time: 'month', dimension: 'organization' })).toEqual([
      `2023-03 ${second}: 1`,
      `2023-02 ${first}: 1`,
    ]);
    expect(await figures(reader, { measure: 'signings', dimension: 'ceremony' })).toEqual([`${ceremony}: 1`]);
    expect(await figures(reader, { measure: 'signings', dimension: 'kind' })).toEqual(['treaty: 1']);
  });
  it('is none without a signature that stands', async () => {
    const withdrawn: Fact = ['agreement.signature-withdrawn', { party: first, on: '2023-04' }];
    const reader = readerOf({
      [idOf('agreement')]: agreement([first, second]),
      [idOf('agreement', 'b')]: [...agreement([first, second], [first, '2023-02']), withdrawn],
      [idOf('agreement', 'c')]: [...agreement([first, second], [second, '2023'], [first, '2023-02']), withdrawn],
    });
    expect(await figures(reader, { measure: 'signings', time: 'month' })).toEqual(['2023: 1']);
    expect(await figures(reader, { measure: 'signings', dimension: 'organization' })).toEqual([`${second}: 1`]);
  });
  it('without a date stands in the bucket `unknown`, and of a season in its year', async () => {
    const reader = readerOf({
      [idOf('agreement')]: agreement([first, second], [first]),
      [idOf('agreement', 'b')]: agreement([first, second], [first, '2023-21']),
      [idOf('agreement', 'c')]: agreement([first, second], [first, '202X']),
      [idOf('agreement', 'd')]: agreement([first, second], [first, '2023-01-30/2023-01-31']),
    });
    expect(await figures(reader, { measure: 'signings', time: 'month' })).toEqual([
      '2023-01: 1',
      '2023: 1',
      'unknown: 2',
    ]);
    expect(await figures(reader, { measure: 'signings', time: 'year' })).toEqual(['2023: 2', 'unknown: 2']);
    expect(await figures(reader, { measure: 'signings', time: 'month', from: '2023-02' })).toEqual(['2023: 1']);
    expect(await figures(reader, { measure: 'signings', time: 'month', to: '2022-12' })).toEqual([]);
  });
  it('counts once for a party that stands there twice', async () => {
    const registered: Fact = [
      'agreement.registered',
      { kind: 'supply', parties: [{ organization: first, onBehalfOf: second }, { organization: second }] },
    ];
    const reader = readerOf({
      [idOf('agreement')]: [registered, ['agreement.signed', { party: first }], ['agreement.signed', { party: 2 }]],
    });
    expect(await figures(reader, { measure: 'signings', dimension: 'organization' })).toEqual([
      `${second}: 1`,
      `${first}: 1`,
    ]);
  });
  it('counts nowhere when it is retracted', async () => {
    const reader = readerOf({ [idOf('agreement')]: [...signed, ['agreement.retracted', { reason: 'Another one' }]] });
    expect(await figures(reader, { measure: 'signings' })).toEqual(['all: 0']);
    expect(await figures(reader, { measure: 'signings', dimension: 'organization' })).toEqual([]);
  });
});

describe('a membership', () => {
  const between = { body: first, organization: second };
  it('of two admissions in a month is one record', async () => {
    const reader = readerOf({
      [idOf('membership')]: [
        ['membership.intent-declared', { ...between, on: '2023-01' }],
        ['membership.applied', { ...between, on: '2023-02-01' }],
        ['membership.admitted', { ...between, on: '2023-02-02' }],
        ['membership.expelled', { on: '2023-02-10' }],
        ['membership.admitted', { ...between, on: '2023-02-20' }],
        ['membership.resigned', { on: '2023-05' }],
        ['membership.admitted', { ...between, on: '2023-06-01' }],
      ],
    });
    expect(await figures(reader, { measure: 'admissions', time: 'month' })).toEqual(['2023-06: 1', '2023-02: 2 (1)']);
    expect(await figures(reader, { measure: 'admissions', time: 'year' })).toEqual(['2023: 3 (1)']);
    expect(await figures(reader, { measure: 'admissions', dimension: 'organization' })).toEqual([
      `${second}: 3 (1)`,
      `${first}: 3 (1)`,
    ]);
    expect(await figures(reader, { measure: 'intents', time: 'month' })).toEqual(['2023-01: 1']);
    expect(await figures(reader, { measure: 'members', time: 'month' })).toEqual(['2023-06: 1']);
  });
});

describe('a cohort', () => {
  const cohort = idOf('cohort');
  const membershipOf = (letter: string) => idOf('membership', letter);
  const joining = (letter: string) => ({ body: first, organization: idOf('organization', letter) });
  const recorded = (count: object): Fact => [
    'cohort.recorded',
    { subject: 'intents', body: first, count, on: '2023-02-23?' },
  ];
  const named = (letter: string): Fact => ['cohort.identified', { organization: idOf('organization', letter) }];
  const withRecord = (letter: string): Fact => [
    'cohort.identified',
    { organization: idOf('organization', letter), record: membershipOf(letter) },
  ];
  const membership = (letter: string): readonly Fact[] => [
    ['membership.intent-declared', joining(letter)],
    ['membership.identified-in-cohort', { cohort, subject: 'intents' }],
  ];
  const intents = (history: History, asked: Partial<Asked> = {}) =>
    figures(readerOf(history), { measure: 'intents', ...asked });

  it('of three at least stays so while they are identified, and a fourth makes it four', async () => {
    const three = [recorded({ min: 3 }), named('m')];
    expect(await intents({ [cohort]: three })).toEqual(['all: 3+ (1)']);
    const more = {
      [cohort]: [...three, withRecord('m'), withRecord('n')],
      [membershipOf('m')]: membership('m'),
      [membershipOf('n')]: membership('n'),
    };
    for (const time of [undefined, 'month', 'year'] as const) {
      expect(await intents(more, { time })).toEqual([
        `${time ? { month: '2023-02', year: '2023' }[time] : 'all'}: 3+ (1)`,
      ]);
    }
    const four = { ...more, [cohort]: [...(more[cohort] as Fact[]), named('o'), named('p')] };
    expect(await intents(four)).toEqual(['all: 4+ (1)']);
    expect(await intents(four, { dimension: 'organization' })).toEqual([
      ...['p', 'o', 'n', 'm'].map((letter) => `${idOf('organization', letter)}: 1`),
      `${first}: 4+ (1)`,
    ]);
  });
  it('is as narrow as what it was reconciled to', async () => {
    const facts = [recorded({ min: 3, max: 9 })];
    expect(await intents({ [cohort]: facts })).toEqual(['all: 3–9 (1)']);
    expect(await intents({ [cohort]: [...facts, ['cohort.reconciled', { exact: 5 }]] })).toEqual(['all: 5 (1)']);
  });
  it('that is retracted leaves the records in it to the totals', async () => {
    const history = {
      [cohort]: [recorded({ min: 3 }), withRecord('m'), ['cohort.retracted', { reason: 'Reported twice' }] as Fact],
      [membershipOf('m')]: membership('m'),
    };
    expect(await intents(history)).toEqual(['all: 1']);
  });
  it('takes one of what a membership counts, and of that kind alone', async () => {
    const history = {
      [cohort]: [recorded({ min: 3 }), withRecord('m')],
      [membershipOf('m')]: [...membership('m'), ['membership.admitted', joining('m')] as Fact],
    };
    expect(await intents(history)).toEqual(['all: 3+ (1)']);
    expect(await figures(readerOf(history), { measure: 'admissions' })).toEqual(['all: 1']);
  });
});

describe('after a merge', () => {
  const registered: Fact = ['organization.registered', { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }] }];
  const [own, other] = [first, second];
  const merged: History = {
    [own]: [registered, ['organization.absorbed', { organization: other }]],
    [other]: [registered, ['organization.merged', { into: own, reason: 'Twice' }]],
    [third]: [registered],
  };
  const history: History = {
    ...merged,
    [idOf('agreement')]: agreement([own, other], [own, '2023-03'], [other, '2023-02']),
    [idOf('agreement', 'b')]: agreement([own, third], [own, '2023-02'], [third, '2023-02']),
    [idOf('agreement', 'c')]: agreement([other, third], [other]),
  };
  it('nobody counts twice, in the bucket of the first signature', async () => {
    const reader = readerOf(history);
    expect(await figures(reader, { measure: 'organizations' })).toEqual(['all: 2']);
    expect(await figures(reader, { measure: 'signings', dimension: 'organization' })).toEqual([
      `${third}: 1`,
      `${own}: 3`,
    ]);
    const byMonth: Asked = { measure: 'signings', time: 'month', dimension: 'organization' };
    expect(await figures(reader, byMonth)).toEqual([`2023-02 ${third}: 1`, `2023-02 ${own}: 2`, `unknown ${own}: 1`]);
    for (const value of [own, other]) {
      expect(await figures(reader, { ...byMonth, time: 'year', value })).toEqual([
        `2023 ${own}: 2`,
        `unknown ${own}: 1`,
      ]);
    }
    const [row] = await allRowsOf(reader, { measure: 'signings', dimension: 'organization', value: other });
    expect(new Set((await membersBehind(reader, row?.link ?? '', 1)).map(({ id }) => id)).size).toBe(3);
  });
  it('it stands under the id that it has, although all was recorded under another', async () => {
    const reader = readerOf({ ...merged, [idOf('agreement')]: agreement([other, third], [other, '2023']) });
    expect(await figures(reader, { measure: 'signings', dimension: 'organization' })).toEqual([`${own}: 1`]);
  });
});
