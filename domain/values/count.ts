import * as z from 'zod';

const number = z.int().min(0).max(1_000_000_000);

/** How many unnamed ones: "more than thirty" is `{min: 31}`. A count that is not stated is left out. */
export const count = z
  .strictObject({ min: number.optional(), max: number.optional(), exact: number.optional() })
  .refine((value) => Object.keys(value).length > 0, { error: 'must state a number', params: { rule: 'count-empty' } })
  .refine((value) => value.exact === undefined || (value.min === undefined && value.max === undefined), {
    error: 'an exact count has neither min nor max',
    params: { rule: 'count-contradictory' },
  })
  .refine((value) => value.min === undefined || value.max === undefined || value.min <= value.max, {
    error: 'min must not exceed max',
    params: { rule: 'count-contradictory' },
  });
export type Count = z.infer<typeof count>;
