import type { Count } from '../../values/count.ts';
import type { Counters } from '../sums.ts';

/** How many there are of something, and how many records tell so. Figures of several records add up. */
export interface Figure {
  readonly records: number;
  /** How many there are at least. */
  readonly least: number;
  /** How many more there may be, where the sources tell; of `open` records they do not tell. */
  readonly span: number;
  readonly open: number;
}

export const NO_FIGURE: Figure = { records: 0, least: 0, span: 0, open: 0 };

/** The figure of one record. */
export function figureOf({ exact, min = 0, max }: Count): Figure {
  if (exact !== undefined) return { records: 1, least: exact, span: 0, open: 0 };
  return { records: 1, least: min, span: max === undefined ? 0 : max - min, open: max === undefined ? 1 : 0 };
}

export const both = (one: Figure, other: Figure): Figure => ({
  records: one.records + other.records,
  least: one.least + other.least,
  span: one.span + other.span,
  open: one.open + other.open,
});

/** What is counted more than once in one record is counted by one record. */
export const ofOneRecord = (figure: Figure): Figure => ({ ...figure, records: 1 });

/** The figure as a reader sees it. */
export function countOf({ least, span, open }: Figure): Count {
  if (open > 0) return { min: least };
  return span === 0 ? { exact: least } : { min: least, max: least + span };
}

const fields = ['least', 'records', 'span', 'open'] as const;
const nameOf = (slot: string, field: (typeof fields)[number]) => (field === 'least' ? slot : `${slot}.${field}`);

/** The figure in the counters of a summed row, where it stands in a slot. */
export const countersOf = (slot: string, figure: Figure): Counters =>
  Object.fromEntries(
    fields.filter((field) => figure[field] !== 0).map((field) => [nameOf(slot, field), figure[field]]),
  );

export function figureIn(counters: Counters, slot: string): Figure {
  const at = (field: (typeof fields)[number]) => counters[nameOf(slot, field)] ?? 0;
  return { records: at('records'), least: at('least'), span: at('span'), open: at('open') };
}
