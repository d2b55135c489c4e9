import type { FoldedRecord } from '../kernel/aggregate.ts';
import { type Counted, countedForAll } from '../kernel/counted.ts';
import { type LaunchState, publicationOf } from './state.ts';

/** A launch counts from its announcement on; its state tells what has become of it. It counts for those that launched it. */
export function countedIn({ state, isRetracted }: FoldedRecord<LaunchState>): Counted[] {
  if (isRetracted) return [];
  const { on, ceremony, by = [] } = publicationOf(state);
  return [{ measure: 'launches', on, kind: state.kind, ceremony, organizations: countedForAll(by, { on }) }];
}
