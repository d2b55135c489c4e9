import type { Context } from 'hono';
import * as z from 'zod';
import { faultsOf } from '../../domain/kernel/faults.ts';
import { escapePointer } from '../../domain/values/ids.ts';
import { type Fault, ProblemError } from './problem.ts';

/** A whole number in decimal digits. `error` replaces the detail of every fault. */
export const integerParameter = (least: number, most = Number.MAX_SAFE_INTEGER, error?: string) =>
  z
    .string()
    .regex(/^\d{1,16}$/, { error: error ?? 'must be a whole number' })
    .transform(Number)
    .pipe(z.number().min(least, error).max(most, error));

/** The query parameters as their schema parses them. @throws ProblemError that names every unknown, repeated or unfit one */
export function readParameters<Shape extends z.ZodRawShape>(
  context: Context,
  shape: Shape,
): z.output<z.ZodObject<Shape>> {
  const given = Object.entries(context.req.queries());
  const repeated = given
    .filter(([, values]) => values.length > 1)
    .map(([name]) => unfit(name, 'is given twice or more'));
  const read = z
    .strictObject(shape)
    .safeParse(Object.fromEntries(given.map(([name, [value]]) => [name, value])), { reportInput: true });
  if (read.success && repeated.length === 0) return read.data as z.output<z.ZodObject<Shape>>;
  throw parametersRefused([...repeated, ...(read.success ? [] : faultsOf(read.error.issues, ''))]);
}

const unfit = (name: string, detail: string): Fault => ({
  pointer: `/${escapePointer(name)}`,
  rule: 'value-invalid',
  detail,
});

function parametersRefused(errors: readonly Fault[]): ProblemError {
  const detail = errors.map((fault) => `${fault.pointer.slice(1)}: ${fault.detail}`).join('; ');
  return new ProblemError('parameter-invalid', detail, { errors });
}

/** The problem with a parameter that passes its schema. */
export const parameterRefused = (name: string, detail: string): ProblemError =>
  parametersRefused([unfit(name, detail)]);
