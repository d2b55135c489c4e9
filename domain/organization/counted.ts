import type { FoldedRecord } from '../kernel/aggregate.ts';
import { type Counted, countedForAll } from '../kernel/counted.ts';
import type { OrganizationState } from './state.ts';

/** An organization is dated by its registration, and counts for those that it is related to. One that was merged is another. */
export function countedIn({ state, isRetracted, recordedAt }: FoldedRecord<OrganizationState>): Counted[] {
  if (isRetracted || state.mergedInto !== undefined) return [];
  const on = recordedAt.slice(0, 10);
  const related = (state.relations ?? []).map(({ to }) => to);
  return [{ measure: 'organizations', on, kind: state.kind, organizations: countedForAll(related, { on }) }];
}
