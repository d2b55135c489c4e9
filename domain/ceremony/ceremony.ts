import { designations } from '../designations.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { daysOfChange, isStatusOpenOn, statusesByDay } from '../kernel/lifecycle.ts';
import { commands } from './commands.ts';
import { ceremonyKind, events } from './events.ts';
import { lifecycle, states } from './lifecycle.ts';
import { listed, programme } from './listed.ts';
import { type CeremonyEvent, type CeremonyState, evolve, indexFields, present, statusOn } from './state.ts';

export const ceremony: Aggregate<CeremonyState, CeremonyEvent> = {
  ...designations.ceremony,
  commands,
  events,
  evolve,
  states,
  kinds: ceremonyKind.options,
  lifecycle: {
    statusOn,
    statusesOn: ({ facts }, days) => statusesByDay(lifecycle, facts, days),
    isOpenOn: ({ facts }, day) => isStatusOpenOn(lifecycle, facts, day),
    days: ({ facts }) => daysOfChange(facts),
    diagrams: { ceremony: lifecycle },
  },
  indexFields,
  listed,
  programme,
  present,
};
