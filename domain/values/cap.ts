import type * as z from 'zod';
import type { Rule } from '../problems.ts';

/**
 * A list of at most `max` items: one with more breaks the rule of that cap, not merely its schema. JSON Schema tells the
 * maximum too.
 */
export const atMost = <Item extends z.ZodType>(list: z.ZodArray<Item>, max: number, rule: Rule) =>
  list
    .refine((items) => items.length <= max, {
      error: `at most ${max}`,
      params: { rule },
      // The cap is told beside what is wrong with the items.
      when: ({ value }) => Array.isArray(value),
    })
    .meta({ maxItems: max });
