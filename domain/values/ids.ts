import * as z from 'zod';
import { isContainer } from './container.ts';
import { aggregateOf, recordId } from './record-id.ts';

export { aggregateOf } from './record-id.ts';

/** A submission writes `#name` for a record that an earlier command of it opens; names are resolved before validation. */
export const idPattern = (aggregate: string) => new RegExp(`^${aggregate}-[a-z2-7]{26}$`);

/** A well-formed id, for what says how ids look. */
export const exampleId = (aggregate: string): string => `${aggregate}-abcdefghijklmnopqrstuvwxyz`;

/** A register number: the collection's letter, and the position of the record's first event. */
export const registerNumber = z
  .string()
  .regex(/^[A-Z]-(?:0|[1-9]\d{0,14})$/, { error: 'must be a register number, such as A-41' });

/** One schema for each aggregate: documents name it once. */
const refs = new Map<string, z.ZodString>();

/** A reference to a record of one aggregate. */
export function ref(aggregate: string): z.ZodString {
  const made =
    refs.get(aggregate) ??
    z
      .string()
      .regex(idPattern(aggregate), {
        error: `must be the id of a record of kind ${aggregate}, such as ${exampleId(aggregate)}`,
      })
      .meta({ description: `Id of a record of kind ${aggregate}` });
  refs.set(aggregate, made);
  return made;
}

/** A reference to a record of any aggregate. */
export const anyRef = z
  .string()
  .regex(recordId, { error: `must be the id of a record, such as ${exampleId('agreement')}` })
  .meta({ description: 'Id of a record' });

/** The ids of persons have the form of record ids, and no record: what is known of them stands in the vault. */
const PERSON = 'person';
export const isPersonId = (id: string): boolean => aggregateOf(id) === PERSON;

const personIds = /person-[a-z2-7]{26}/g;

/** The ids of persons that stand within a text: an event has one in place of the words of each mention. */
export const personIdsIn = (text: string): readonly string[] => text.match(personIds) ?? [];
export const replacePersonIds = (text: string, instead: (id: string) => string): string =>
  text.replaceAll(personIds, instead);

export const isReference = (value: unknown): value is string =>
  typeof value === 'string' && ![undefined, PERSON].includes(aggregateOf(value));

/** Every string in `value` that is a record id, with its JSON pointer (RFC 6901). Call it on validated data only. */
export function referencesIn(value: unknown, pointer = ''): { pointer: string; id: string }[] {
  if (isReference(value)) return [{ pointer, id: value }];
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    isReference(item) || isContainer(item) ? referencesIn(item, `${pointer}/${escapePointer(key)}`) : [],
  );
}

/** One reference token of a JSON pointer (RFC 6901 §3). */
export const escapePointer = (token: string | number) => String(token).replaceAll('~', '~0').replaceAll('/', '~1');
/** The keys that a JSON pointer leads through. */
export const pointerKeys = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
