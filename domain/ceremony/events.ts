import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import { recorded } from '../kernel/recorded.ts';
import { atMost } from '../values/cap.ts';
import { count } from '../values/count.ts';
import { ref } from '../values/ids.ts';
import { names } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';
import { place } from '../values/party.ts';
import { basis, designation, notes, text } from '../values/text.ts';
import { times } from '../values/times.ts';

export const ceremonyKind = z.enum([
  'conference',
  'opening',
  'signing',
  'joining',
  'launch',
  'inauguration',
  'award',
  'forum',
  'exhibition',
  'contest',
]);

const roleName = z.enum([
  'host',
  'co-host',
  'organizer',
  'guidance',
  'supporter',
  'sponsor',
  'partner',
  'participant',
  'guest',
  'observer',
  'witness',
  'depositary',
]);

export const roleHolder = z.strictObject({
  organization: ref('organization'),
  role: roleName,
  ...times,
  basis: basis.optional(),
  notes: notes.optional(),
});

/** Participants that the source mentions without naming them; a count that it does not state is left out. */
export const unnamed = z.strictObject({ role: roleName, count: count.optional(), notes: notes.optional() });

const facts = {
  kind: ceremonyKind,
  subkind: designation(100).optional().meta({ description: 'A narrower kind, e.g. `trade-exhibition`' }),
  class: designation(40).optional().meta({ description: 'Class in the classification that the submitter keeps' }),
  names: names.optional(),
  on: partialDate.optional(),
  place: place.optional(),
  edition: z.int().min(1).max(10_000).optional(),
  partOf: ref('ceremony').optional(),
  subject: ref('organization').optional().meta({ description: 'The organization that the ceremony is about' }),
  mode: z
    .enum(['sole', 'joint'])
    .optional()
    .meta({ description: 'Whether one or several performed it, where the source says so, named or not' }),
  roles: atMost(z.array(roleHolder), 100, 'cap-roles').optional(),
  unnamed: z.array(unnamed).min(1).max(20).optional(),
  notes: notes.optional(),
};

export const announced = z.strictObject({ ...facts, ...recorded });
export const held = z.strictObject({ ...facts, ...recorded });
export const roleAssigned = z.strictObject({ ...roleHolder.shape, on: partialDate.optional(), ...recorded });
export const roleWithdrawn = z.strictObject({
  organization: ref('organization'),
  role: roleName,
  on: partialDate.optional(),
  reason: text(4000).optional(),
  ...recorded,
});

/** When it was decided, and why, where a source says so. */
const decided = { on: partialDate.optional(), reason: text(4000).optional(), ...recorded };
export const rescheduled = z.strictObject({
  to: partialDate.meta({ description: 'The new date of the ceremony; `on` is the date of the decision' }),
  ...decided,
});
export const postponed = z.strictObject(decided);
export const cancelled = z.strictObject(decided);
export const opened = z.strictObject({ on: partialDate.optional(), ...recorded });
export const concluded = z.strictObject({ on: partialDate.optional(), ...recorded });

export const events = [
  {
    type: 'ceremony.announced',
    version: 1,
    schema: announced,
    meaning: 'A ceremony is to take place; nothing is said of whether it did.',
  },
  { type: 'ceremony.recorded', version: 1, schema: held, meaning: 'A ceremony took place, as its evidence says.' },
  { type: 'ceremony.role-assigned', version: 1, schema: roleAssigned, meaning: 'An organization has this role at it.' },
  {
    type: 'ceremony.role-withdrawn',
    version: 1,
    schema: roleWithdrawn,
    meaning: 'The organization no longer has this role.',
  },
  {
    type: 'ceremony.rescheduled',
    version: 1,
    schema: rescheduled,
    meaning: 'The ceremony is to take place on another date.',
  },
  {
    type: 'ceremony.postponed',
    version: 1,
    schema: postponed,
    meaning: 'The ceremony is not to take place as announced, and no new date is given.',
  },
  {
    type: 'ceremony.cancelled',
    version: 1,
    schema: cancelled,
    meaning: 'The ceremony is not to take place at all.',
  },
  { type: 'ceremony.opened', version: 1, schema: opened, meaning: 'The ceremony began.' },
  { type: 'ceremony.concluded', version: 1, schema: concluded, meaning: 'The ceremony ended.' },
] as const satisfies readonly EventDefinition[];
