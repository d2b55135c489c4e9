import * as z from 'zod';
import { faultsOf, parsedBy } from '../kernel/faults.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { escapePointer, pointerKeys } from '../values/ids.ts';
import { didYouMean } from '../values/nearest.ts';
import { type CursorPlace, isOf } from './cursors.ts';

/** The query of a request: of each parameter all values that it is given. */
export type GivenParameters = Readonly<Record<string, readonly string[]>>;

/** The parameters of an address. */
export const givenIn = (query: URLSearchParams): GivenParameters =>
  Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)]));

/** Query parameters as their schema parses them, or every one that is unknown, repeated or unfit. */
export function parametersIn<Shape extends z.ZodRawShape>(
  query: GivenParameters,
  shape: Shape,
): { readonly asked: z.output<z.ZodObject<Shape>> } | { readonly refused: readonly Refusal[] } {
  const given = Object.entries(query);
  const repeated = given
    .filter(([, values]) => values.length > 1)
    .map(([name]) => unfit(name, 'is given twice or more'));
  const read = parsedBy(z.strictObject(shape), Object.fromEntries(given.map(([name, [value]]) => [name, value])));
  if (read.success && repeated.length === 0) return { asked: read.data as z.output<z.ZodObject<Shape>> };
  const faults = read.success ? [] : faultsOf(read.error.issues, '');
  return { refused: [...repeated, ...faults.map((fault) => unknownNamed(fault, Object.keys(shape)))] };
}

/** A parameter that is not known has a name, and no place in a body. */
const unknownNamed = (fault: Refusal, known: readonly string[]): Refusal =>
  fault.rule === 'unknown-field'
    ? { ...fault, detail: `is no parameter here${didYouMean(pointerKeys(fault.pointer)[0] ?? '', known)}` }
    : fault;

/** What is wrong with a parameter that passes its schema. */
export const unfit = (name: string, detail: string): Refusal => ({
  pointer: `/${escapePointer(name)}`,
  rule: 'value-invalid',
  detail,
});

/** Refused unless the cursor, if there is one, is of one of these lists. */
export const cursorFaults = (cursor: CursorPlace | undefined, ...lists: readonly string[]): Refusal[] =>
  cursor && !lists.some((list) => isOf(list, cursor)) ? [unfit('cursor', 'is of another list')] : [];
