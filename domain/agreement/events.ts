import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { type FactOf, recorded } from '../kernel/recorded.ts';
import { atMost } from '../values/cap.ts';
import { count } from '../values/count.ts';
import { document, documents } from '../values/evidence.ts';
import { ref } from '../values/ids.ts';
import { names } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';
import { party, place } from '../values/party.ts';
import { committedPerson, namedPerson } from '../values/person.ts';
import { basis, designation, localizedText, notes, text } from '../values/text.ts';
import { MAX_PARTIES, partyReference } from './party-reference.ts';
import { statementEvents } from './statement-events.ts';

/** Parties that one act adds, at most. */
export const MAX_ADDED = 50;

export const agreementKind = z.enum([
  'cooperation',
  'memorandum',
  'project',
  'purchase',
  'service',
  'supply',
  'treaty',
  'other',
]);

export const registered = z.strictObject({
  kind: agreementKind,
  class: designation(40).optional().meta({ description: 'Class in the classification that the submitter keeps' }),
  titles: names.optional(),
  subject: z.array(localizedText).min(1).max(20).optional().meta({ description: 'What the agreement is about' }),
  parties: atMost(z.array(party).min(2), MAX_PARTIES, 'cap-parties'),
  ceremony: ref('ceremony').optional(),
  covers: count.optional().meta({ description: 'How many agreements a source reports as this one' }),
  documents: documents.optional(),
  openForSignature: z.boolean().optional(),
  openForAccession: z.boolean().optional(),
  until: partialDate.optional(),
  ...recorded,
});

export const partyAdded = z.strictObject({
  parties: atMost(z.array(party).min(1), MAX_ADDED, 'cap-parties'),
  ...recorded,
});

export const signature = z.strictObject({
  party: partyReference,
  signatory: committedPerson.optional().meta({ description: 'Who signed for the party' }),
  capacity: text(200).optional(),
  mode: z.enum(['definitive', 'subject-to-approval', 'ad-referendum']).optional(),
  on: partialDate.optional(),
  place: place.optional(),
  basis: basis.optional(),
  notes: notes.optional(),
});
export const signed = z.strictObject({ ...signature.shape, ...recorded });
/** In place of the signatory of a signature, where a command states one. */
export const namedSignatory = { signatory: namedPerson.optional().meta({ description: 'Who signed for the party' }) };

export const entryIntoForce = z.strictObject({
  on: partialDate.optional(),
  party: ref('organization').optional(),
  provisional: z.boolean().optional(),
  notes: notes.optional(),
});
export const enteredIntoForce = z.strictObject({ ...entryIntoForce.shape, ...recorded });

const on = partialDate.optional();
const reason = text(4000).optional();
const ofParty = { party: partyReference, on };

export const declined = z.strictObject({ ...ofParty, reason, ...recorded });
export const signatureWithdrawn = z.strictObject({ ...ofParty, reason, ...recorded });
const instrument = document.optional().meta({ description: 'The instrument that was deposited' });
export const signatureConfirmed = z.strictObject({
  ...ofParty,
  by: z
    .enum(['ratification', 'acceptance', 'approval', 'confirmation'])
    .optional()
    .meta({ description: 'By what act it consented (Vienna Convention on the Law of Treaties, article 14)' }),
  document: instrument,
  ...recorded,
});
export const acceded = z.strictObject({
  organization: ref('organization'),
  on,
  place: place.optional(),
  document: instrument,
  ...recorded,
});
export const partySucceeded = z.strictObject({
  ...ofParty,
  successor: ref('organization').meta({ description: 'The organization that takes its place from that day' }),
  document: instrument,
  reason,
  ...recorded,
});
export const withdrawalNotified = z.strictObject({
  ...ofParty,
  takesEffectOn: partialDate.meta({ description: 'When the party is no longer bound, unless it revokes its notice' }),
  reason,
  ...recorded,
});
export const noticeRevoked = z.strictObject({ ...ofParty, ...recorded });
export const partyWithdrew = z.strictObject({ ...ofParty, reason, ...recorded });

export const amended = z.strictObject({
  changes: z.array(localizedText).min(1).max(20).meta({ description: 'What the amendment changes' }),
  effectiveOn: partialDate.optional(),
  documents: documents.optional(),
  assents: z.array(partyReference).min(1).max(MAX_PARTIES).meta({ description: 'The parties that assented' }),
  ...recorded,
});
export const renewed = z.strictObject({ until: partialDate, on, ...recorded });
export const suspended = z.strictObject({
  on,
  until: partialDate.optional().meta({ description: 'When it ends by itself' }),
  reason,
  ...recorded,
});
export const resumed = z.strictObject({ on, ...recorded });
const suspensionEnded = z.strictObject({ on, ...recorded });
export const ended = z.strictObject({ on, reason, ...recorded });
export const annulled = z.strictObject({
  on,
  reason: text(4000),
  authority: text(600).meta({ description: 'Who annulled it: a court, an arbitral tribunal, a ministry' }),
  ...recorded,
});

export const events = [
  {
    type: 'agreement.registered',
    version: 1,
    schema: registered,
    meaning: 'An agreement between at least two parties was entered in the register.',
  },
  {
    type: 'agreement.party-added',
    version: 1,
    schema: partyAdded,
    meaning: 'The agreement has further parties, as if it had been registered with them.',
  },
  {
    type: 'agreement.signed',
    version: 1,
    schema: signed,
    meaning: 'A party signed the agreement.',
  },
  {
    type: 'agreement.signature-declined',
    version: 1,
    schema: declined,
    meaning: 'A party declined to sign.',
    denies: true,
  },
  {
    type: 'agreement.signature-withdrawn',
    version: 1,
    schema: signatureWithdrawn,
    meaning: 'A party withdrew its signature before it was bound.',
  },
  {
    type: 'agreement.signature-confirmed',
    version: 1,
    schema: signatureConfirmed,
    meaning: 'A party confirmed a signature that was subject to approval.',
  },
  {
    type: 'agreement.acceded',
    version: 1,
    schema: acceded,
    meaning: 'An organization that had not signed became a party.',
  },
  {
    type: 'agreement.party-succeeded',
    version: 1,
    schema: partySucceeded,
    meaning: 'Another organization took the place of a party, with all that this had signed, confirmed and notified.',
  },
  ...statementEvents,
  {
    type: 'agreement.entered-into-force',
    version: 1,
    schema: enteredIntoForce,
    meaning:
      'The agreement entered into force: for the party that is named, or for all that it was made between and all that had consented by then.',
  },
  {
    type: 'agreement.amended',
    version: 1,
    schema: amended,
    meaning: 'The parties in force agreed to change the agreement.',
  },
  {
    type: 'agreement.renewed',
    version: 1,
    schema: renewed,
    meaning: 'The agreement was given a new term.',
  },
  {
    type: 'agreement.suspended',
    version: 1,
    schema: suspended,
    meaning: 'The operation of the agreement was suspended.',
  },
  {
    type: 'agreement.resumed',
    version: 1,
    schema: resumed,
    meaning: 'The suspended agreement operates again.',
  },
  {
    type: 'agreement.suspension-ended',
    version: 1,
    schema: suspensionEnded,
    meaning: 'A suspension ended by itself, because its term was over; the registry took note of it.',
    due: true,
  },
  {
    type: 'agreement.withdrawal-notified',
    version: 1,
    schema: withdrawalNotified,
    meaning: 'A party gave notice that it withdraws, with effect from a day to come.',
  },
  {
    type: 'agreement.notice-revoked',
    version: 1,
    schema: noticeRevoked,
    meaning: 'A party revoked its notice of withdrawal before it took effect.',
  },
  {
    type: 'agreement.party-withdrew',
    version: 1,
    schema: partyWithdrew,
    meaning: 'A party is no longer bound.',
  },
  {
    type: 'agreement.terminated',
    version: 1,
    schema: ended,
    meaning: 'The agreement was ended.',
  },
  {
    type: 'agreement.expired',
    version: 1,
    schema: ended,
    meaning: 'The agreement ended because its term was over.',
  },
  {
    type: 'agreement.annulled',
    version: 1,
    schema: annulled,
    meaning: 'An authority declared the agreement void.',
  },
] as const satisfies readonly EventDefinition[];

type OwnData = {
  'agreement.registered': z.infer<typeof registered>;
  'agreement.party-added': z.infer<typeof partyAdded>;
  'agreement.signed': z.infer<typeof signed>;
  'agreement.signature-declined': z.infer<typeof declined>;
  'agreement.signature-withdrawn': z.infer<typeof signatureWithdrawn>;
  'agreement.signature-confirmed': z.infer<typeof signatureConfirmed>;
  'agreement.acceded': z.infer<typeof acceded>;
  'agreement.party-succeeded': z.infer<typeof partySucceeded>;
  'agreement.entered-into-force': z.infer<typeof enteredIntoForce>;
  'agreement.amended': z.infer<typeof amended>;
  'agreement.renewed': z.infer<typeof renewed>;
  'agreement.suspended': z.infer<typeof suspended>;
  'agreement.resumed': z.infer<typeof resumed>;
  'agreement.suspension-ended': z.infer<typeof suspensionEnded>;
  'agreement.withdrawal-notified': z.infer<typeof withdrawalNotified>;
  'agreement.notice-revoked': z.infer<typeof noticeRevoked>;
  'agreement.party-withdrew': z.infer<typeof partyWithdrew>;
  'agreement.terminated': z.infer<typeof ended>;
  'agreement.expired': z.infer<typeof ended>;
  'agreement.annulled': z.infer<typeof annulled>;
};

type OfStatement = (typeof statementEvents)[number];
type Data = OwnData & { [One in OfStatement as One['type']]: z.infer<One['schema']> };

export type AgreementEvent = { [Type in keyof Data]: RegistryEvent<Type, Data[Type]> }[keyof Data];
/** What tells who the parties are: a state keeps them, and no fact. */
type NamingType = 'agreement.registered' | 'agreement.party-added';
/** What a state keeps of everything else. */
export type AgreementFact = {
  [Type in Exclude<keyof Data, NamingType>]: FactOf<Type, Data[Type]>;
}[Exclude<keyof Data, NamingType>];
