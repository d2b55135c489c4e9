import type { Measure } from '../kernel/counted.ts';
import { bucketIn, yearIn } from '../projections/statistics/buckets.ts';
import {
  type Dimension,
  isShared,
  type MemberRow,
  membersBy,
  membersOf,
  type SharedDimension,
} from '../projections/statistics/rows.ts';
import { compareUtf8, endOf } from '../values/utf8-order.ts';
import type { RowReader } from './row-reader.ts';
import { canTellApart, idsCounted, membersOfIds, totalsOfIds } from './statistics-merges.ts';
import { newLook } from './statistics-rows.ts';
import { unionOf } from './union.ts';

/** Whose records are asked for: those behind one figure. */
export interface CellAsked {
  readonly measure: Measure;
  /** `2023-02`, `2023` for what is known of that year alone, or `unknown`. */
  readonly month?: string | undefined;
  /** `2023` or `unknown`. */
  readonly year?: string | undefined;
  readonly dimension?: Dimension | undefined;
  readonly value?: string | undefined;
}

/** A list of the records that a figure counts: where its rows stand, and which of them show a record. */
export interface CellList {
  readonly list: string;
  readonly reader: Pick<RowReader, 'newest'>;
  readonly range: { readonly before: string; readonly notBefore: string };
  readonly entry: (row: MemberRow) => boolean;
  /** Whether there are rows that do not show a record. */
  readonly isFiltered: boolean;
}

export async function cellList(reader: RowReader, asked: CellAsked): Promise<CellList> {
  const { measure, month, year, dimension, value = '' } = asked;
  const range = rangeOf(asked);
  const isLast = ({ later }: MemberRow) => later === undefined || compareUtf8(later, range.before) >= 0;
  const isOne = month !== undefined;
  if (dimension === undefined || isShared(dimension)) {
    const isAsked = (row: MemberRow) => dimension === undefined || row[dimension as SharedDimension] === value;
    const entry = (row: MemberRow) => isLast(row) && isAsked(row);
    return { list: membersOf(measure), reader, range, entry, isFiltered: dimension !== undefined || !isOne };
  }
  const ids = dimension === 'organization' ? await idsCounted(reader, value) : [value];
  const list = membersBy(measure, dimension, ids[0] as string);
  const rows = ids.length === 1 ? reader : await oneOf(reader, measure, ids);
  return { list, reader: rows, range, entry: isLast, isFiltered: !isOne || year !== undefined };
}

function rangeOf({ month, year }: CellAsked): CellList['range'] {
  if (month !== undefined) return { before: endOf(`${bucketIn(month)}/`), notBefore: `${bucketIn(month)}/` };
  if (year !== undefined) return { before: endOf(`${yearIn(year)}-`), notBefore: `${yearIn(year)}-` };
  return { before: endOf(''), notBefore: '' };
}

/** The rows of an organization under all of its ids: each record under one of them, as far as these are few enough to tell. */
async function oneOf(reader: RowReader, measure: Measure, ids: readonly string[]): Promise<CellList['reader']> {
  const look = newLook();
  const parts = await totalsOfIds(reader, measure, ids, look);
  if (!canTellApart(parts)) {
    return unionOf(
      reader,
      [...parts.keys()].map((id) => membersBy(measure, 'organization', id)),
    );
  }
  const members = await membersOfIds(reader, measure, parts.keys(), look);
  return {
    async newest(_partition, before, limit) {
      const behind = members.filter(({ sort }) => before === undefined || compareUtf8(sort, before) < 0);
      return { rows: behind.slice(0, limit) as never, more: behind.length > limit };
    },
  };
}
