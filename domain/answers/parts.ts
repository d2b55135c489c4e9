import * as z from 'zod';
import { anyRef, ref, registerNumber } from '../values/ids.ts';
import { name } from '../values/names.ts';
import { personId } from '../values/person.ts';
import { languageTag } from '../values/text.ts';
import { type answerProof, proofShown } from './proof.ts';

/**
 * What the registry answers, as zod shapes: the OpenAPI document is made from them, clients take their types, and tests
 * hold every answer to them. Shapes of what is recorded are those of its events.
 */

/** The type of an answer that a shape describes: nobody changes what was answered. */
export type Answer<Schema extends z.ZodType> = Frozen<z.output<Schema>>;
export type Frozen<Value> = Value extends (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Field in keyof Value]: Frozen<Value[Field]> }
    : Value;

export const instant = z.iso.datetime().meta({ description: 'Instant (RFC 3339, UTC)' });
export const streamVersion = z.int().min(1).meta({ description: 'Version of an event within its stream' });
export const logPosition = z.int().min(0).meta({ description: 'Position in the log' });
export const quantity = z.int().min(0);
export const numberShown = registerNumber.meta({ description: 'The register number', examples: ['A-144'] });
export const base64 = z.base64();
export const link = z.string().meta({ format: 'uri-reference' });

/** A person as a record shows one: with the name that the vault has now, unless it was erased. */
export const shownPerson = z.object({
  person: personId,
  name: z.string().exactOptional(),
  erased: z.literal(true).exactOptional(),
});

/** A name without its notes and its evidence, which stand on the page of the record that bears it. */
export const nameShown = z.object({
  value: name.shape.value,
  lang: name.shape.lang,
  kind: name.shape.kind.unwrap().exactOptional(),
  form: name.shape.form.unwrap().exactOptional(),
});
export type ShortName = Answer<typeof nameShown>;

/** One whom no source names, as lists show it. */
export const unidentifiedShown = z.object({
  unidentified: z.string().meta({ description: 'How its source describes it: the beginning of a long text' }),
  lang: languageTag,
});

/** Of records that have no list of parties of their own: an organization that speaks as one. */
export const partyOrganization = z.object({ organization: ref('organization') });

const reference = z.object({
  names: z.array(nameShown),
  collection: z.string(),
  mergedInto: z.string().exactOptional().meta({
    description: 'The organization that it was merged into; `names` are the names of that organization',
  }),
  retracted: z.literal(true).exactOptional().meta({ description: 'It was registered in error' }),
});
export const references = z
  .record(anyRef, reference)
  .meta({ description: 'The names of the records that it refers to, by id' });
/** The names of records by id. A merged organization has the names of the organization that it was merged into. */
export type RecordReferences = Answer<typeof references>;

/** How many rows a list has: the union of several between the largest of them and all of them together. */
export const total = z.union([quantity, z.object({ min: quantity, max: quantity })]).meta({
  description:
    'How many items all pages have together, retracted ones among them. Of an organization that absorbed others, whose records may be one and the same, at least and at most',
});
export type Total = Answer<typeof total>;

/** In how many records an organization has a role, by collection and role. */
export const roleCounts = z.record(z.string(), z.record(z.string(), total)).meta({
  description: 'In how many records it takes part, by collection and role, retracted ones among them',
});
export type RoleCounts = Answer<typeof roleCounts>;

/** It rides on any answer that is asked for with `proof=true`. */
export type AnswerProof = Answer<typeof answerProof>;
export type ProvenEvent = NonNullable<AnswerProof['events']>[number];

export const next = z.string().exactOptional().meta({ description: 'The cursor of the next page' });

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next, proof: proofShown });

/** A list of a collection: with the names of what its items refer to, and how many there are. */
export const listPageOf = <Item extends z.ZodType>(item: Item) =>
  referringPageOf(item).extend({ total: total.exactOptional() });

/** A page with the names of what its items refer to. */
export const referringPageOf = <Item extends z.ZodType>(item: Item) => pageOf(item).extend({ references });
