import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { EventDraft } from '../kernel/event.ts';
import type { Day } from '../values/partial-date.ts';
import { dayReachedIn } from './events.ts';

/**
 * Time passes without events: a term ends, a notice takes effect. For the rows of a read model to follow, such a day is
 * recorded when it has come: as the fact that it brings about, else as the day itself.
 */

const dayOf = (instant: string): Day => instant.slice(0, 10);

/** The next day that changes a record although nothing is recorded; `undefined` when no such day is known. */
export function nextDue({ aggregate, state, changedAt, isRetracted }: FoldedRecord): Day | undefined {
  const last = dayOf(changedAt);
  const status = aggregate.lifecycle.statusOn(state, last);
  const changes = (day: Day) =>
    aggregate.lifecycle.due?.(state, day) !== undefined ||
    (day > last && aggregate.lifecycle.statusOn(state, day) !== status);
  if (isRetracted) return undefined;
  return [...new Set(aggregate.lifecycle.days?.(state))].sort().find(changes);
}

/** What there is to record about a record on the day that was due; the registry itself says so, in nobody's name. */
export function dueFact({ aggregate, state }: FoldedRecord, day: Day): EventDraft {
  const fact = aggregate.lifecycle.due?.(state, day);
  return fact ? { type: fact.type, data: { ...fact.data, speaksAs: 'other' } } : dayReachedIn(aggregate.name, day);
}
