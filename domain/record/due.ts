import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { EventDraft } from '../kernel/event.ts';
import { type Day, dayOf } from '../values/partial-date.ts';
import { dayReachedIn } from './events.ts';
import { daysOfNames } from './held.ts';

/**
 * Time passes without events: a term ends, a notice takes effect. For the rows of a read model to follow, such a day is
 * recorded when it has come: as the fact that it brings about, else as the day itself.
 */

/** The next day that changes a record although nothing is recorded; `undefined` when no such day is known. */
export function nextDue(record: FoldedRecord): Day | undefined {
  const { aggregate, state, changedAt, isRetracted } = record;
  if (isRetracted) return undefined;
  const { statusOn, statusesOn, days, dueDays } = aggregate.lifecycle;
  const last = dayOf(changedAt);
  const coming = [...new Set(days?.(state))].filter((day) => day > last).sort();
  const statuses = statusesOn?.(state, coming) ?? coming.map((day) => statusOn(state, day));
  const status = coming.length === 0 ? undefined : statusOn(state, last);
  const changing = coming.filter((_, at) => statuses[at] !== status).slice(0, 1);
  return [...changing, ...daysOfNames(record), ...(dueDays?.(state) ?? [])].reduce<Day | undefined>(
    (first, day) => (first !== undefined && first <= day ? first : day),
    undefined,
  );
}

/** What there is to record about a record on the day that was due; the registry itself says so, in nobody's name. */
export function dueFact({ aggregate, state }: FoldedRecord, day: Day): EventDraft {
  const fact = aggregate.lifecycle.due?.(state, day);
  return fact ? { type: fact.type, data: { ...fact.data, speaksAs: 'other' } } : dayReachedIn(aggregate.name, day);
}
