import { designations } from '../designations.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { isStatusOpenOn, statusesByDay } from '../kernel/lifecycle.ts';
import { commands } from './commands.ts';
import { countedIn } from './counted.ts';
import { cohortSubject, events } from './events.ts';
import { listed } from './listed.ts';
import {
  type CohortEvent,
  type CohortState,
  days,
  evolve,
  indexFields,
  lifecycle,
  present,
  states,
  statusOn,
} from './state.ts';

export const cohort: Aggregate<CohortState, CohortEvent> = {
  ...designations.cohort,
  commands,
  events,
  evolve,
  states,
  kinds: cohortSubject.options,
  lifecycle: {
    statusOn,
    statusesOn: ({ facts }, some) => statusesByDay(lifecycle, facts, some),
    isOpenOn: ({ facts }, day) => isStatusOpenOn(lifecycle, facts, day),
    days,
    diagrams: { cohort: lifecycle },
  },
  indexFields,
  counted: countedIn,
  listed,
  present,
  lists: { body: 'organization', programme: 'award-programme' },
};
