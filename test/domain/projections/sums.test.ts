import { describe, expect, it } from 'vitest';
import { addTo, change, plus, type SummedRow, summed } from '../../../domain/projections/sums.ts';

const row = (sort: string, add: Record<string, number>): SummedRow => ({ partition: 'p', sort, add });
const totals = (rows: Iterable<SummedRow>) => Object.fromEntries([...rows].map(({ sort, add }) => [sort, add]));

describe('counters', () => {
  it('are added by name, and vanish at zero', () => {
    expect(plus(undefined, { n: 1 })).toEqual({ n: 1 });
    expect(plus({ n: 2, m: 1 }, { n: -2, k: 3 })).toEqual({ m: 1, k: 3 });
    expect(plus({ n: 1 }, { n: -1 })).toBeUndefined();
  });
});

describe('summed rows', () => {
  it('are one for each key', () => {
    const rows = [row('a', { n: 1 }), row('b', { n: 1 }), row('a', { n: 2, m: 1 }), row('b', { n: -1 })];
    expect(totals(summed(rows).values())).toEqual({ a: { n: 3, m: 1 } });
  });

  it('change by what leads from one contribution to the other', () => {
    const [before, after] = [
      summed([row('a', { n: 3 }), row('b', { n: 1 })]),
      summed([row('a', { n: 1 }), row('c', { m: 2 })]),
    ];
    const changed = change(before, after);
    expect(totals(changed.values())).toEqual({ a: { n: -2 }, b: { n: -1 }, c: { m: 2 } });
    const total = new Map(before);
    addTo(total, changed.values());
    expect(totals(total.values())).toEqual(totals(after.values()));
    expect(change(after, after).size).toBe(0);
  });
});
