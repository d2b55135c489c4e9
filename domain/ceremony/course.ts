import { type Context, command, type Decision } from '../kernel/aggregate.ts';
import { besides, decideStep } from '../kernel/decide-step.ts';
import { judgingRules } from '../kernel/judging.ts';
import { submitted } from '../kernel/recorded.ts';
import { type Refusal, type Result, refused } from '../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import type { PartialDate } from '../values/partial-date.ts';
import { cancelled, concluded, opened, postponed, rescheduled } from './events.ts';
import { type CeremonyStep, excluded, lifecycle } from './lifecycle.ts';
import type { CeremonyState } from './state.ts';
import { atCancelled, outsideItsWhole } from './whole.ts';

/** What becomes of a ceremony between its announcement and its end. */

/** Judges the history with one more fact in its place, unless something else speaks against it already. */
function runsOn(
  type: CeremonyStep,
  data: { on?: PartialDate | undefined },
  { facts }: CeremonyState,
  context: Context,
  broken: readonly Refusal[] = [],
): Result<Decision> {
  const faults = broken.length > 0 ? broken : besides(excluded, facts, type);
  return faults.length > 0 ? refused(...faults) : decideStep(lifecycle, facts, { type, data }, context);
}

/** Nothing takes place at a cancelled ceremony, and no part of one outside its whole. */
const takingPlace = ({ on }: { on?: PartialDate | undefined }, state: CeremonyState, context: Context): Refusal[] => [
  ...atCancelled(state, context),
  ...outsideItsWhole(on, state.partOf, context),
];

const reschedule = command({
  name: 'reschedule-ceremony',
  records: 'ceremony.rescheduled',
  act: 'reschedule',
  scope: 'registry/submit',
  summary: 'Move the ceremony to another date',
  rules: [...judgingRules, 'outside-its-whole'],
  schema: submitted(rescheduled),
  example: { to: '2024-06', on: '2024-02-15', reason: 'The hall is being rebuilt', evidence },
  decide: (data, state: CeremonyState, context) =>
    runsOn('ceremony.rescheduled', data, state, context, outsideItsWhole(data.to, state.partOf, context, '/to')),
});

const postpone = command({
  name: 'postpone-ceremony',
  records: 'ceremony.postponed',
  act: 'postpone',
  scope: 'registry/submit',
  summary: 'Postpone the ceremony without a new date',
  rules: judgingRules,
  schema: submitted(postponed),
  example: { on: '2024-02-15', reason: 'The hall is being rebuilt', evidence },
  decide: (data, state: CeremonyState, context) => runsOn('ceremony.postponed', data, state, context),
});

const cancel = command({
  name: 'cancel-ceremony',
  records: 'ceremony.cancelled',
  act: 'cancel',
  scope: 'registry/submit',
  summary: 'Cancel the ceremony',
  rules: judgingRules,
  schema: submitted(cancelled),
  example: { on: '2024-02-15', reason: 'Too few had registered', evidence },
  decide: (data, state: CeremonyState, context) => runsOn('ceremony.cancelled', data, state, context),
});

const openCeremony = command({
  name: 'open-ceremony',
  records: 'ceremony.opened',
  act: 'open',
  scope: 'registry/submit',
  summary: 'Record that the ceremony began',
  rules: [...judgingRules, 'ceremony-cancelled', 'outside-its-whole'],
  schema: submitted(opened),
  example: { on: '2024-06-12', evidence },
  decide: (data, state: CeremonyState, context) =>
    runsOn('ceremony.opened', data, state, context, takingPlace(data, state, context)),
});

const conclude = command({
  name: 'conclude-ceremony',
  records: 'ceremony.concluded',
  act: 'conclude',
  scope: 'registry/submit',
  summary: 'Record that the ceremony ended',
  rules: [...judgingRules, 'ceremony-cancelled', 'outside-its-whole'],
  schema: submitted(concluded),
  example: { on: '2024-06-14', evidence },
  decide: (data, state: CeremonyState, context) =>
    runsOn('ceremony.concluded', data, state, context, takingPlace(data, state, context)),
});

export const courseCommands = [reschedule, postpone, cancel, openCeremony, conclude];
