import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packed, packedStream, slicesOf } from '../../../domain/values/lists.ts';

const bytes = { of: (item: number) => item, max: 10 };

describe('packs of items', () => {
  it('are as full as count and limits allow', () => {
    expect([...packed([1, 1, 1, 1], 3, bytes)]).toEqual([[1, 1, 1], [1]]);
    expect([...packed([6, 4, 1, 10, 2], 3, bytes)]).toEqual([[6, 4], [1], [10], [2]]);
    expect([...packed([4, 4, 4], 9, bytes, { of: () => 1, max: 1 })]).toEqual([[4], [4], [4]]);
  });

  it('hold an item over the limit alone', () => {
    expect([...packed([1, 11, 1], 3, bytes)]).toEqual([[1], [11], [1]]);
  });

  it('are none without items', () => {
    expect([...packed([], 3, bytes)]).toEqual([]);
  });

  it('are the items in their order, within the limits, and the same for items that arrive one by one', async () => {
    const items = fc.array(fc.integer({ min: 0, max: 12 }));
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 5 }), async (list, count) => {
        const packs = [...packed(list, count, bytes)];
        expect(packs.flat()).toEqual(list);
        for (const [at, pack] of packs.entries()) {
          const sum = pack.reduce((all, one) => all + one, 0);
          expect(pack.length).toBeLessThanOrEqual(count);
          expect(sum <= bytes.max || pack.length === 1).toBe(true);
          const next = packs[at + 1]?.[0];
          if (next !== undefined) expect(pack.length === count || sum + next > bytes.max).toBe(true);
        }
        async function* arriving() {
          yield* list;
        }
        expect(await Array.fromAsync(packedStream(arriving(), count, bytes))).toEqual(packs);
      }),
    );
  });
});

describe('slices of a list', () => {
  it('have one size, but for the last', () => {
    expect(slicesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(slicesOf([], 2)).toEqual([]);
  });
});
