import type { Measure } from '../kernel/counted.ts';
import { type Bucket, monthOf, yearOf } from '../projections/statistics/buckets.ts';
import { type Figure, figureIn } from '../projections/statistics/figures.ts';
import {
  cellAt,
  cellSort,
  cellsBy,
  type Dimension,
  isShared,
  type OwnDimension,
  type SharedDimension,
  sharedCellAt,
  sharedCells,
  YEAR,
} from '../projections/statistics/rows.ts';
import { type Counters, plus } from '../projections/sums.ts';
import { compareUtf8, endOf } from '../values/utf8-order.ts';
import type { RowReader, SortedRow } from './row-reader.ts';
import {
  bucketAt,
  bucketsOf,
  type CountedRow,
  canTellApart,
  cellsWith,
  figureOfMembers,
  idsCounted,
  membersOfIds,
  mergesOf,
  totalsOfIds,
} from './statistics-merges.ts';
import { type Look, piecesBefore } from './statistics-rows.ts';
import { overlapping, type Told, toldOf } from './statistics-told.ts';

/** The figures of one year, of one value of a dimension or of all. */
export interface YearCell {
  /** Where it stands: cells come from the last one. */
  readonly at: string;
  readonly year: string;
  readonly value?: string;
  /** What is told of a month, of `00`, or of the whole year. */
  readonly told: (slot: string) => Told;
}

export interface CellsAsked {
  readonly measure: Measure;
  readonly dimension?: Dimension | undefined;
  readonly value?: string | undefined;
  /** The last year that is asked for. */
  readonly lastYear?: string | undefined;
  /** The cell at which the page goes on. */
  readonly from?: string | undefined;
  /** How many cells the page needs at most. */
  readonly rows: number;
}

const ofCounters = (counters: Counters) => (slot: string) => toldOf(figureIn(counters, slot));

/** Whatever sorts up to this key: keys have no character before `!`. */
const upTo = (sort: string): string => `${sort} `;

/** Cells by year, then value: of a dimension in which everything has a value. Without one, those of each year as one. */
async function* cellsByYear(reader: RowReader, asked: CellsAsked, look: Look): AsyncGenerator<YearCell> {
  const { measure, lastYear, from } = asked;
  const start = from === undefined ? lastYear : yearOf(from);
  const before = start === undefined ? undefined : endOf(`${start}/`);
  let year = '';
  let rows: SortedRow<Counters>[] = [];
  for await (const piece of piecesBefore<Counters>(reader, { partition: sharedCells(measure), before }, look)) {
    for (const row of piece) {
      const at = sharedCellAt(row.sort).year;
      if (at !== year) yield* cellsOfYear(year, rows, asked);
      rows = at === year ? [...rows, row] : [row];
      year = at;
    }
  }
  yield* cellsOfYear(year, rows, asked);
}

/** The cells of a year by what is asked for, the last value first. */
function cellsOfYear(
  year: string,
  rows: readonly SortedRow<Counters>[],
  { dimension, value, from }: CellsAsked,
): YearCell[] {
  const valueAt = (sort: string) => sharedCellAt(sort).values[dimension as SharedDimension];
  const byValue = Map.groupBy(rows, ({ sort }) => (dimension === undefined ? '' : valueAt(sort)));
  return [...byValue]
    .filter(([one]) => value === undefined || one === value)
    .map(([one, some]): YearCell => {
      const counters = some.reduce<Counters>((sum, row) => plus(sum, row.value) ?? {}, {});
      const told = ofCounters(counters);
      return dimension === undefined ? { at: year, year, told } : { at: `${year}/${one}`, year, value: one, told };
    })
    .filter(({ at }) => from === undefined || compareUtf8(at, from) <= 0)
    .sort((one, other) => compareUtf8(other.at, one.at));
}

/** Cells by value, then year: of organizations and ceremonies. Those of an organization under all of its ids are one. */
async function* cellsByValue(reader: RowReader, asked: CellsAsked, look: Look): AsyncGenerator<YearCell> {
  const { measure, value, from, rows } = asked;
  const dimension = asked.dimension === 'ceremony' ? 'ceremony' : 'organization';
  const isBehind = ({ at }: YearCell) => from === undefined || compareUtf8(at, from) <= 0;
  if (value !== undefined) {
    const ids = dimension === 'organization' ? await idsCounted(reader, value) : [value];
    yield* (await cellsOf(reader, { measure, dimension, ids }, look)).filter(isBehind);
    return;
  }
  let before = from === undefined ? undefined : upTo(from);
  const seen = new Set<string>();
  if (from !== undefined && dimension === 'organization') {
    const { value: at } = cellAt(from);
    const merges = await mergesOf(reader, [at]);
    if (merges.has(at)) {
      seen.add(at);
      before = `${at}/`;
      const ids = await idsCounted(reader, at, merges);
      yield* (await cellsOf(reader, { measure, dimension, ids }, look)).filter(isBehind);
    }
  }
  const range = { partition: cellsBy(measure, dimension), before, rows: Math.min(100, rows) };
  for await (const piece of piecesBefore<Counters>(reader, range, look)) {
    const values = [...new Set(piece.map(({ sort }) => cellAt(sort).value))].filter((one) => !seen.has(one));
    const merges = dimension === 'organization' ? await mergesOf(reader, values) : new Map();
    for (const row of piece) {
      const cell = cellAt(row.sort);
      if (seen.has(cell.value)) continue;
      if (!merges.has(cell.value)) yield { at: row.sort, ...cell, told: ofCounters(row.value) };
      else {
        seen.add(cell.value);
        const group = await groupOf(reader, { measure, id: cell.value, merges }, look);
        if (group.lead === cell.value) yield* await cellsOf(reader, { measure, dimension, ids: group.ids }, look);
      }
    }
  }
}

interface GroupAsked {
  readonly measure: Measure;
  readonly id: string;
  readonly merges: Parameters<typeof idsCounted>[2];
}

/** All ids of an organization, what is counted under them, and under which of them it stands in a list of organizations. */
export async function groupOf(reader: RowReader, { measure, id, merges }: GroupAsked, look: Look) {
  const ids = await idsCounted(reader, id, merges);
  const parts = await totalsOfIds(reader, measure, ids, look);
  return { ids, parts, lead: [...parts.keys()].sort(compareUtf8).at(-1) };
}

interface OfValue {
  readonly measure: Measure;
  readonly dimension: OwnDimension;
  readonly ids: readonly string[];
}

/** The cells of one organization or ceremony, the last year first. */
async function cellsOf(reader: RowReader, { measure, dimension, ids }: OfValue, look: Look): Promise<YearCell[]> {
  const [value = ''] = ids;
  const parts = ids.length === 1 ? undefined : await totalsOfIds(reader, measure, ids, look);
  const lead = (parts && [...parts.keys()].sort(compareUtf8).at(-1)) ?? value;
  const cell = (year: string, told: YearCell['told']) => ({ at: cellSort(lead, year), year, value, told });
  if (parts && parts.size > 1 && canTellApart(parts)) {
    const members = await membersOfIds(reader, measure, parts.keys(), look);
    const years = Map.groupBy(members, ({ sort }) => yearOf(bucketAt(sort)));
    return [...years].map(([year, some]) => cell(year, ofMembers(some)));
  }
  const read = (id: string) => cellsWith(reader, { measure, dimension }, id, look);
  const rows = (await Promise.all([...(parts?.keys() ?? ids)].map(read))).flat();
  const years = Map.groupBy(rows, ({ sort }) => cellAt(sort).year);
  return [...years]
    .sort(([one], [other]) => compareUtf8(other, one))
    .map(([year, some]) =>
      cell(year, (slot) =>
        overlapping(some.map((row) => figureIn(row.value, slot)).filter(({ records }) => records > 0)),
      ),
    );
}

function ofMembers(members: readonly CountedRow[]): YearCell['told'] {
  const buckets = new Map<string, Figure>([...bucketsOf(members)].map(([bucket, figure]) => [monthOf(bucket), figure]));
  return (slot) => (slot === YEAR ? toldOf(figureOfMembers(members)) : overlapping([buckets.get(slot) ?? []].flat()));
}

/** The slots of a year, the last month first; then what is not known by the month. */
export const months: readonly string[] = Array.from({ length: 13 }, (_, at) => String(12 - at).padStart(2, '0'));

export const bucketOfSlot = (year: string, slot: string): Bucket => `${year}-${slot}`;

/** Cells in the order in which pages show them. */
export const cellsIn = (reader: RowReader, asked: CellsAsked, look: Look): AsyncGenerator<YearCell> =>
  asked.dimension === undefined || isShared(asked.dimension)
    ? cellsByYear(reader, asked, look)
    : cellsByValue(reader, asked, look);
