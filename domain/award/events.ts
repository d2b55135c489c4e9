import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import { recorded } from '../kernel/recorded.ts';
import { ref } from '../values/ids.ts';
import { partialDate } from '../values/partial-date.ts';
import { committedPerson, namedPerson } from '../values/person.ts';
import { designation, localizedText, text } from '../values/text.ts';

const organization = z.strictObject({ organization: ref('organization') });

/** An organization, or a person. */
const recipient = z.union([organization, committedPerson]);
/** In place of the recipient, where a command states one. */
export const namedRecipient = { recipient: z.union([organization, z.strictObject({ person: namedPerson })]) };

export const conferred = z.strictObject({
  programme: ref('award-programme'),
  category: designation(200).optional(),
  rank: z.int().min(1).max(1000).optional().meta({ description: 'Place in the category: 1 is the first prize' }),
  recipient,
  on: partialDate.optional(),
  ceremony: ref('ceremony').optional(),
  citation: z.array(localizedText).min(1).max(20).optional().meta({ description: 'What it was conferred for' }),
  selfConferred: z
    .literal(true)
    .optional()
    .meta({ description: 'The recipient is one of the bodies that confer the award' }),
  ...recorded,
});
export const declined = z.strictObject({ on: partialDate.optional(), reason: text(4000).optional(), ...recorded });
export const revoked = z.strictObject({
  on: partialDate.optional(),
  reason: text(4000),
  authority: text(600).meta({ description: 'By whose decision, or under which rule' }),
  ...recorded,
});
export const reinstated = z.strictObject({ on: partialDate.optional(), reason: text(4000).optional(), ...recorded });

export const events = [
  {
    type: 'award.conferred',
    version: 1,
    schema: conferred,
    meaning: 'The award was conferred on its recipient.',
  },
  {
    type: 'award.declined',
    version: 1,
    schema: declined,
    meaning: 'The recipient did not accept the award.',
    denies: true,
  },
  { type: 'award.revoked', version: 1, schema: revoked, meaning: 'The award was taken back from its recipient.' },
  {
    type: 'award.reinstated',
    version: 1,
    schema: reinstated,
    meaning: 'The award stands again after it was declined or revoked.',
  },
] as const satisfies readonly EventDefinition[];
