import * as z from 'zod';
import { evidence } from './values/evidence.ts';

/** What every recorded fact carries besides its own fields: its evidence, and in what capacity its submitter spoke. */
export const recorded = {
  evidence,
  speaksAs: z.enum(['host', 'party', 'other']),
};

/** An event's payload as a command gives it: the registry itself adds `speaksAs`. */
export const submitted = <Shape extends typeof recorded & z.ZodRawShape>(schema: z.ZodObject<Shape>) =>
  schema.omit({ speaksAs: true } as never) as unknown as z.ZodObject<Omit<Shape, 'speaksAs'>, z.core.$strict>;
