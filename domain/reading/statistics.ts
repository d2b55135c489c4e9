import type { Measure } from '../kernel/counted.ts';
import { NO_YEAR, shownBucket, shownYear, yearOf } from '../projections/statistics/buckets.ts';
import { both, type Figure, figureIn, NO_FIGURE } from '../projections/statistics/figures.ts';
import {
  cellAt,
  cellSort,
  cellsBy,
  type Dimension,
  isShared,
  type OwnDimension,
  type SharedDimension,
  sharedTotals,
  sharedValues,
  TOTAL,
  YEAR,
} from '../projections/statistics/rows.ts';
import type { Counters } from '../projections/sums.ts';
import { compareUtf8, endOf } from '../values/utf8-order.ts';
import { type CursorPlace, cursorOf } from './cursors.ts';
import type { RowReader } from './row-reader.ts';
import { bucketOfSlot, cellsIn, groupOf, months, type YearCell } from './statistics-cells.ts';
import {
  canTellApart,
  cellsWith,
  figureOfMembers,
  idsCounted,
  membersOfIds,
  mergesOf,
  totalOfCells,
  totalsOfIds,
} from './statistics-merges.ts';
import { isOver, type Look, newLook, piecesBefore, rowsWith } from './statistics-rows.ts';
import { overlapping, type Told, toldOf } from './statistics-told.ts';

/** What a request for statistics means, over the rows of the read model `statistics`. */

type Time = 'month' | 'year';

export interface StatisticsAsked {
  readonly measure: Measure;
  readonly time?: Time | undefined;
  readonly dimension?: Dimension | undefined;
  /** Only this value of the dimension. */
  readonly value?: string | undefined;
  /** Only buckets of these months and between them, as `2023-02`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly cursor?: CursorPlace | undefined;
}

export type FigureRow = Told & { readonly [Name in Time | Dimension]?: string } & { readonly link: string };

export interface StatisticsPage {
  readonly rows: readonly FigureRow[];
  readonly next?: string;
}

/** What a measure counts are records of this collection, and cohorts of such. */
const collectionOf: Readonly<Record<Measure, string>> = {
  signings: 'agreements',
  admissions: 'memberships',
  intents: 'memberships',
  conferrals: 'awards',
  launches: 'launches',
  organizations: 'organizations',
  members: 'memberships',
};

export const measuresIn = (collection: string): Measure[] =>
  (Object.keys(collectionOf) as Measure[]).filter((measure) => collectionOf[measure] === collection);

/** The list of the records that a figure counts. */
export const linkTo = (measure: Measure, chosen: Readonly<Record<string, string>> = {}): string =>
  `/v1/${collectionOf[measure]}?${new URLSearchParams({ measure, ...chosen })}`;

/** The name by which the cursors of an answer know it. */
export const statisticsPages = ({
  measure,
  time,
  dimension,
  value,
  from,
  to,
}: Omit<StatisticsAsked, 'limit' | 'cursor'>) =>
  ['statistics', measure, time, dimension, value, from, to].map((part) => part ?? '').join(' ');

interface Entry {
  readonly at: string;
  readonly chosen: Readonly<Record<string, string>>;
  readonly told: Told;
}

function pageOf(asked: StatisticsAsked, entries: readonly Entry[], cut: string | undefined): StatisticsPage {
  const { measure, limit } = asked;
  const shown = entries.slice(0, limit);
  const last = entries.length > limit ? shown.at(-1)?.at : cut;
  return {
    rows: shown.map(({ chosen, told }) => ({ ...chosen, ...told, link: linkTo(measure, chosen) })),
    ...(last !== undefined && { next: cursorOf(statisticsPages(asked), last) }),
  };
}

/** A page of figures: by time the last first. @returns fewer than asked for where there is much to look at */
export function statisticsPage(reader: RowReader, asked: StatisticsAsked): Promise<StatisticsPage> {
  if (asked.time !== undefined) return pageByTime(reader, asked, asked.time);
  const { dimension } = asked;
  if (dimension === undefined) return total(reader, asked);
  return isShared(dimension) ? pageOfShared(reader, asked, dimension) : pageByValue(reader, asked, dimension);
}

/** The totals of a measure: its figure for each standing, state and kind that occur together. */
export async function totalsIn(reader: RowReader, measure: Measure, look: Look) {
  const rows = await rowsWith<Counters>(
    reader,
    { partition: sharedTotals(measure), prefix: '', behind: endOf('') },
    look,
  );
  return rows.map(({ sort, value }) => ({ ...sharedValues(sort), figure: figureIn(value, TOTAL) }));
}

export const sumOfTotals = (parts: readonly { readonly figure: Figure }[]): Figure =>
  parts.map(({ figure }) => figure).reduce(both, NO_FIGURE);

async function total(reader: RowReader, asked: StatisticsAsked): Promise<StatisticsPage> {
  const figure = sumOfTotals(await totalsIn(reader, asked.measure, newLook()));
  return pageOf(asked, [{ at: 'all', chosen: {}, told: toldOf(figure) }], undefined);
}

/** Values in their order. */
async function pageOfShared(reader: RowReader, asked: StatisticsAsked, dimension: SharedDimension) {
  const { value, cursor } = asked;
  const byValue = Map.groupBy(await totalsIn(reader, asked.measure, newLook()), (one) => one[dimension]);
  const entries = [...byValue]
    .filter(([one]) => value === undefined || one === value)
    .filter(([one]) => cursor === undefined || compareUtf8(one, cursor.sort) > 0)
    .sort(([one], [other]) => compareUtf8(one, other))
    .map(([one, parts]) => ({ at: one, chosen: { [dimension]: one }, told: toldOf(sumOfTotals(parts)) }));
  return pageOf(asked, entries, undefined);
}

/** Organizations or ceremonies by their ids, the last first; each organization once, under the id that it has now. */
async function pageByValue(reader: RowReader, asked: StatisticsAsked, dimension: OwnDimension) {
  const { measure, limit, cursor, value } = asked;
  const look = newLook();
  const entries: Entry[] = [];
  if (value !== undefined) {
    const ids = dimension === 'organization' ? await idsCounted(reader, value) : [value];
    const told = await toldOfIds(reader, { measure, dimension, ids }, look);
    return pageOf(asked, told ? [{ at: value, chosen: { [dimension]: ids[0] as string }, told }] : [], undefined);
  }
  for await (const some of valuesBefore(reader, { measure, dimension, before: cursor?.sort }, look)) {
    const merges = dimension === 'organization' ? await mergesOf(reader, [...some.keys()]) : new Map();
    for (const [at, cells] of some) {
      if (!merges.has(at)) {
        entries.push({ at, chosen: { [dimension]: at }, told: toldOf(totalOfCells(cells)) });
      } else {
        const { ids, lead } = await groupOf(reader, { measure, id: at, merges }, look);
        const told = lead === at && (await toldOfIds(reader, { measure, dimension, ids }, look));
        if (told) entries.push({ at, chosen: { [dimension]: ids[0] as string }, told });
      }
      if (entries.length > limit) return pageOf(asked, entries, undefined);
      if (isOver(look)) return pageOf(asked, entries, at);
    }
  }
  return pageOf(asked, entries, undefined);
}

interface ValuesAsked {
  readonly measure: Measure;
  readonly dimension: OwnDimension;
  /** The value at which the page before ended. */
  readonly before: string | undefined;
}

/** Values, the last ones first, with the cells of all of their years. */
async function* valuesBefore(reader: RowReader, { measure, dimension, before }: ValuesAsked, look: Look) {
  const range = { partition: cellsBy(measure, dimension), before: before && cellSort(before, '') };
  let last: [value: string, cells: Counters[]] | undefined;
  for await (const piece of piecesBefore<Counters>(reader, range, look)) {
    const values = new Map(last ? [last] : []);
    for (const { sort, value: cell } of piece) {
      const { value } = cellAt(sort);
      values.set(value, [...(values.get(value) ?? []), cell]);
    }
    // More years of the last one may follow.
    last = [...values].at(-1);
    if (last) values.delete(last[0]);
    yield values;
  }
  if (last) yield new Map([last]);
}

interface OfIds {
  readonly measure: Measure;
  readonly dimension: OwnDimension;
  readonly ids: readonly string[];
}

/** What is counted under any of these ids; `undefined` for nothing. */
async function toldOfIds(reader: RowReader, { measure, dimension, ids }: OfIds, look: Look): Promise<Told | undefined> {
  if (dimension === 'ceremony') {
    const cells = await cellsWith(reader, { measure, dimension }, ids[0] as string, look);
    return cells.length === 0 ? undefined : toldOf(totalOfCells(cells.map(({ value }) => value)));
  }
  const parts = await totalsOfIds(reader, measure, ids, look);
  if (parts.size === 0) return undefined;
  if (parts.size === 1 || !canTellApart(parts)) return overlapping([...parts.values()]);
  return toldOf(figureOfMembers(await membersOfIds(reader, measure, parts.keys(), look)));
}

async function pageByTime(reader: RowReader, asked: StatisticsAsked, time: Time): Promise<StatisticsPage> {
  const { measure, dimension, value, from, to, limit, cursor } = asked;
  const [at, after] = cursor?.sort.split('|') ?? [];
  const look = newLook();
  const cells = { measure, dimension, value, lastYear: to && yearOf(to), from: at, rows: limit + 1 };
  const entries: Entry[] = [];
  for await (const cell of cellsIn(reader, cells, look)) {
    const isBeforeAll = from !== undefined && cell.year < yearOf(from);
    if (isBeforeAll && (dimension === undefined || isShared(dimension))) break;
    for (const entry of entriesOf(cell, asked, time)) {
      if (cell.at === at && slotOf(entry) >= (after ?? '')) continue;
      entries.push(entry);
      if (entries.length > limit) return pageOf(asked, entries, undefined);
    }
    if (isOver(look)) return pageOf(asked, entries, `${cell.at}|!`);
  }
  return pageOf(asked, entries, undefined);
}

const slotOf = ({ at }: Entry): string => at.slice(at.indexOf('|') + 1);

/** What a page shows of the figures of a year. */
function entriesOf(cell: YearCell, { dimension, from, to }: StatisticsAsked, time: Time): Entry[] {
  const { at, year, value } = cell;
  const isAsked = (first: string, last: string) =>
    (from === undefined && to === undefined) ||
    (year !== NO_YEAR && (from === undefined || last >= from) && (to === undefined || first <= to));
  const entry = (slot: string, shown: string): Entry[] => {
    const told = cell.told(slot);
    const chosen = { [time]: shown, ...(dimension !== undefined && value !== undefined && { [dimension]: value }) };
    return told.records === 0 ? [] : [{ at: `${at}|${slot}`, chosen, told }];
  };
  if (time === 'year') return isAsked(`${year}-01`, `${year}-12`) ? entry(YEAR, shownYear(year)) : [];
  return months.flatMap((slot) => {
    const bucket = bucketOfSlot(year, slot);
    const isWithin = slot === '00' ? isAsked(`${year}-01`, `${year}-12`) : isAsked(bucket, bucket);
    return isWithin ? entry(slot, shownBucket(bucket)) : [];
  });
}
