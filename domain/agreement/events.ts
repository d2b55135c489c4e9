import * as z from 'zod';
import type { EventDefinition } from '../aggregate.ts';
import { recorded } from '../recorded.ts';
import { count } from '../values/count.ts';
import { documents } from '../values/evidence.ts';
import { ref } from '../values/ids.ts';
import { names } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';
import { party, place } from '../values/party.ts';
import { basis, localizedText, notes, text } from '../values/text.ts';

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
  class: text(40).optional().meta({ description: 'Class in the classification that the submitter keeps' }),
  titles: names.optional(),
  subject: z.array(localizedText).min(1).max(20).optional().meta({ description: 'What the agreement is about' }),
  parties: z.array(party).min(2).max(50),
  ceremony: ref('ceremony').optional(),
  covers: count.optional().meta({ description: 'How many agreements a source reports as this one' }),
  documents: documents.optional(),
  openForSignature: z.boolean().optional(),
  openForAccession: z.boolean().optional(),
  until: partialDate.optional(),
  notes: notes.optional(),
  ...recorded,
});

/** A party of the agreement: its organization, or, for one that is not identified, its place among the parties (1, 2 …). */
export const partyReference = z.union([ref('organization'), z.int().min(1).max(50)]);

/** Names of persons are refused until there is a vault that can also forget them. */
const signatory = z
  .unknown()
  .refine((value) => value === undefined, {
    error: 'names of persons are not accepted: leave the signatory out',
    params: { rule: 'person-not-accepted' },
  })
  .optional();

export const signature = z.strictObject({
  party: partyReference,
  signatory,
  capacity: text(200).optional(),
  mode: z.enum(['definitive', 'subject-to-approval', 'ad-referendum']).optional(),
  on: partialDate.optional(),
  place: place.optional(),
  basis: basis.optional(),
});
export const signed = z.strictObject({ ...signature.shape, ...recorded });

export const entryIntoForce = z.strictObject({
  on: partialDate.optional(),
  party: ref('organization').optional(),
  provisional: z.boolean().optional(),
});
export const enteredIntoForce = z.strictObject({ ...entryIntoForce.shape, ...recorded });

export const events = [
  {
    type: 'agreement.registered',
    version: 1,
    schema: registered,
    meaning: 'An agreement between at least two parties was entered in the register.',
  },
  { type: 'agreement.signed', version: 1, schema: signed, meaning: 'A party signed the agreement.' },
  {
    type: 'agreement.entered-into-force',
    version: 1,
    schema: enteredIntoForce,
    meaning: 'The agreement entered into force, for all its parties or for the one that is named.',
  },
] as const satisfies readonly EventDefinition[];
