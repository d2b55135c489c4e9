import type { Context } from 'hono';
import type * as z from 'zod';
import type { Refusal } from '../../domain/kernel/refusal.ts';
import { parametersIn, unfit } from '../../domain/reading/asked.ts';
import { ProblemError } from './problem.ts';

/** The query parameters as their schema parses them. @throws ProblemError that names every unknown, repeated or unfit one */
export function readParameters<Shape extends z.ZodRawShape>(
  context: Context,
  shape: Shape,
): z.output<z.ZodObject<Shape>> {
  const read = parametersIn(context.req.queries(), shape);
  if ('refused' in read) throw parametersRefused(read.refused);
  return read.asked;
}

/** The problem with several parameters. */
export function parametersRefused(errors: readonly Refusal[]): ProblemError {
  const detail = errors.map((fault) => `${fault.pointer.slice(1)}: ${fault.detail}`).join('; ');
  return new ProblemError('parameter-invalid', detail, { errors });
}

/** The problem with a parameter that passes its schema. */
export const parameterRefused = (name: string, detail: string): ProblemError =>
  parametersRefused([unfit(name, detail)]);
