import * as z from 'zod';
import { between, ended, events } from '../membership/events.ts';
import { states } from '../membership/lifecycle.ts';
import { day, partialDate } from '../values/partial-date.ts';
import { historyItemsOf, listedFactsOf } from './events.ts';
import { factOfType } from './facts.ts';
import { type Answer, numberShown, partyOrganization, referringPageOf } from './parts.ts';
import { certainty, ofCohort, recordEnd, recordHead, summaryIn } from './record.ts';

type FactOf<Definition extends (typeof events)[number]> = Definition extends (typeof events)[number]
  ? ReturnType<typeof factOfType<Definition['type'], Definition['schema']['shape'], keyof typeof between>>
  : never;
const facts = events.map(({ type, schema }) =>
  factOfType(type, schema, 'body', 'organization'),
) as unknown as readonly FactOf<(typeof events)[number]>[];

/** When a stay begins or ends, as far as the sources tell. */
const boundary = z.union([partialDate, z.literal('unknown')]).exactOptional();

export const membershipAnswers = {
  record: z.object({
    ...recordHead('membership', states),
    ...ofCohort,
    ...between,
    class: ended.shape.class,
    ceremony: ended.shape.ceremony,
    facts: z.array(z.discriminatedUnion('type', facts as unknown as readonly [(typeof facts)[number]])),
    periods: z
      .array(z.object({ number: numberShown, from: boundary, to: boundary }))
      .meta({ description: 'The stays of the organization in the body, each with its register number' }),
    ...recordEnd,
  }),
  summary: summaryIn('memberships', states, {
    within: z.object({ body: between.body }),
    organization: between.organization,
    class: ended.shape.class,
    since: boundary.meta({ description: 'When its last stay began' }),
    until: boundary.meta({ description: 'When that stay ended' }),
  }),
  party: partyOrganization,
  historyItem: historyItemsOf('membership', events),
  fact: listedFactsOf('membership', events),
};

/** An item of a roster. */
export const member = z.object({
  organization: between.organization,
  membership: z.string().meta({ description: 'Id of the membership' }),
  number: numberShown.meta({ description: 'The register number of this stay' }),
  from: boundary.unwrap(),
  to: boundary,
  state: z.enum(states).meta({ description: 'The state on the day of the request’s `on`' }),
  class: z.string().exactOptional(),
  certainty: certainty.meta({ description: 'Whether the dates make its membership on that day certain' }),
});
export type Member = Answer<typeof member>;

export const membersPage = referringPageOf(member).extend({
  on: day.meta({ description: 'The day that it is the roster of' }),
});
