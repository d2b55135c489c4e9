import type { Aggregate } from '../aggregate.ts';
import { commands } from './commands.ts';
import { events } from './events.ts';
import { type CeremonyEvent, type CeremonyState, evolve, facets, present, states, statusOn } from './state.ts';

export const ceremony: Aggregate<CeremonyState, CeremonyEvent> = {
  name: 'ceremony',
  collection: 'ceremonies',
  letter: 'C',
  commands,
  events,
  evolve,
  states,
  statusOn,
  facets,
  present,
};
