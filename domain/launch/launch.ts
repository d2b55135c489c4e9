import { designations } from '../designations.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { isStatusOpenOn, statusesByDay } from '../kernel/lifecycle.ts';
import { commands } from './commands.ts';
import { countedIn } from './counted.ts';
import { events, launchKind } from './events.ts';
import { lifecycle, states } from './lifecycle.ts';
import { listed } from './listed.ts';
import { days, evolve, indexFields, type LaunchEvent, type LaunchState, present, statusOn } from './state.ts';

export const launch: Aggregate<LaunchState, LaunchEvent> = {
  ...designations.launch,
  commands,
  events,
  evolve,
  states,
  kinds: launchKind.options,
  lifecycle: {
    statusOn,
    statusesOn: ({ facts }, some) => statusesByDay(lifecycle, facts, some),
    isOpenOn: ({ facts }, day) => isStatusOpenOn(lifecycle, facts, day),
    days,
    diagrams: { launch: lifecycle },
  },
  indexFields,
  counted: countedIn,
  listed,
  present,
};
