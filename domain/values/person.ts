import * as z from 'zod';
import { sha256Hex } from './evidence.ts';
import { idPattern } from './ids.ts';
import { text } from './text.ts';

/** A person as a command gives one. The name goes to the vault, and nowhere else. */
export const namedPerson = z.strictObject({
  name: text(600).meta({ description: 'Kept in the vault, apart from the history, until it is erased' }),
});

export const personId = z
  .string()
  .regex(idPattern('person'), { error: 'must be the id of a person, such as person-abcdefghijklmnopqrstuvwxyz' })
  .meta({ description: 'Id of a person in the vault' });

/** A person as an event holds one: nothing that tells who it is without the vault. */
export const committedPerson = z.strictObject({
  person: personId,
  commitment: sha256Hex.meta({ description: 'HMAC-SHA-256 over the name, keyed with a salt that the vault keeps' }),
});
export type CommittedPerson = z.infer<typeof committedPerson>;

/** What stands in an event in the place of words that name a person. */
export const mention = z.strictObject({
  person: personId.meta({ description: 'Id of the words in the vault; it stands in the text in their place' }),
  of: personId.meta({ description: 'Id of the person whom the words name' }),
  commitment: sha256Hex.meta({ description: 'HMAC-SHA-256 over the words, keyed with a salt that the vault keeps' }),
  at: z.string().meta({ description: 'JSON pointer (RFC 6901) of the text in the data' }),
});
export const mentions = z.array(mention).min(1);
export type Mention = z.infer<typeof mention>;

/**
 * A schema whose command gives persons by name. Deciders see its data with a committed person in the place of each: that
 * is the type of the schema that it is made of.
 */
export const byName = <Shape extends z.ZodRawShape, Config extends z.core.$ZodObjectConfig>(
  schema: z.ZodObject<Shape, Config>,
  places: { readonly [Field in keyof Shape]?: z.ZodType },
): z.ZodObject<Shape, Config> => schema.extend(places as z.ZodRawShape) as unknown as z.ZodObject<Shape, Config>;
