import * as z from 'zod';
import { didYouMean } from '../values/nearest.ts';

/** Kinds of query parameters: each is a text that is parsed. */

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
