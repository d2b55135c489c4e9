import type { Context, Decision } from '../kernel/aggregate.ts';
import { besides, decideStep } from '../kernel/decide-step.ts';
import { type Refusal, type Result, refused } from '../kernel/refusal.ts';
import { daysOf, type PartialDate } from '../values/partial-date.ts';
import { accomplished, excluded, type LaunchStep, lifecycle } from './lifecycle.ts';
import type { LaunchState } from './state.ts';

type Dated = { readonly on?: PartialDate | undefined };

const liesBehind = ({ on: one }: Dated, { on: other }: Dated) =>
  one !== undefined && other !== undefined && daysOf(other).latest < daysOf(one).earliest;

/** Only what is still to come is postponed, also where a source doubts the days. */
function postponedTooLate(type: LaunchStep, data: Dated, { facts }: LaunchState): Refusal[] {
  if (type !== 'launch.postponed' && !accomplished.includes(type)) return [];
  const late = facts.find((fact) =>
    type === 'launch.postponed'
      ? accomplished.includes(fact.type) && liesBehind(data, fact)
      : fact.type === 'launch.postponed' && liesBehind(fact, data),
  );
  if (!late) return [];
  const detail = `${type} cannot stand on that day beside ${late.type} at version ${late.version}`;
  return [{ rule: 'wrong-state', pointer: '/on', detail }];
}

/** Judges the history with one more fact in its place, unless something else speaks against it already. */
export function runsOn(
  type: LaunchStep,
  data: Dated,
  state: LaunchState,
  context: Context,
  broken: readonly Refusal[] = [],
): Result<Decision> {
  const contradictions = [...besides(excluded, state.facts, type), ...postponedTooLate(type, data, state)];
  const faults = broken.length > 0 ? broken : contradictions;
  return faults.length > 0 ? refused(...faults) : decideStep(lifecycle, state.facts, { type, data }, context);
}
