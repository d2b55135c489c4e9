import * as z from 'zod';
import { SUMMARY_IDENTIFIERS } from '../bounds.ts';
import { closed, events, registered, relation, restored } from '../organization/events.ts';
import { identifier } from '../organization/identifiers.ts';
import { states } from '../organization/state.ts';
import { ref } from '../values/ids.ts';
import { name } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';
import { historyItemsOf, listedFactsOf } from './events.ts';
import { factOfType, saidIn } from './facts.ts';
import { partyOrganization, roleCounts } from './parts.ts';
import { recordEnd, recordHead, summaryIn } from './record.ts';

const [lei, uscc, other] = identifier.options;
const linked = {
  on: partialDate.exactOptional().meta({ description: 'When it was linked' }),
  endedOn: partialDate.exactOptional().meta({ description: 'When it was unlinked' }),
};
const identifiers = z
  .array(z.discriminatedUnion('scheme', [lei.extend(linked), uscc.extend(linked), other.extend(linked)]))
  .exactOptional();

export const organizationAnswers = {
  record: z.object({
    ...recordHead('organization', states),
    ...saidIn(registered, 'names', 'identifiers', 'relations'),
    names: z.array(name),
    formerNames: z.array(name).exactOptional(),
    identifiers,
    formerIdentifiers: identifiers,
    relations: z.array(relation).exactOptional(),
    formerRelations: z.array(relation).exactOptional(),
    clients: z.array(z.string()).meta({ description: 'The clients that act for it' }),
    absorbed: z
      .array(ref('organization'))
      .exactOptional()
      .meta({ description: 'The organizations that were merged into it' }),
    facts: z.array(
      z.discriminatedUnion('type', [
        factOfType('organization.closed', closed),
        factOfType('organization.restored', restored),
      ]),
    ),
    ...recordEnd,
  }),
  summary: summaryIn('organizations', states, {
    kind: registered.shape.kind,
    country: registered.shape.country,
    identifiers: z.array(identifier).max(SUMMARY_IDENTIFIERS).exactOptional(),
    counts: roleCounts.exactOptional(),
  }),
  party: partyOrganization,
  historyItem: historyItemsOf('organization', events),
  fact: listedFactsOf('organization', events),
};
