import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measures } from '../../../domain/kernel/counted.ts';
import { dimensions, isShared } from '../../../domain/projections/statistics/rows.ts';
import { statistics } from '../../../domain/projections/statistics/statistics.ts';
import type { RowReader } from '../../../domain/reading/row-reader.ts';
import { createWorld, examplesOf } from '../../examples/world.ts';
import { eventsOf, type Fact, idOf } from '../../support/decider.ts';
import { type Asked, allRowsOf, membersBehind, rangeOf, sumOf } from '../../support/figures.ts';
import { sealedRecords } from '../../support/folded.ts';
import { rowsInMemory } from '../../support/rows-in-memory.ts';
import { historiesOf, rawFacts } from '../raw-histories.ts';

const times = [undefined, 'month', 'year'] as const;
const everyBy = times.flatMap((time) => [undefined, ...dimensions].map((dimension) => ({ time, dimension })));

/** Every figure is what its link's records come to, each record once. */
async function expectRecounted(reader: RowReader, asked: Asked): Promise<void> {
  for (const { link, count, records } of await allRowsOf(reader, asked)) {
    const members = await membersBehind(reader, link, 3);
    const ids = new Set(members.map(({ id }) => id));
    expect([link, members.length, ids.size]).toEqual([link, records, records]);
    // A list shows a record once; how often it counts stands in the rows of its buckets.
    const isInOne = asked.time === 'month';
    if (isInOne) {
      const sum = sumOf(members.map(({ row }) => ({ count: row.count ?? { exact: 1 } })));
      expect([link, sum]).toEqual([link, rangeOf(count)]);
    }
  }
}

/** Months, years and the values in which everything has its place come to the total. */
async function expectAddingUp(reader: RowReader): Promise<void> {
  for (const measure of measures) {
    const [total] = await allRowsOf(reader, { measure });
    for (const { time, dimension } of everyBy) {
      const asked = { measure, time, dimension };
      const rows = await allRowsOf(reader, asked);
      if (dimension === undefined || isShared(dimension)) {
        expect([asked, sumOf(rows)]).toEqual([asked, sumOf(total ? [total] : [])]);
      }
      if (time === undefined && dimension !== undefined && isShared(dimension)) {
        expect(rows.reduce((sum, { records }) => sum + Number(records), 0)).toBe(total?.records);
      }
      for (const limit of [1, 7]) expect(await allRowsOf(reader, asked, limit)).toEqual(rows);
      await expectRecounted(reader, asked);
    }
  }
}

const counted = ['agreement', 'membership', 'cohort', 'launch', 'award'] as const;
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const registered: Fact = ['organization.registered', { kind: 'bank', names: [{ value: 'Bank', lang: 'en' }] }];
const [own, other] = [idOf('organization', 'b'), idOf('organization', 'c')];
/** `c` was merged into `b`; the others are what they are. */
const organizations: readonly (readonly [string, readonly Fact[]])[] = [
  [own, [registered, ['organization.absorbed', { organization: other }]]],
  [other, [registered, ['organization.merged', { into: own, reason: 'Twice' }]]],
  ...[...'defg'].map((letter): [string, Fact[]] => [idOf('organization', letter), [registered]]),
];

const record = (place: number) =>
  fc
    .constantFrom(...counted)
    .chain((name) =>
      rawFacts(historiesOf(name), 6).map((facts) => [idOf(name, letters[place] ?? 'z'), facts] as const),
    );
const registers = fc
  .integer({ min: 1, max: 14 })
  .chain((size) => fc.tuple(...letters.slice(0, size).map((_, at) => record(at))));

describe('figures', () => {
  it('of the example add up, and are what their links list', async () => {
    const world = createWorld();
    for (const example of examplesOf('guangzhou-2023')) world.submit(example);
    await expectAddingUp(rowsInMemory(statistics, [...sealedRecords(world.events).values()]).reader);
  });

  it('of histories of every kind add up, and are what their links list', async () => {
    await fc.assert(
      fc.asyncProperty(registers, async (some) => {
        const events = [...organizations, ...some].flatMap(([id, facts]) => eventsOf(id, facts));
        await expectAddingUp(rowsInMemory(statistics, [...sealedRecords(events).values()]).reader);
      }),
      { numRuns: 25, seed: 7 },
    );
  }, 60_000);
});
