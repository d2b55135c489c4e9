import fc from 'fast-check';
import { commandOf, dated, datedCommand, type Histories, letters, someOrganization } from './history.ts';

const names = fc.constantFrom(...letters).map((value) => [{ value, lang: 'en' }]);
const launch = dated(fc.record({ kind: fc.constantFrom('zone', 'conference'), names, by: fc.tuple(someOrganization) }));
const performers = fc.constantFrom({}, { performersNotStated: true }, { meaning: 'opened' });

export const histories: Histories = {
  opening: fc.oneof(commandOf('announce-launch', launch), commandOf('perform-launch', launch)),
  act: fc.oneof(
    datedCommand('perform-announced-launch', performers),
    datedCommand('confirm-operational'),
    datedCommand('confirm-held'),
    datedCommand('postpone-launch'),
    datedCommand('cancel-launch'),
    datedCommand('rename-launch', fc.record({ names })),
    datedCommand('discontinue-launch'),
  ),
  about: (data) => JSON.stringify((data as { names?: unknown }).names),
};
