import type { FoldedRecord } from '../../kernel/aggregate.ts';
import type { Counted, Measure } from '../../kernel/counted.ts';
import { indexFieldsOf, standingOf, statusOf } from '../../record/record.ts';
import type { Count } from '../../values/count.ts';
import { dayOf } from '../../values/partial-date.ts';
import { type Projection, type Row, type SealedRecord, sortable } from '../projection.ts';
import type { Counters, SummedRow } from '../sums.ts';
import { type Bucket, bucketOf, monthOf, yearOf } from './buckets.ts';
import { both, countersOf, countOf, type Figure, figureOf, NO_FIGURE, ofOneRecord } from './figures.ts';
import {
  cellSort,
  cellsBy,
  FIRST,
  MERGES,
  type MemberRow,
  type MergeRow,
  membersBy,
  membersOf,
  NO_VALUE,
  type OwnDimension,
  type SharedDimension,
  sharedCellSort,
  sharedCells,
  sharedSort,
  sharedTotals,
  TOTAL,
  YEAR,
} from './rows.ts';

/** How much a record counts in each bucket. */
type Buckets = ReadonlyMap<Bucket, Figure>;
type Open = Map<Bucket, Figure>;

/** What a record counts by one measure: in the totals, and for each organization and ceremony. */
interface Contribution {
  readonly measure: Measure;
  readonly shared: Readonly<Record<SharedDimension, string>>;
  readonly all: Buckets;
  readonly by: readonly {
    readonly dimension: OwnDimension;
    readonly value: string;
    readonly buckets: Buckets;
  }[];
}

const ONE: Count = { exact: 1 };

function add(buckets: Open, { on, count = ONE }: Pick<Counted, 'on' | 'count'>): Open {
  const bucket = bucketOf(on);
  const figure = ofOneRecord(both(buckets.get(bucket) ?? NO_FIGURE, figureOf(count)));
  return buckets.set(bucket, figure);
}

function contributionOf(record: FoldedRecord, measure: Measure, counted: readonly Counted[]): Contribution {
  const [all, ceremonies, organizations] = [new Map() as Open, new Map<string, Open>(), new Map<string, Open>()];
  const at = (of: Map<string, Open>, value: string): Open => {
    const buckets = of.get(value) ?? new Map();
    of.set(value, buckets);
    return buckets;
  };
  for (const one of counted) {
    if (!one.inCohort) {
      add(all, one);
      if (one.ceremony !== undefined) add(at(ceremonies, one.ceremony), one);
    }
    for (const its of one.organizations) add(at(organizations, its.organization), its);
  }
  return {
    measure,
    shared: {
      standing: standingOf(record),
      // Time passes without events: figures tell the state of the day on which the record last changed.
      state: statusOf(record, dayOf(record.changedAt)),
      kind: counted[0]?.kind ?? NO_VALUE,
    },
    all,
    by: [
      ...[...organizations].map(([value, buckets]) => ({ dimension: 'organization' as const, value, buckets })),
      ...[...ceremonies].map(([value, buckets]) => ({ dimension: 'ceremony' as const, value, buckets })),
    ],
  };
}

function contributionsOf({ record }: SealedRecord): Contribution[] {
  const counted = Map.groupBy(record.aggregate.counted?.(record) ?? [], ({ measure }) => measure);
  return [...counted].map(([measure, some]) => contributionOf(record, measure, some));
}

const totalOf = (figures: Iterable<Figure>): Figure => ofOneRecord([...figures].reduce(both, NO_FIGURE));

/** What it adds in each year: to its months, and the record once. */
const byYear = (buckets: Buckets): [year: string, add: Counters][] =>
  [...Map.groupBy(buckets, ([bucket]) => yearOf(bucket))].map(([year, entries]) => [
    year,
    {
      ...countersOf(YEAR, totalOf(entries.map(([, figure]) => figure))),
      ...Object.assign({}, ...entries.map(([bucket, figure]) => countersOf(monthOf(bucket), figure))),
    },
  ]);

function sharedSums({ measure, shared, all }: Contribution): SummedRow[] {
  if (all.size === 0) return [];
  const partition = sharedCells(measure);
  const cells = byYear(all).map(([year, add]) => ({ partition, sort: sharedCellSort(year, shared), add }));
  const total = countersOf(TOTAL, totalOf(all.values()));
  return [...cells, { partition: sharedTotals(measure), sort: sharedSort(shared), add: total }];
}

function ownSums({ measure, by }: Contribution): SummedRow[] {
  return by.flatMap(({ dimension, value, buckets }) => {
    const years = byYear(buckets);
    const first = years.map(([year]) => year).sort()[0];
    return years.map(([year, add]) => ({
      partition: cellsBy(measure, dimension),
      sort: cellSort(value, year),
      add: { ...add, ...(year === first && { [FIRST]: 1 }) },
    }));
  });
}

const sumsOf = (contribution: Contribution): SummedRow[] => [...sharedSums(contribution), ...ownSums(contribution)];

/** A row for each bucket in which a record counts. */
function memberRows(
  partition: string,
  { record, first }: SealedRecord,
  buckets: Buckets,
  shared: Partial<Readonly<Record<SharedDimension, string>>> = {},
): Row[] {
  const inOrder = [...buckets].sort(([one], [other]) => (one < other ? -1 : 1));
  return inOrder.map(([bucket, figure], place) => {
    const later = inOrder[place + 1]?.[0];
    const count = countOf(figure);
    const value: MemberRow = {
      ...shared,
      ...(count.exact !== 1 && { count }),
      ...(later !== undefined && { later }),
    };
    return { partition, sort: `${bucket}/${sortable(first)}/${record.id}`, value };
  });
}

function mergeRows({ record }: SealedRecord): Row[] {
  const { mergedInto: into, absorbed } = indexFieldsOf(record);
  if (into === undefined && absorbed === undefined) return [];
  const value: MergeRow = { ...(into !== undefined && { into }), ...(absorbed !== undefined && { absorbed }) };
  return [{ partition: MERGES, sort: record.id, value }];
}

const rows = (sealed: SealedRecord): Row[] => [
  ...contributionsOf(sealed).flatMap(({ measure, shared, all, by }) => [
    ...memberRows(membersOf(measure), sealed, all, shared),
    ...by.flatMap(({ dimension, value, buckets }) => memberRows(membersBy(measure, dimension, value), sealed, buckets)),
  ]),
  ...mergeRows(sealed),
];

/** What is counted, by time and by what people choose by, and the records behind every figure. */
export const statistics: Projection = {
  name: 'statistics',
  revision: 1,
  rows,
  sums: (sealed) => contributionsOf(sealed).flatMap(sumsOf),
};
