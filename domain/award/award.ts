import { designations } from '../designations.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { commands } from './commands.ts';
import { countedIn } from './counted.ts';
import { type AwardEvent, events } from './events.ts';
import { listed } from './listed.ts';
import { isOpenInParts, lifecycle, states, statusesEachDay, statusOn } from './parts.ts';
import { organizationsOf } from './recipients.ts';
import { type AwardState, days, evolve, holds, indexFields, present } from './state.ts';

export const award: Aggregate<AwardState, AwardEvent> = {
  ...designations.award,
  commands,
  events,
  evolve,
  states,
  kinds: ['conferral'],
  lifecycle: {
    statusOn,
    statusesOn: statusesEachDay,
    isOpenOn: isOpenInParts,
    days,
    diagrams: { award: lifecycle },
  },
  indexFields,
  counted: countedIn,
  listed,
  present,
  holds,
  lists: { programme: 'award-programme' },
  // The programme is what the award belongs to: it is read with every award, and may be closed by then.
  reads: organizationsOf,
  identifiable: true,
};
