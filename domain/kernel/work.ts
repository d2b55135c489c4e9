/**
 * Rules cost in proportion to the facts of a record, except where somebody has arranged dates so that many facts may touch
 * many others. What they compare is counted, so that such a history costs its author a refusal and nobody else's time.
 */

/** The comparisons that are left to the commands of one request. */
export interface Work {
  left: number;
}

let current: Work | undefined;
const SPENT = new Error('no comparisons are left');

/** What the rules say, or `undefined` when they would compare more than is left. */
export function withinWork<Value>(work: Work, judge: () => Value): Value | undefined {
  const outer = current;
  current = work;
  try {
    return judge();
  } catch (error) {
    if (error !== SPENT) throw error;
    return undefined;
  } finally {
    current = outer;
  }
}

/** Counts comparisons. */
export function spend(comparisons: number): void {
  if (!current) return;
  current.left -= comparisons;
  if (current.left < 0) throw SPENT;
}
