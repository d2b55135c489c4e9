import type { Context } from 'hono';
import * as z from 'zod';
import { faultsOf, parsedBy } from '../../domain/kernel/faults.ts';
import { escapePointer, pointerKeys } from '../../domain/values/ids.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import { type Fault, ProblemError } from './problem.ts';

/** A whole number in decimal digits. `error` replaces the detail of every fault. */
export const integerParameter = (least: number, most = Number.MAX_SAFE_INTEGER, error?: string) =>
  z
    .string()
    .regex(/^\d{1,16}$/, {
      error: error ?? `must be a whole number from ${least} to ${most}, such as ${Math.max(least, 1)}`,
    })
    .transform(Number)
    .pipe(z.number().min(least, error).max(most, error));

/** Some of these values, separated by commas: each of them once. */
export const someOf = <Value extends string>(values: readonly Value[]) =>
  z
    .string()
    .superRefine((text, context) => {
      const message = faultOfList(text.split(','), values);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values)).min(1).max(values.length));

function faultOfList(given: readonly string[], values: readonly string[]): string | undefined {
  if (given.length > values.length)
    return `has ${given.length} values; there are ${values.length}: ${values.join(', ')}`;
  if (given.includes(''))
    return `has an empty value: it is one or several of ${values.join(', ')}, separated by commas`;
  const unknown = given.find((value) => !values.includes(value));
  if (unknown !== undefined) return `has a value that is none of ${values.join(', ')}${didYouMean(unknown, values)}`;
  const repeated = given.find((value, at) => given.indexOf(value) < at);
  return repeated === undefined ? undefined : `names ${repeated} twice`;
}

/** One of very many values, of which only the nearest is named. */
export const oneNamed = (what: string, values: readonly string[]) => {
  const known = new Set(values);
  return z.string().superRefine((text, context) => {
    if (known.has(text)) return;
    const example = didYouMean(text, values) || `, such as ${values[0]}`;
    context.addIssue({ code: 'custom', message: `is no ${what}${example}` });
  });
};

/** The query parameters as their schema parses them. @throws ProblemError that names every unknown, repeated or unfit one */
export function readParameters<Shape extends z.ZodRawShape>(
  context: Context,
  shape: Shape,
): z.output<z.ZodObject<Shape>> {
  const given = Object.entries(context.req.queries());
  const repeated = given
    .filter(([, values]) => values.length > 1)
    .map(([name]) => unfit(name, 'is given twice or more'));
  const read = parsedBy(z.strictObject(shape), Object.fromEntries(given.map(([name, [value]]) => [name, value])));
  if (read.success && repeated.length === 0) return read.data as z.output<z.ZodObject<Shape>>;
  const faults = read.success ? [] : faultsOf(read.error.issues, '');
  throw parametersRefused([...repeated, ...faults.map((fault) => unknownNamed(fault, Object.keys(shape)))]);
}

/** A parameter that is not known has a name, and no place in a body. */
const unknownNamed = (fault: Fault, known: readonly string[]): Fault =>
  fault.rule === 'unknown-field'
    ? { ...fault, detail: `is no parameter here${didYouMean(pointerKeys(fault.pointer)[0] ?? '', known)}` }
    : fault;

export const unfit = (name: string, detail: string): Fault => ({
  pointer: `/${escapePointer(name)}`,
  rule: 'value-invalid',
  detail,
});

/** The problem with several parameters. */
export function parametersRefused(errors: readonly Fault[]): ProblemError {
  const detail = errors.map((fault) => `${fault.pointer.slice(1)}: ${fault.detail}`).join('; ');
  return new ProblemError('parameter-invalid', detail, { errors });
}

/** The problem with a parameter that passes its schema. */
export const parameterRefused = (name: string, detail: string): ProblemError =>
  parametersRefused([unfit(name, detail)]);
