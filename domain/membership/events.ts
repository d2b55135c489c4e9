import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { type FactOf, recorded } from '../kernel/recorded.ts';
import { ref } from '../values/ids.ts';
import { partialDate } from '../values/partial-date.ts';
import { designation, text } from '../values/text.ts';

/** The two that a membership is between: whatever opens it names them. */
export const between = { body: ref('organization'), organization: ref('organization') };
const on = partialDate.optional();
const reason = text(4000).optional();
const membershipClass = designation(100).meta({ description: 'Class of membership, as the body calls it' });

/** What opens a membership, or begins a new period of it. */
const beginning = {
  ...between,
  class: membershipClass.optional(),
  on,
  ceremony: ref('ceremony').optional(),
};
export const intentDeclared = z.strictObject({ ...beginning, ...recorded });
export const applied = z.strictObject({ ...beginning, ...recorded });
export const admitted = z.strictObject({ ...beginning, ...recorded });
export const applicantRefused = z.strictObject({
  ...between,
  on,
  reason,
  ceremony: ref('ceremony').optional(),
  ...recorded,
});

/** What is told of a member. Where it opens the membership, it names the two that this is between. */
const told = {
  body: between.body.optional(),
  organization: between.organization.optional(),
  class: membershipClass.optional(),
  on,
  ceremony: ref('ceremony').optional(),
};
export const suspended = z.strictObject({
  ...told,
  until: partialDate.optional().meta({ description: 'When it ends by itself' }),
  reason,
  ...recorded,
});
const suspensionEnded = z.strictObject({ on, ...recorded });
export const reinstated = z.strictObject({ on, reason, ...recorded });
export const renewed = z.strictObject({ on, ...recorded });
export const classChanged = z.strictObject({ class: membershipClass, on, ...recorded });
export const ended = z.strictObject({ ...told, reason, ...recorded });

const definition = <Type extends string, Schema extends z.ZodType>(type: Type, schema: Schema, meaning: string) => ({
  type,
  version: 1,
  schema,
  meaning,
});

export const events = [
  definition('membership.intent-declared', intentDeclared, 'An organization declared that it intends to join a body.'),
  definition('membership.applied', applied, 'An organization applied for membership in a body.'),
  definition('membership.refused', applicantRefused, 'The body refused to admit the organization.'),
  definition('membership.admitted', admitted, 'The body admitted the organization as a member.'),
  definition('membership.class-changed', classChanged, 'The membership is of another class from here on.'),
  definition('membership.renewed', renewed, 'The membership was renewed.'),
  definition('membership.suspended', suspended, 'The body suspended the membership.'),
  {
    ...definition(
      'membership.suspension-ended',
      suspensionEnded,
      'A suspension ended by itself, because its term was over; the registry took note of it.',
    ),
    due: true,
  },
  definition('membership.reinstated', reinstated, 'The body reinstated a suspended or lapsed membership.'),
  definition('membership.lapsed', ended, 'The membership lapsed.'),
  definition('membership.resigned', ended, 'The member resigned.'),
  definition('membership.expelled', ended, 'The body expelled the member.'),
] as const satisfies readonly EventDefinition[];

type Definition = (typeof events)[number];
export type MembershipEvent = {
  [One in Definition as One['type']]: RegistryEvent<One['type'], z.infer<One['schema']>>;
}[Definition['type']];
export type MembershipFact = {
  [One in Definition as One['type']]: FactOf<One['type'], z.infer<One['schema']>>;
}[Definition['type']];
