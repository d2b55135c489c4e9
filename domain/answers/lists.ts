import * as z from 'zod';
import { roleHolder, unnamed } from '../ceremony/events.ts';
import { anyRef, ref } from '../values/ids.ts';
import { partialDate } from '../values/partial-date.ts';
import { personId } from '../values/person.ts';
import { answersIn } from './answers.ts';
import {
  type Answer,
  base64,
  instant,
  listPageOf,
  logPosition,
  nameShown,
  numberShown,
  references,
  referringPageOf,
  roleCounts,
  streamVersion,
} from './parts.ts';
import { proofShown } from './proof.ts';
import { summary } from './record.ts';

/** Answers across the collections. */

/** What the timeline says of one commit. */
const moment = z.object({
  id: anyRef,
  collection: z.string(),
  number: numberShown.meta({ description: 'The register number under which the record was opened' }),
  version: streamVersion.meta({ description: 'Version of the last event of the commit' }),
  position: logPosition.meta({ description: 'Position of the last event of the commit' }),
  types: z.array(z.string()),
  recordedAt: instant,
});
export type Moment = Answer<typeof moment>;
const momentShown = moment.extend({
  names: z.array(nameShown).meta({ description: 'What its record is called now' }),
  ...summary.pick({ participants: true, within: true, ceremony: true }).shape,
});
export const timelinePage = referringPageOf(momentShown);

const inRoles = {
  roles: z.array(z.string()).meta({ description: 'The roles of the organization in it, such as `party` or `host`' }),
};
/** What an organization's activity says of a record: its summary, and in which roles the organization takes part. */
const activityItem = z.discriminatedUnion('collection', [
  answersIn.organizations.summary.extend(inRoles),
  answersIn.ceremonies.summary.extend(inRoles),
  answersIn.agreements.summary.extend(inRoles),
  answersIn.memberships.summary.extend(inRoles),
  answersIn['award-programmes'].summary.extend(inRoles),
  answersIn.awards.summary.extend(inRoles),
  answersIn.launches.summary.extend(inRoles),
  answersIn.cohorts.summary.extend(inRoles),
]);
export const activityPage = listPageOf(activityItem).extend({ counts: roleCounts.exactOptional() });
export type ActivityItem = Answer<typeof activityItem>;

const recorded = z.object({
  organizations: z.array(answersIn.organizations.summary).exactOptional(),
  agreements: z.array(answersIn.agreements.summary).exactOptional(),
  memberships: z.array(answersIn.memberships.summary).exactOptional(),
  'award-programmes': z.array(answersIn['award-programmes'].summary).exactOptional(),
  awards: z.array(answersIn.awards.summary).exactOptional(),
  launches: z.array(answersIn.launches.summary).exactOptional(),
  cohorts: z.array(answersIn.cohorts.summary).exactOptional(),
});

const programmeFields = {
  ...answersIn.ceremonies.summary.shape,
  roles: z.array(roleHolder),
  unnamed: z.array(unnamed).meta({ description: 'Participants that its sources mention without naming them' }),
  recorded: recorded.meta({ description: 'Whatever else happened at it, by collection' }),
  more: z.array(z.string()).exactOptional().meta({ description: 'Where the rest of these lists is' }),
};
const programmeAlone = z.object(programmeFields);
interface WithParts extends z.output<typeof programmeAlone> {
  parts: WithParts[];
}
/** A part of a programme is a programme of its own. */
export const programmePart = z.object({
  ...programmeFields,
  parts: z.lazy((): z.ZodType<WithParts[]> => z.array(programmePart)),
});
export type ProgrammePart = Answer<typeof programmePart>;
export const programmeAnswer = z.object({ ...programmePart.shape, references, proof: proofShown });

/** A client and the organization that it acts for. */
export const clientEntry = z.object({
  client: z.string().meta({ description: 'The client, as the token issuer calls it' }),
  organization: ref('organization'),
  since: instant.meta({ description: 'When its appointment was recorded' }),
  on: partialDate
    .exactOptional()
    .meta({ description: 'Since when it acts for the organization, where the evidence tells' }),
});
export type ClientEntry = Answer<typeof clientEntry>;

/** A dispute that nobody has settled. */
export const disputeEntry = z.object({
  id: anyRef.meta({ description: 'The record' }),
  version: streamVersion.meta({ description: 'Version of the event that disputes it' }),
  by: ref('organization').meta({ description: 'The organization that disputes it' }),
  since: instant.meta({ description: 'When it was recorded' }),
});
export type DisputeEntry = Answer<typeof disputeEntry>;

/** Organizations that share a name or an identifier, and are not known to be one. */
export const duplicateGroup = z.object({
  likeness: z.string().meta({
    description: 'What they share, in the form in which it is compared: `name:…` or `identifier:…`',
  }),
  organizations: z.array(z.object({ id: ref('organization'), names: z.array(nameShown) })),
});
export type DuplicateGroup = Answer<typeof duplicateGroup>;

/** The entry of the vault for a person, or for words that mention one. */
export const vaultAnswer = z.object({
  id: personId,
  record: z.string().meta({ description: 'The record that the person is named in, or of whose event the words are' }),
  of: personId.exactOptional().meta({ description: 'Of words that mention a person: the person' }),
  name: z.string().exactOptional().meta({ description: 'The name, or the words' }),
  salt: base64.exactOptional().meta({ description: 'The key of the commitment: 32 bytes' }),
  erased: z.literal(true).exactOptional(),
  erasedAt: instant.exactOptional(),
});
export type VaultAnswer = Answer<typeof vaultAnswer>;
