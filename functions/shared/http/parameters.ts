import type { Context } from 'hono';
import * as z from 'zod';
import { faultsOf } from './faults.ts';
import { ProblemError } from './problem.ts';

/** A whole number written in decimal digits. */
export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d{1,16}$/, { error: 'must be a whole number' })
    .transform(Number)
    .pipe(z.number().min(least).max(most));

/**
 * The query parameters, as their schema reads them. Every unknown, repeated or unfit one is named; none is ignored.
 */
export function readParameters<Shape extends z.ZodRawShape>(
  context: Context,
  shape: Shape,
): z.output<z.ZodObject<Shape>> {
  const given = Object.entries(context.req.queries());
  const once = given.map(([name, values]) => [name, values.length === 1 ? values[0] : values]);
  const read = z.strictObject(shape).safeParse(Object.fromEntries(once));
  if (read.success) return read.data as z.output<z.ZodObject<Shape>>;
  const errors = faultsOf(read.error.issues, '');
  const detail = errors.map((fault) => `${fault.pointer.slice(1)}: ${fault.detail}`).join('; ');
  throw new ProblemError('parameter-invalid', detail, { errors });
}
