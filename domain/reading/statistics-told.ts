import type { Total } from '../answers/parts.ts';
import { countOf, type Figure } from '../projections/statistics/figures.ts';
import type { Count } from '../values/count.ts';

/** A figure as it is answered: how many there are, and how many records tell so. */
export interface Told {
  readonly count: Count;
  readonly records: Total;
}

export const toldOf = (figure: Figure): Told => ({ count: countOf(figure), records: figure.records });

const within = (min: number, max: number): Total => (min === max ? min : { min, max });

/** What parts come to together that may have records in common: as much as the largest, up to as much as all of them. */
export function overlapping(parts: readonly Figure[]): Told {
  const [only, ...others] = parts;
  if (only && others.length === 0) return toldOf(only);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const records = parts.map((part) => part.records);
  const min = Math.max(0, ...parts.map(({ least }) => least));
  const max = sum(parts.map(({ least, span }) => least + span));
  const isOpen = parts.some(({ open }) => open > 0);
  return {
    count: isOpen ? { min } : min === max ? { exact: min } : { min, max },
    records: within(Math.max(0, ...records), sum(records)),
  };
}
