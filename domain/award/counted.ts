import type { FoldedRecord } from '../kernel/aggregate.ts';
import { type Counted, countedForAll } from '../kernel/counted.ts';
import { organizationsOf } from './recipients.ts';
import type { AwardState } from './state.ts';

/** A conferral is one, however many share the award; its state tells whether it was declined or revoked. */
export function countedIn({ state, isRetracted, cohort }: FoldedRecord<AwardState>): Counted[] {
  if (isRetracted) return [];
  const { on, ceremony } = state;
  const organizations = countedForAll(organizationsOf(state), { on });
  return [{ measure: 'conferrals', on, ceremony, organizations, inCohort: cohort !== undefined }];
}
