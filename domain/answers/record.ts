import * as z from 'zod';
import { ASIDE_REASON, SHOWN, SUMMARY_PARTICIPANTS } from '../bounds.ts';
import { factsOnAnyRecord } from '../record/events.ts';
import { RETRACTED, standings } from '../record/record.ts';
import { recordLists } from '../record/shown.ts';
import { evidenceItem } from '../values/evidence.ts';
import { anyRef, ref } from '../values/ids.ts';
import { partialDate } from '../values/partial-date.ts';
import {
  type Answer,
  instant,
  link,
  logPosition,
  nameShown,
  numberShown,
  pageOf,
  quantity,
  references,
  referringPageOf,
  streamVersion,
} from './parts.ts';
import { proofShown } from './proof.ts';
import { ruleShown } from './receipts.ts';

/** What the answers on records of all collections have in common. */

export const standingShown = z.enum(standings).meta({ description: 'How far it has come on the evidence ladder' });
export const certainty = z
  .enum(['certain', 'possible'])
  .meta({ description: 'Whether that is so wherever within their dates facts happened' });

/** A record that the read model cannot take. */
export const asideShown = z.object({
  version: quantity.meta({ description: 'The version that its rows have; 0 when it has none' }),
  position: logPosition.meta({ description: 'The last position of the first commit that could not be applied' }),
  reason: z.string().max(ASIDE_REASON),
});

const more = z.partialRecord(z.enum(recordLists), link).meta({
  description: `Links to what this answer leaves out: of each list it has the first ${SHOWN}, or fewer large ones`,
});

const overtaken = z.object({
  rule: ruleShown.meta({ description: 'The rule that the event would have been refused by' }),
  record: anyRef.meta({ description: 'The other record' }),
  detail: z.string().meta({ description: 'Type and position of the event, and what the rule found' }),
});

const { corrected, retracted, disputed } = factsOnAnyRecord;

/** The state of a record of one aggregate, or `retracted`. */
const stateAmong = <const States extends readonly string[]>(states: States) =>
  z.enum([...states, RETRACTED] as [...States, typeof RETRACTED]);

/** The members of a record's answer that come before the fields of its own. */
export const recordHead = <const States extends readonly string[]>(aggregate: string, states: States) => ({
  id: ref(aggregate),
  version: streamVersion,
  number: numberShown,
  state: stateAmong(states).meta({ description: 'The state as of its last event, or on the day of `validOn`' }),
  certainty: certainty.exactOptional().meta({ description: 'With `validOn`' }),
  standing: standingShown,
  recordedAt: instant,
  submittedBy: z
    .object({ client: z.string(), organization: z.string().exactOptional() })
    .meta({ description: 'The client that opened it, and the organization that the client then acted for' }),
});

const setAside = asideShown.exactOptional().meta({
  description: 'The read model cannot take the record: lists and figures show an earlier version',
});

/** A page of the events of one record. */
export const historyPageOf = <Item extends z.ZodType>(item: Item) => pageOf(item).extend({ setAside });

/** A page of a list of one record, which tells how many items there are in all. */
export const listOfRecord = <Item extends z.ZodType>(item: Item) =>
  referringPageOf(item).extend({ total: quantity.meta({ description: 'How many there are in all' }), setAside });

/** Those that come after them. */
export const recordEnd = {
  evidence: z.array(evidenceItem),
  corrections: z
    .array(z.object({ version: streamVersion, ...corrected[0].pick({ corrects: true, reason: true }).shape }))
    .exactOptional(),
  retractions: z
    .array(
      z.object({
        version: streamVersion,
        ...retracted[0].pick({ reason: true, period: true, replacedBy: true }).shape,
      }),
    )
    .exactOptional(),
  disputes: z
    .array(z.object({ by: ref('organization'), grounds: disputed[0].shape.grounds, version: streamVersion }))
    .exactOptional(),
  more: more.exactOptional(),
  overtaken: z.array(overtaken).max(SHOWN).exactOptional().meta({
    description:
      'Events of the record that an act on another record has overtaken: they were decided on that record as it was read, and when they landed it stood otherwise',
  }),
  unjudged: quantity.exactOptional().meta({
    description:
      'Of how many events the answer leaves open whether they were overtaken, because it would read too much',
  }),
  setAside,
  references,
  proof: proofShown,
};

/** Of records that a cohort may count among its unnamed ones. */
export const ofCohort = {
  cohort: ref('cohort').exactOptional().meta({ description: 'The cohort that counts it among its unnamed ones' }),
};

/** What lists say of a record of any collection. */
export const summary = z.object({
  id: anyRef,
  collection: z.string(),
  number: numberShown,
  version: streamVersion,
  kind: z.string().exactOptional(),
  names: z.array(nameShown),
  otherNames: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'It had other names on other days, or will have: see `validOn`' }),
  on: partialDate.exactOptional(),
  ceremony: ref('ceremony').exactOptional(),
  within: z
    .record(z.string(), z.string())
    .exactOptional()
    .meta({ description: 'What it belongs to, such as the body of a membership' }),
  participants: z.array(ref('organization')).max(SUMMARY_PARTICIPANTS).meta({
    description: 'The organizations that take part in it: the first of them, if they are more',
  }),
  participantCount: quantity.meta({ description: 'How many organizations take part in it' }),
  state: z.string(),
  standing: standingShown,
  recordedAt: instant,
  mergedInto: ref('organization').exactOptional().meta({ description: 'The organization that it was merged into' }),
  absorbed: z.array(ref('organization')).exactOptional().meta({
    description: 'The organizations that were merged into this one',
  }),
});

/** It stands once, in the record's own row. */
export type Summary = Answer<typeof summary>;

/** What lists say of a record of one collection. */
export const summaryIn = <
  const Collection extends string,
  const States extends readonly string[],
  Own extends z.ZodRawShape,
>(
  collection: Collection,
  states: States,
  own: Own,
) => summary.extend({ collection: z.literal(collection), state: stateAmong(states), ...own });
