import type { Aggregate } from '../kernel/aggregate.ts';
import { commands } from './commands.ts';
import { events } from './events.ts';
import {
  type AwardProgrammeEvent,
  type AwardProgrammeState,
  days,
  evolve,
  indexFields,
  lifecycle,
  states,
  statusOn,
} from './state.ts';

export const awardProgramme: Aggregate<AwardProgrammeState, AwardProgrammeEvent> = {
  name: 'award-programme',
  collection: 'award-programmes',
  letter: 'P',
  commands,
  events,
  evolve,
  states,
  lifecycle: { statusOn, days, diagrams: { 'award-programme': lifecycle } },
  indexFields,
};
