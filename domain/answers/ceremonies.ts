import * as z from 'zod';
import { SUMMARY_PARTIES } from '../bounds.ts';
import { cancelled, concluded, events, held, opened, postponed, rescheduled, roleHolder } from '../ceremony/events.ts';
import { states } from '../ceremony/lifecycle.ts';
import { ref } from '../values/ids.ts';
import { name } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';
import { historyItemsOf, listedFactsOf } from './events.ts';
import { factOfType, openingOfType, saidIn } from './facts.ts';
import { partyOrganization } from './parts.ts';
import { recordEnd, recordHead, summaryIn } from './record.ts';

export const ceremonyAnswers = {
  record: z.object({
    ...recordHead('ceremony', states),
    ...saidIn(held, 'names', 'roles', 'on'),
    names: z.array(name).exactOptional(),
    formerNames: z.array(name).exactOptional(),
    roles: z.array(roleHolder),
    formerRoles: z.array(roleHolder).exactOptional(),
    on: partialDate.exactOptional().meta({ description: 'The date that counts' }),
    announcedFor: partialDate
      .exactOptional()
      .meta({ description: 'The date that it was first announced for, where that is another' }),
    facts: z.array(
      z.discriminatedUnion('type', [
        openingOfType('ceremony.recorded', held.shape.on),
        factOfType('ceremony.rescheduled', rescheduled),
        factOfType('ceremony.postponed', postponed),
        factOfType('ceremony.cancelled', cancelled),
        factOfType('ceremony.opened', opened),
        factOfType('ceremony.concluded', concluded),
      ]),
    ),
    ...recordEnd,
  }),
  summary: summaryIn('ceremonies', states, {
    kind: held.shape.kind,
    place: held.shape.place.unwrap().pick({ country: true, locality: true, venue: true }).exactOptional(),
    edition: held.shape.edition,
    hosts: z.array(ref('organization')).max(SUMMARY_PARTIES).exactOptional(),
  }),
  party: partyOrganization,
  historyItem: historyItemsOf('ceremony', events),
  fact: listedFactsOf('ceremony', events),
};
