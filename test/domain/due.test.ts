import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { nextDue } from '../../domain/record/due.ts';
import { listedNames } from '../../domain/record/held.ts';
import { type Day, dayAfter, dayOf, daysOf } from '../../domain/values/partial-date.ts';
import { days } from './histories/history.ts';
import { allHistories, rawFacts, rawRecord } from './raw-histories.ts';

/** The next day that changes a record although nothing is recorded: every day is asked, one after the other. */
function nextDueByDay(record: FoldedRecord): Day | undefined {
  const { aggregate, state, changedAt, isRetracted } = record;
  const last = dayOf(changedAt);
  const status = aggregate.lifecycle.statusOn(state, last);
  const names = JSON.stringify(listedNames(record));
  const changes = (day: Day) =>
    aggregate.lifecycle.due?.(state, day) !== undefined ||
    (day > last &&
      (aggregate.lifecycle.statusOn(state, day) !== status || JSON.stringify(listedNames(record, day)) !== names));
  if (isRetracted) return undefined;
  const ofNames = aggregate
    .indexFields(state)
    .names.flatMap(({ since, until }) => [
      ...(since === undefined ? [] : [daysOf(since).earliest]),
      ...(until === undefined ? [] : [dayAfter(until) ?? last]),
    ]);
  return [...new Set([...(aggregate.lifecycle.days?.(state) ?? []), ...ofNames])].sort().find(changes);
}

describe.each(allHistories)('the days of $name', ({ name, histories }) => {
  it('are due, and find it in the states, that each of them gives by itself', () => {
    let due = 0;
    fc.assert(
      fc.property(rawFacts(histories, 14), (facts) => {
        const record = rawRecord(name, facts);
        const { aggregate, state } = record;
        const { lifecycle } = aggregate;
        expect(nextDue(record)).toBe(nextDueByDay(record));
        if (nextDue(record) !== undefined) due += 1;
        const asked = [...new Set([...days, '0001-01-01', '9999-12-31', ...(lifecycle.days?.(state) ?? [])])].sort();
        const { statusesOn = (_, some) => some.map((day) => lifecycle.statusOn(state, day)) } = lifecycle;
        expect(statusesOn(state, asked)).toEqual(asked.map((day) => lifecycle.statusOn(state, day)));
        const bringing = asked.filter((day) => lifecycle.due?.(state, day) !== undefined);
        expect([...(lifecycle.dueDays?.(state) ?? [])]).toEqual(bringing);
      }),
      { seed: 5, numRuns: 1_000 },
    );
    expect(due).toBeGreaterThan(10);
  });
});
