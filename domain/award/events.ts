import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { type FactOf, recorded } from '../kernel/recorded.ts';
import { ref } from '../values/ids.ts';
import { partialDate } from '../values/partial-date.ts';
import { designation, localizedText, text } from '../values/text.ts';
import { conferredOn, part } from './recipients.ts';

export const conferred = z.strictObject({
  programme: ref('award-programme'),
  category: designation(200).optional(),
  rank: z.int().min(1).max(1000).optional().meta({ description: 'Place in the category: 1 is the first prize' }),
  ...conferredOn,
  on: partialDate.optional(),
  ceremony: ref('ceremony').optional(),
  citation: z.array(localizedText).min(1).max(20).optional().meta({ description: 'What it was conferred for' }),
  selfConferred: z
    .literal(true)
    .optional()
    .meta({ description: 'A recipient is one of the bodies that confer the award' }),
  ...recorded,
});

/** What becomes of an award, or of a part of it. */
const become = { recipient: part.optional(), on: partialDate.optional() };
export const declined = z.strictObject({ ...become, reason: text(4000).optional(), ...recorded });
export const revoked = z.strictObject({
  ...become,
  reason: text(4000),
  authority: text(600).meta({ description: 'By whose decision, or under which rule' }),
  ...recorded,
});
export const reinstated = z.strictObject({ ...become, reason: text(4000).optional(), ...recorded });

export const events = [
  {
    type: 'award.conferred',
    version: 1,
    schema: conferred,
    meaning: 'The award was conferred on its recipient, or on several who share it.',
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

type Conferred = z.infer<typeof conferred>;

export type AwardEvent =
  | RegistryEvent<'award.conferred', Conferred>
  | RegistryEvent<'award.declined', z.infer<typeof declined>>
  | RegistryEvent<'award.revoked', z.infer<typeof revoked>>
  | RegistryEvent<'award.reinstated', z.infer<typeof reinstated>>;

export type AwardFact =
  | FactOf<'award.conferred', Pick<Conferred, 'on'>>
  | FactOf<'award.declined', z.infer<typeof declined>>
  | FactOf<'award.revoked', z.infer<typeof revoked>>
  | FactOf<'award.reinstated', z.infer<typeof reinstated>>;
