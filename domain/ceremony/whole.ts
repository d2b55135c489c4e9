import type { Context } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { certainlyBefore, type PartialDate } from '../values/partial-date.ts';
import { type CeremonyState, spanOf } from './state.ts';

/** What a ceremony owes to the one that it is a part of. */

const wholeOf = (partOf: string | undefined, { lookup }: Pick<Context, 'lookup'>) =>
  partOf === undefined ? undefined : (lookup(partOf)?.state as CeremonyState | undefined);

/** A part lies within its whole when both dates are known. */
export function outsideItsWhole(
  on: PartialDate | undefined,
  partOf: string | undefined,
  context: Pick<Context, 'lookup'>,
  pointer = '/on',
): Refusal[] {
  const whole = wholeOf(partOf, context);
  if (on === undefined || !whole) return [];
  const { from, to } = spanOf(whole);
  const isBefore = from !== undefined && certainlyBefore(on, from);
  const isAfter = to !== undefined && certainlyBefore(to, on);
  if (!isBefore && !isAfter) return [];
  const lasts =
    from === to ? `is dated ${from}` : `lasts from ${from ?? 'an unknown day'} to ${to ?? 'an unknown day'}`;
  return [{ rule: 'outside-its-whole', pointer, detail: `the ceremony that this one is a part of ${lasts}` }];
}

/** Whether a ceremony, or one that it is a part of, was cancelled. That is final, so its day does not matter. */
export function isCancelled(state: CeremonyState, context: Pick<Context, 'lookup'>): boolean {
  const whole = wholeOf(state.partOf, context);
  return state.facts.some(({ type }) => type === 'ceremony.cancelled') || (!!whole && isCancelled(whole, context));
}

/** Nothing new is recorded at a cancelled ceremony, nor at a part of one. */
export const atCancelled = (state: CeremonyState, context: Pick<Context, 'lookup'>): Refusal[] =>
  isCancelled(state, context)
    ? [{ rule: 'ceremony-cancelled', pointer: '', detail: 'the ceremony, or one that it is a part of, was cancelled' }]
    : [];
