import { describe, expect, it } from 'vitest';
import { clientCode, measure, type ProofCost } from './measure.ts';

/** What stands in a proof beside the rows that are shown. */
const beside = ({ bytes, rowBytes }: ProofCost | undefined = expect.fail()) => bytes - rowBytes;

describe('proofs of rows, at some 10,000 rows', () => {
  it('take the bytes and the reads that documents promise, and grow by the logarithm', async () => {
    const [small, large] = [await measure(2000, 20), await measure(10_000, 20)];
    expect(large.rows).toBeGreaterThanOrEqual(10_000);
    for (const { proofs } of [small, large]) {
      for (const name of ['page of 25 pointers', 'absence', 'figure'])
        expect(beside(proofs[name]), name).toBeLessThan(2000);
      expect(beside(proofs.total)).toBeLessThan(3000);
      expect(beside(proofs['25 summaries']) / 25).toBeLessThan(600);
      expect(proofs['25 summaries']?.shown).toBe(25);
    }
    for (const [name, cost] of Object.entries(large.proofs)) {
      expect(beside(cost) / Math.max(1, cost.shown), name).toBeLessThan(
        beside(small.proofs[name]) / Math.max(1, cost.shown) + 800,
      );
    }
    for (const cost of [large.alone, large.changed]) {
      expect(cost.groupsRead).toBeLessThanOrEqual(cost.changes * large.height);
      expect(cost.packBytes / cost.commits).toBeLessThan(large.baseBytes / 5);
    }
    expect(large.together.groupsRead).toBeLessThan(large.together.changes);
  });

  it('are verified by code of at most 5 KB', async () => {
    expect((await clientCode()).gzip).toBeLessThanOrEqual(5 * 1024);
  });
});
