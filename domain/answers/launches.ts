import * as z from 'zod';
import { SUMMARY_PARTIES } from '../bounds.ts';
import {
  becameOperational,
  cancelled,
  discontinued,
  events,
  held,
  performed,
  postponed,
  publication,
  renamed,
  subject,
} from '../launch/events.ts';
import { states } from '../launch/lifecycle.ts';
import { ref } from '../values/ids.ts';
import { name, names } from '../values/names.ts';
import { historyItemsOf, listedFactsOf } from './events.ts';
import { factOfType } from './facts.ts';
import { partyOrganization, streamVersion } from './parts.ts';
import { recordEnd, recordHead, summaryIn } from './record.ts';

const published = <const Type extends string>(type: Type) =>
  z.object({ type: z.literal(type), version: streamVersion, names: names.optional(), ...publication });

export const launchAnswers = {
  record: z.object({
    ...recordHead('launch', states),
    ...subject,
    names: z.array(name).exactOptional(),
    formerNames: z.array(name).exactOptional(),
    ...publication,
    facts: z.array(
      z.discriminatedUnion('type', [
        published('launch.announced'),
        published('launch.performed'),
        factOfType('launch.became-operational', becameOperational),
        factOfType('launch.held', held),
        factOfType('launch.postponed', postponed),
        factOfType('launch.cancelled', cancelled),
        factOfType('launch.renamed', renamed),
        factOfType('launch.discontinued', discontinued),
      ]),
    ),
    ...recordEnd,
  }),
  summary: summaryIn('launches', states, {
    kind: performed.shape.kind,
    edition: subject.edition,
    expected: subject.expected,
    meaning: publication.meaning,
    by: z.array(ref('organization')).max(SUMMARY_PARTIES).exactOptional(),
    establishes: subject.establishes,
  }),
  party: partyOrganization,
  historyItem: historyItemsOf('launch', events),
  fact: listedFactsOf('launch', events),
};
