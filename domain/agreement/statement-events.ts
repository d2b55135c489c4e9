import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import { recorded } from '../kernel/recorded.ts';
import { document } from '../values/evidence.ts';
import { partialDate } from '../values/partial-date.ts';
import { localizedText } from '../values/text.ts';
import { partyReference } from './party-reference.ts';

/** Reservations, declarations and objections: Vienna Convention on the Law of Treaties, articles 19 to 23. */

/** A text that a party stated: its words, or a document that has them. */
const stated = {
  party: partyReference,
  on: partialDate.optional(),
  words: z.array(localizedText).min(1).max(20).optional().meta({ description: 'The text, or what it says' }),
  document: document.optional().meta({ description: 'The document that has the text' }),
};
const versionOf = (made: string) =>
  z
    .int()
    .min(1)
    .meta({ description: `Version of the event by which ${made}` });

export const reservationMade = z.strictObject({ ...stated, ...recorded });
export const declarationMade = z.strictObject({ ...stated, ...recorded });
export const objected = z.strictObject({
  ...stated,
  statement: versionOf('the reservation or declaration was made'),
  precludesEntryIntoForce: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the agreement is not to enter into force between the two (article 20(4)(b))' }),
  ...recorded,
});
export const reservationWithdrawn = z.strictObject({
  ...stated,
  reservation: versionOf('the reservation was made'),
  ...recorded,
});
export const declarationWithdrawn = z.strictObject({
  ...stated,
  declaration: versionOf('the declaration was made'),
  ...recorded,
});
export const objectionWithdrawn = z.strictObject({
  ...stated,
  objection: versionOf('the objection was made'),
  ...recorded,
});

export const statementEvents = [
  {
    type: 'agreement.reservation-made',
    version: 1,
    schema: reservationMade,
    meaning: 'A party made a reservation.',
  },
  {
    type: 'agreement.declaration-made',
    version: 1,
    schema: declarationMade,
    meaning: 'A party made a declaration.',
  },
  {
    type: 'agreement.objected',
    version: 1,
    schema: objected,
    meaning: 'A party objected to the reservation or declaration of another one.',
  },
  {
    type: 'agreement.reservation-withdrawn',
    version: 1,
    schema: reservationWithdrawn,
    meaning: 'A party withdrew its reservation.',
  },
  {
    type: 'agreement.declaration-withdrawn',
    version: 1,
    schema: declarationWithdrawn,
    meaning: 'A party withdrew its declaration.',
  },
  {
    type: 'agreement.objection-withdrawn',
    version: 1,
    schema: objectionWithdrawn,
    meaning: 'A party withdrew its objection.',
  },
] as const satisfies readonly EventDefinition[];
