import * as z from 'zod';
import { enteredIntoForce, events, registered, signed } from '../agreement/events.ts';
import { statementStates } from '../agreement/lifecycle.ts';
import { joinings } from '../agreement/parties.ts';
import { partyReference } from '../agreement/party-reference.ts';
import { shownApart } from '../agreement/present.ts';
import { declarationMade, objected, reservationMade } from '../agreement/statement-events.ts';
import { states } from '../agreement/status.ts';
import { partyStates } from '../agreement/story.ts';
import { SUMMARY_PARTIES } from '../bounds.ts';
import { name } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';
import { party } from '../values/party.ts';
import { historyItemsOf, listedFactsOf } from './events.ts';
import { factOfType, saidIn } from './facts.ts';
import { quantity, shownPerson, streamVersion, unidentifiedShown } from './parts.ts';
import { certainty, ofCohort, recordEnd, recordHead, summaryIn } from './record.ts';

const standingOfParty = {
  joined: z.enum(joinings).exactOptional().meta({ description: 'How it became a party later' }),
  succeeds: z
    .array(z.object({ party: partyReference, on: partialDate.exactOptional(), version: streamVersion }))
    .exactOptional()
    .meta({ description: 'The parties whose places it has taken' }),
  state: z.enum(partyStates),
  since: partialDate.exactOptional().meta({ description: 'Since when it stands so' }),
  certainty,
};
const [named, unidentified] = party.options;
const agreementParty = z.union([named.extend(standingOfParty), unidentified.extend(standingOfParty)]);

const signatory = shownPerson.optional().meta({ description: 'Who signed for the party' });
const shownSigned = signed.extend({ signatory });
const shownEvents = events.map((one) => (one.type === 'agreement.signed' ? { ...one, schema: shownSigned } : one));

const ofStatement = {
  version: streamVersion,
  state: z.enum(statementStates),
  certainty,
};
const statements = z.array(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('reservation'), ...saidIn(reservationMade), ...ofStatement }),
    z.object({ kind: z.literal('declaration'), ...saidIn(declarationMade), ...ofStatement }),
    z.object({ kind: z.literal('objection'), ...saidIn(objected), ...ofStatement }),
  ]),
);

/** What tells who the parties are, or stands in a field of its own, is no item of `facts`. */
type Apart = 'agreement.registered' | 'agreement.party-added' | (typeof shownApart)[number];
const apart: readonly string[] = ['agreement.registered', 'agreement.party-added', ...shownApart];
type FactOf<Definition extends (typeof events)[number]> = Definition extends (typeof events)[number]
  ? ReturnType<typeof factOfType<Definition['type'], Definition['schema']['shape']>>
  : never;
type Fact = FactOf<Exclude<(typeof events)[number], { type: Apart }>>;
const facts = events
  .filter(({ type }) => !apart.includes(type))
  .map(({ type, schema }) => factOfType(type, schema as z.ZodObject)) as unknown as readonly [Fact, ...Fact[]];

export const agreementAnswers = {
  record: z.object({
    ...recordHead('agreement', states),
    ...ofCohort,
    ...saidIn(registered, 'titles', 'parties'),
    titles: z.array(name).exactOptional(),
    formerTitles: z.array(name).exactOptional(),
    parties: z.array(agreementParty),
    signatures: z.array(factOfType('agreement.signed', shownSigned).omit({ type: true })),
    entriesIntoForce: z.array(factOfType('agreement.entered-into-force', enteredIntoForce).omit({ type: true })),
    statements: statements
      .exactOptional()
      .meta({ description: 'Reservations, declarations and objections, each as it stands' }),
    facts: z.array(z.discriminatedUnion('type', facts)).meta({ description: 'What else happened to it' }),
    ...recordEnd,
  }),
  summary: summaryIn('agreements', states, {
    kind: registered.shape.kind,
    parties: z
      .array(z.union([named.pick({ organization: true, onBehalfOf: true }), unidentifiedShown]))
      .max(SUMMARY_PARTIES)
      .meta({
        description: 'The parties as its sources give them, principals apart: the first of them, if they are more',
      }),
    partyCount: quantity,
    signatures: quantity.meta({ description: 'How many parties have signed so far' }),
  }),
  party: agreementParty,
  historyItem: historyItemsOf('agreement', events),
  fact: listedFactsOf('agreement', shownEvents),
};
