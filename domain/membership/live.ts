import type { FoldedRecord } from '../kernel/aggregate.ts';
import { statusOf } from '../record/record.ts';
import type { Day } from '../values/partial-date.ts';
import { isMember, type MembershipStatus } from './lifecycle.ts';

/** Whether a membership lives on a day for certain, however early or late in their dates its facts happened. */
export const isLive = (membership: FoldedRecord, day: Day): boolean =>
  (['possible', 'certain'] as const).every((reading) =>
    isMember(statusOf(membership, day, reading) as MembershipStatus),
  );
