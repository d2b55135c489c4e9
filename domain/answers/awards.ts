import * as z from 'zod';
import { conferred, declined, events, reinstated, revoked } from '../award/events.ts';
import { states } from '../award/parts.ts';
import { conferredOn, recipientsShown } from '../award/recipients.ts';
import * as programme from '../award-programme/events.ts';
import { states as programmeStates } from '../award-programme/state.ts';
import { SUMMARY_PARTIES } from '../bounds.ts';
import { ref } from '../values/ids.ts';
import { name } from '../values/names.ts';
import { historyItemsOf, listedFactsOf } from './events.ts';
import { factOfType, openingOfType, saidIn } from './facts.ts';
import { partyOrganization, quantity, shownPerson, unidentifiedShown } from './parts.ts';
import { ofCohort, recordEnd, recordHead, summaryIn } from './record.ts';

export const awardProgrammeAnswers = {
  record: z.object({
    ...recordHead('award-programme', programmeStates),
    ...saidIn(programme.opened, 'names'),
    names: z.array(name),
    formerNames: z.array(name).exactOptional(),
    facts: z.array(
      z.discriminatedUnion('type', [
        openingOfType('award-programme.opened', programme.opened.shape.on),
        factOfType('award-programme.closed', programme.closed),
      ]),
    ),
    ...recordEnd,
  }),
  summary: summaryIn('award-programmes', programmeStates, {
    edition: programme.opened.shape.edition,
    period: programme.opened.shape.period,
    conferredBy: z.array(ref('organization')).max(SUMMARY_PARTIES),
  }),
  party: partyOrganization,
  historyItem: historyItemsOf('award-programme', programme.events),
  fact: listedFactsOf('award-programme', programme.events),
};

const { recipient, recipients } = recipientsShown(shownPerson);
const state = z
  .enum(states)
  .exactOptional()
  .meta({ description: 'How this part stands, once parts stand differently' });
const [organization, person, unidentified] = recipients.unwrap().element.options;

const shownConferred = conferred.extend({ recipient, recipients });
const shownEvents = events.map((one) => (one.type === 'award.conferred' ? { ...one, schema: shownConferred } : one));

export const awardAnswers = {
  record: z.object({
    ...recordHead('award', states),
    ...ofCohort,
    ...saidIn(conferred, ...(Object.keys(conferredOn) as (keyof typeof conferredOn)[])),
    recipient,
    recipients: z
      .array(z.union([organization.extend({ state }), person.extend({ state }), unidentified.extend({ state })]))
      .exactOptional(),
    facts: z.array(
      z.discriminatedUnion('type', [
        openingOfType('award.conferred', conferred.shape.on),
        factOfType('award.declined', declined),
        factOfType('award.revoked', revoked),
        factOfType('award.reinstated', reinstated),
      ]),
    ),
    ...recordEnd,
  }),
  summary: summaryIn('awards', states, {
    within: z.object({ programme: conferred.shape.programme }),
    category: conferred.shape.category,
    rank: conferred.shape.rank,
    recipients: z
      .array(z.union([partyOrganization, unidentifiedShown]))
      .max(SUMMARY_PARTIES)
      .meta({
        description: 'Organizations and unnamed ones on whom it was conferred: the first of them, if they are more',
      }),
    recipientCount: quantity,
    persons: quantity.exactOptional().meta({ description: 'How many of them are persons' }),
  }),
  party: partyOrganization,
  historyItem: historyItemsOf('award', events),
  fact: listedFactsOf('award', shownEvents),
};
