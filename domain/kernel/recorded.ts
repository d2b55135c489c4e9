import * as z from 'zod';
import { evidence } from '../values/evidence.ts';
import { mentions } from '../values/person.ts';
import { notes } from '../values/text.ts';
import type { RegistryEvent } from './event.ts';
import { memoized } from './memoized.ts';

/**
 * What every recorded fact carries besides its own fields: its evidence, notes, in what capacity its submitter spoke, and
 * where its texts mention persons.
 */
export const recorded = {
  evidence,
  notes: notes.optional(),
  speaksAs: z.enum(['host', 'party', 'other']),
  mentions: mentions.optional(),
};

/** The schema without some of its fields; zod's own `omit` has no type for a shape that is a parameter. */
export const without = <Shape extends z.ZodRawShape, Field extends string>(
  schema: z.ZodObject<Shape>,
  ...fields: readonly Field[]
) =>
  schema.omit(Object.fromEntries(fields.map((field) => [field, true])) as never) as unknown as z.ZodObject<
    Omit<Shape, Field>,
    z.core.$strict
  >;

/** An event's payload as a command gives it: the registry itself adds `speaksAs` and `mentions`. */
export const submitted = <Shape extends typeof recorded & z.ZodRawShape>(schema: z.ZodObject<Shape>) =>
  without(schema, 'speaksAs', 'mentions');

/** What an event says besides its evidence, with its type and version: the dated fact that a state keeps of it. */
export const factOf = <Type extends string, Data>(event: RegistryEvent<Type, Data>): FactOf<Type, Data> =>
  saidBy(event) as FactOf<Type, Data>;
const saidBy = memoized(({ type, streamversion, data }: RegistryEvent): object => {
  const { speaksAs: _, evidence: __, ...said } = data as { speaksAs?: unknown; evidence?: unknown };
  return { type, version: streamversion, ...said };
});
export type FactOf<Type extends string, Data> = Omit<Data, 'speaksAs' | 'evidence'> & {
  readonly type: Type;
  readonly version: number;
};

/** The dated fact that an opening is; what else its event says stands in the state itself. */
export const openingOf = <Type extends string>({ type, streamversion, data: { on } }: RegistryEvent<Type>) => ({
  type,
  version: streamversion,
  ...(on === undefined ? {} : { on }),
});
