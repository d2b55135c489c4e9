import type * as z from 'zod';
import { reservationKinds } from '../bookkeeping.ts';
import { RETRACTED_PERIODS } from '../bounds.ts';
import type { Aggregate, Context, FoldedRecord } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import type { Rule } from '../problems.ts';
import { unionFaults } from './correction.ts';
import type { retracted, retractionWithdrawn } from './events.ts';
import { eventsWith, refold, retractedEvents } from './record.ts';

/** What speaks against retracting a record, or a period of it, and against taking that back. */

export const retractionRules = ({ periods }: Aggregate): readonly Rule[] => [
  'no-such-period',
  'stands-for-others',
  ...(periods ? (['cap-retracted-periods'] as const) : []),
];

/** A value that the record held is taken again: the rules of all values that records of the aggregate may hold. */
export function withdrawalRules({ commands, periods }: Aggregate): readonly Rule[] {
  const taken = new Set(Object.values(reservationKinds).map((kind) => kind.taken));
  const held = commands.flatMap(({ rules = [] }) => rules.filter((rule) => taken.has(rule)));
  return [
    'not-retracted',
    'no-such-period',
    ...(periods ? (['contradicts-history', 'already-member'] as const) : []),
    ...new Set(held),
  ];
}

const noPeriods = ({ aggregate }: FoldedRecord): Refusal => ({
  rule: 'no-such-period',
  pointer: '/period',
  detail: `a ${aggregate.name} has no periods`,
});

export function retractionFaults(
  { period }: Pick<z.infer<typeof retracted>, 'period'>,
  record: FoldedRecord,
): Refusal[] {
  const { absorbed = [] } = record.state as { absorbed?: readonly string[] };
  if (absorbed.length > 0) {
    return [{ rule: 'stands-for-others', pointer: '', detail: `it absorbed ${absorbed.join(', ')}` }];
  }
  const retracted = record.retractions.filter((one) => one.period !== undefined).length;
  if (period !== undefined && retracted >= RETRACTED_PERIODS) {
    const detail = `${retracted} of its periods are retracted; at most ${RETRACTED_PERIODS}`;
    return [{ rule: 'cap-retracted-periods', pointer: '/period', detail }];
  }
  const periods = record.aggregate.periods?.of(record.state);
  if (periods === undefined && period !== undefined) return [noPeriods(record)];
  if (periods && !periods.some(({ version }) => version === period)) {
    const known = periods.map(({ version }) => version).join(', ');
    return [{ rule: 'no-such-period', pointer: '/period', detail: `its periods begin at version: ${known}` }];
  }
  return [];
}

export function withdrawalFaults(
  { period }: Pick<z.infer<typeof retractionWithdrawn>, 'period'>,
  record: FoldedRecord,
  context: Context,
): Refusal[] {
  if (period !== undefined && !record.aggregate.periods) return [noPeriods(record)];
  const back = retractedEvents(record, period);
  if (back) return record.aggregate.periods ? standingFaults(record, back.events, context) : [];
  if (record.retracted.length === 0) {
    return [{ rule: 'not-retracted', pointer: '', detail: `no retraction of ${record.id} stands` }];
  }
  const known = record.retracted.map((one) => one.period ?? 'none').join(', ');
  return [
    { rule: 'no-such-period', pointer: '/period', detail: `retracted are those that begin at version: ${known}` },
  ];
}

/** What came after a retraction may leave no room for the period: what stands now and what comes back have to agree. */
function standingFaults(record: FoldedRecord, back: FoldedRecord['events'], context: Context): Refusal[] {
  const { aggregate, isRetracted } = record;
  const union = eventsWith(record, back);
  const faults = isRetracted ? [] : unionFaults(record, { parts: [record.events, back], union }, context);
  if (faults.length > 0) return faults;
  const state = refold(aggregate, union, aggregate.periods?.empty(record.state));
  const lives = (one: FoldedRecord) => aggregate.periods?.isLive(one, context.today) === true;
  const other = lives({ ...record, state, events: union, isRetracted: false })
    ? context.memberships?.find((one) => one.id !== record.id && lives(one))
    : undefined;
  return other ? [{ rule: 'already-member', pointer: '', detail: `the membership ${other.id} lives` }] : [];
}
