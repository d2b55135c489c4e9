import fc from 'fast-check';
import { commandOf, dated, datedCommand, type Histories, organizations } from './history.ts';

const names = [{ value: 'Honorary partners', lang: 'en' }];
const programme = fc.constant({ names, conferredBy: organizations.slice(0, 2) });

export const histories: Histories = {
  opening: commandOf('open-programme', dated(programme)),
  act: datedCommand('close-programme', fc.constantFrom({}, { reason: 'The contest is no longer held' })),
};
