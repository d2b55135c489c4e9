import * as z from 'zod';
import { type EventDefinition, olderVersion } from '../kernel/aggregate.ts';
import { recorded } from '../kernel/recorded.ts';
import { ref } from '../values/ids.ts';
import { name, names } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';
import { country, evidenceId, localizedText, text } from '../values/text.ts';
import { times } from '../values/times.ts';
import { identifier } from './identifiers.ts';

export const organizationKind = z.enum([
  'exchange',
  'bank',
  'association',
  'federation',
  'company',
  'company-group',
  'branch',
  'government',
  'state',
  'intergovernmental-organization',
  'institute',
  'laboratory',
  'centre',
  'university',
  'foundation',
  'chamber',
  'free-zone',
  'professional-body',
  'fund',
]);

export const relation = z.strictObject({
  type: z.enum(['branch-of', 'part-of', 'subsidiary-of', 'member-of', 'developed-by', 'successor-of']),
  to: ref('organization'),
  ...times,
  evidence: evidenceId.optional(),
});

/** How far an organization that is to be built has come, where a source says so. */
const operation = z.strictObject({
  oneOf: z
    .array(z.enum(['planned', 'under-construction', 'operating']))
    .min(1)
    .max(2)
    .refine((states) => new Set(states).size === states.length, {
      error: 'must not name one twice',
      params: { rule: 'value-invalid' },
    })
    .meta({ description: 'How far it has come; two where the source leaves open which of them', uniqueItems: true }),
  evidence: evidenceId.optional(),
  notes: z.array(localizedText).min(1).max(20).optional(),
});

export const registered = z.strictObject({
  kind: organizationKind,
  names,
  country: country.optional(),
  identifiers: z.array(identifier).min(1).max(20).optional(),
  relations: z.array(relation).min(1).max(50).optional(),
  operation: operation.optional(),
  ...recorded,
});
type Registered = z.infer<typeof registered>;

const operationIn1 = z.strictObject({
  status: z.enum(['planned', 'planned-or-under-construction', 'under-construction', 'operating']),
  ...operation.omit({ oneOf: true }).shape,
});
const registeredIn1 = olderVersion({
  differs:
    '`operation` has one `status` in place of `oneOf`, with `planned-or-under-construction` as a status of its own.',
  schema: z.strictObject({ ...registered.shape, operation: operationIn1.optional() }),
  upcast({ operation: was, ...data }): Registered {
    if (!was) return data;
    const { status, ...rest } = was;
    const open = status === 'planned-or-under-construction';
    return { ...data, operation: { ...rest, oneOf: open ? ['planned', 'under-construction'] : [status] } };
  },
});

export const nameAdded = z.strictObject({ name, on: partialDate.optional(), ...recorded });
export const nameEnded = z.strictObject({
  name: z.strictObject({ value: name.shape.value, lang: name.shape.lang }),
  on: partialDate.optional(),
  ...recorded,
});
export const related = z.strictObject({
  type: relation.shape.type,
  to: relation.shape.to,
  on: partialDate.optional().meta({ description: 'Since when, as `since` says it' }),
  ...times,
  ...recorded,
});
export const relationEnded = z.strictObject({
  type: relation.shape.type,
  to: relation.shape.to,
  on: partialDate.optional().meta({ description: 'Until when' }),
  ...recorded,
});
export const identifierLinked = z.strictObject({ identifier, on: partialDate.optional(), ...recorded });
export const identifierUnlinked = identifierLinked;
export const closed = z.strictObject({
  on: partialDate.optional(),
  successor: ref('organization').optional().meta({ description: 'The organization that takes its place' }),
  reason: text(4000).optional(),
  ...recorded,
});
export const restored = z.strictObject({
  on: partialDate.optional(),
  asIfNeverClosed: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the register treats it as if it had not been closed in between' }),
  reason: text(4000).optional(),
  ...recorded,
});
/** A client id of the token issuer. */
const client = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,128}$/, {
    error: 'must be a client id of at most 128 letters, digits, dots, underscores and dashes, such as gzde',
  })
  .meta({ description: 'Client id, as the token issuer gives it', examples: ['gzde'] });
export const clientAppointed = z.strictObject({ client, on: partialDate.optional(), ...recorded });
export const clientDismissed = z.strictObject({
  client,
  on: partialDate.optional(),
  reason: text(4000).optional(),
  ...recorded,
});

export const merged = z.strictObject({
  into: ref('organization').meta({
    description: 'The organization that it is, and that bears its records from here on',
  }),
  reason: text(4000).optional(),
  ...recorded,
});
export const absorbed = z.strictObject({
  organization: ref('organization').meta({ description: 'The organization that was merged into this one' }),
  identifiers: z.array(identifier).min(1).optional().meta({ description: 'Its identifiers, which pass over' }),
  clients: z
    .array(client)
    .min(1)
    .optional()
    .meta({ description: 'The clients that acted for it, and act for this one' }),
  ...recorded,
});

export const events = [
  {
    type: 'organization.registered',
    version: 2,
    older: [registeredIn1],
    schema: registered,
    meaning: 'An organization was entered in the register, with the names and identifiers that its evidence gives.',
  },
  {
    type: 'organization.name-added',
    version: 1,
    schema: nameAdded,
    meaning: 'The organization is also known by this name.',
  },
  {
    type: 'organization.name-ended',
    version: 1,
    schema: nameEnded,
    meaning: 'The organization no longer bears this name.',
  },
  {
    type: 'organization.related',
    version: 1,
    schema: related,
    meaning: 'The organization stands in this relation to another one.',
  },
  {
    type: 'organization.relation-ended',
    version: 1,
    schema: relationEnded,
    meaning: 'The organization no longer stands in this relation.',
  },
  {
    type: 'organization.identifier-linked',
    version: 1,
    schema: identifierLinked,
    meaning: 'Another register knows the organization by this identifier.',
  },
  {
    type: 'organization.identifier-unlinked',
    version: 1,
    schema: identifierUnlinked,
    meaning: 'The identifier is no longer that of the organization, and may become that of another.',
  },
  {
    type: 'organization.closed',
    version: 1,
    schema: closed,
    meaning: 'The organization ceased to exist; nothing is recorded of it that is dated later, unless it is restored.',
  },
  {
    type: 'organization.restored',
    version: 1,
    schema: restored,
    meaning: 'The organization that was closed exists again, or is deemed never to have been closed.',
  },
  {
    type: 'organization.client-appointed',
    version: 1,
    schema: clientAppointed,
    meaning: 'From here on the client submits on behalf of the organization.',
  },
  {
    type: 'organization.client-dismissed',
    version: 1,
    schema: clientDismissed,
    meaning: 'From here on the client no longer acts for the organization.',
  },
  {
    type: 'organization.merged',
    version: 1,
    schema: merged,
    meaning:
      'The organization is the one that `into` names, which bears its records from here on; recorded again when that one is itself merged.',
    joint: true,
  },
  {
    type: 'organization.absorbed',
    version: 1,
    schema: absorbed,
    meaning: 'The other organization is this one: its records are shown here, and who acted for it acts for this one.',
    joint: true,
  },
] as const satisfies readonly EventDefinition[];
