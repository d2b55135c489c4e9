import type { Aggregate } from '../aggregate.ts';
import { commands } from './commands.ts';
import { events } from './events.ts';
import { type AgreementEvent, type AgreementState, evolve, facets, states, statusOn } from './state.ts';

export const agreement: Aggregate<AgreementState, AgreementEvent> = {
  name: 'agreement',
  collection: 'agreements',
  letter: 'A',
  commands,
  events,
  evolve,
  states,
  statusOn,
  facets,
};
