import { designations } from '../designations.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { isStatusOpenOn } from '../kernel/lifecycle.ts';
import { commands } from './commands.ts';
import { events } from './events.ts';
import { listed } from './listed.ts';
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
  ...designations['award-programme'],
  commands,
  events,
  evolve,
  states,
  lifecycle: {
    statusOn,
    isOpenOn: ({ facts }, day) => isStatusOpenOn(lifecycle, facts, day),
    days,
    diagrams: { 'award-programme': lifecycle },
  },
  indexFields,
  listed,
};
