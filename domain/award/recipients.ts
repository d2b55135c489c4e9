import * as z from 'zod';
import type { Lookup } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { areSame } from '../record/merges.ts';
import { atMost } from '../values/cap.ts';
import { ref } from '../values/ids.ts';
import { committedPerson, namedPerson } from '../values/person.ts';
import { basis, languageTag, notes, text } from '../values/text.ts';

/** Each takes up to three actions of one transaction, of which there are 100: the name, the reservation and a guard. */
const MAX_RECIPIENTS = 30;

const organization = { organization: ref('organization') };
/** A recipient whom the source describes without naming it. Nobody is invented. */
const unidentified = { unidentified: text(600), lang: languageTag };

const whom = <Person extends z.ZodRawShape>(person: Person) =>
  z.union([z.strictObject(organization), z.strictObject(person), z.strictObject(unidentified)]);

const share = z
  .string()
  .regex(/^[1-9]\d{0,5}\/[1-9]\d{0,5}$/, { error: 'must be a fraction such as 1/4' })
  .meta({ description: 'Its part of the award, as a fraction', examples: ['1/4'] });
const ofShare = { share: share.optional(), basis: basis.optional(), notes: notes.optional() };

const allOf = <Person extends z.ZodType>(person: Person) =>
  atMost(
    z
      .array(
        z.union([
          z.strictObject({ ...organization, ...ofShare }),
          z.strictObject({ person, ...ofShare }),
          z.strictObject({ ...unidentified, ...ofShare }),
        ]),
      )
      .min(1),
    MAX_RECIPIENTS,
    'cap-recipients',
  );

const description = 'Those who share the award';

/** The one recipient, or those who share the award: an event has either. */
export const conferredOn = {
  recipient: whom(committedPerson.shape).optional(),
  recipients: allOf(committedPerson).optional().meta({ description }),
};
/** The same where a command states persons by name. */
export const namedRecipients = {
  recipient: whom({ person: namedPerson }).optional(),
  recipients: allOf(namedPerson).optional().meta({ description }),
};
/** The same with persons as a record shows them. */
export const recipientsShown = <Person extends z.ZodRawShape>(person: z.ZodObject<Person>) => ({
  recipient: whom(person.shape).optional(),
  recipients: allOf(person).optional().meta({ description }),
});

export type ConferredOn = { [Field in keyof typeof conferredOn]?: z.infer<(typeof conferredOn)[Field]> };

/** Whom an award was conferred on, one by one. */
export const recipientsOf = ({ recipient, recipients = [] }: ConferredOn) =>
  recipient === undefined ? recipients : [recipient, ...recipients];

/** Whether a recipient cannot speak for itself: a person, or somebody whom no source names. */
export const hasOtherRecipients = (award: ConferredOn): boolean =>
  recipientsOf(award).some((one) => !('organization' in one));

/** A part of an award: by the organization that has it, or by its place among the recipients. */
export type AwardPart = string | number;
export const part = z.union([ref('organization'), z.int().min(1).max(MAX_RECIPIENTS)]).meta({
  description:
    'Of an award that several share: whose part it is about, an organization, or the place of another recipient. Without it, it is about all of the award',
});

/** The parts of an award, in the order of its recipients. */
export const partsIn = (award: ConferredOn): AwardPart[] =>
  recipientsOf(award).map((one, place) => ('organization' in one ? one.organization : place + 1));

export const organizationsOf = (award: ConferredOn): string[] =>
  recipientsOf(award).flatMap((one) => ('organization' in one ? [one.organization] : []));

interface NamedOne {
  readonly part: AwardPart;
  readonly whom: string;
}

/** The recipients that can be told apart. Nobody can tell whether two persons are one: each has an id of its own. */
export const namedOnes = (award: ConferredOn): NamedOne[] =>
  recipientsOf(award).flatMap((one, place): NamedOne[] => {
    if ('organization' in one) return [{ part: one.organization, whom: one.organization }];
    if ('unidentified' in one) return [];
    return [{ part: place + 1, whom: typeof one.person === 'string' ? one.person : one.person.person }];
  });

/** Where an organization stands among the recipients. */
export function pointerTo(award: ConferredOn, organization: string): string {
  const { recipient, recipients = [] } = award;
  const isIt = (one: (typeof recipients)[number] | typeof recipient) =>
    one !== undefined && 'organization' in one && one.organization === organization;
  return isIt(recipient) ? '/recipient/organization' : `/recipients/${recipients.findIndex(isIt)}/organization`;
}

/** Whether parts come to more than the whole. */
function isMoreThanAll(shares: readonly string[]): boolean {
  const [parts, whole] = shares.reduce<readonly [bigint, bigint]>(
    ([sum, under], one) => {
      const [part = 0n, of = 1n] = one.split('/').map(BigInt);
      return [sum * of + part * under, under * of];
    },
    [0n, 1n],
  );
  return parts > whole;
}

/** An award has a recipient or several, each once, and no more than all of it is shared. */
export function recipientFaults(award: ConferredOn, lookup: Lookup): Refusal[] {
  const { recipient, recipients = [] } = award;
  if ((recipient === undefined) === (recipients.length === 0)) {
    return [{ rule: 'recipient-unclear', pointer: '', detail: 'state either recipient or recipients' }];
  }
  const repeated = recipients.flatMap((one, place): Refusal[] => {
    const isBefore =
      'organization' in one &&
      organizationsOf({ recipients: recipients.slice(0, place) }).some((other) =>
        areSame(other, one.organization, lookup),
      );
    const pointer = `/recipients/${place}/organization`;
    return isBefore ? [{ rule: 'recipient-repeated', pointer, detail: 'it is a recipient already' }] : [];
  });
  const isTooMuch = isMoreThanAll(recipients.flatMap(({ share: one }) => one ?? []));
  return isTooMuch
    ? [...repeated, { rule: 'shares-exceed-whole', pointer: '/recipients', detail: 'the shares come to more than 1' }]
    : repeated;
}
