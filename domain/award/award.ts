import type { Aggregate } from '../kernel/aggregate.ts';
import { isStatusOpenOn, statusesByDay } from '../kernel/lifecycle.ts';
import { commands } from './commands.ts';
import { events } from './events.ts';
import { organizationsOf } from './recipients.ts';
import {
  type AwardEvent,
  type AwardState,
  days,
  evolve,
  holds,
  indexFields,
  lifecycle,
  states,
  statusOn,
} from './state.ts';

export const award: Aggregate<AwardState, AwardEvent> = {
  name: 'award',
  collection: 'awards',
  letter: 'W',
  commands,
  events,
  evolve,
  states,
  lifecycle: {
    statusOn,
    statusesOn: ({ facts }, some) => statusesByDay(lifecycle, facts, some),
    isOpenOn: ({ facts }, day) => isStatusOpenOn(lifecycle, facts, day),
    days,
    diagrams: { award: lifecycle },
  },
  indexFields,
  holds,
  lists: { programme: 'award-programme' },
  // The programme is what the award belongs to: it is read with every award, and may be closed by then.
  reads: organizationsOf,
  identifiable: true,
};
