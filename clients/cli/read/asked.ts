import { designations } from '../../../domain/designations.ts';
import { aggregateOf } from '../../../domain/values/record-id.ts';
import type { Registry } from '../../typescript/api.ts';
import type { CollectionName } from '../../typescript/commands.ts';
import { RegistryProblem } from '../../typescript/problem.ts';
import { createRegistry } from '../../typescript/registry.ts';
import type { References } from '../../typescript/types.ts';
import { urlOf } from '../options.ts';
import type { ProvenReads } from '../proven/proven-reads.ts';
import { Failure, type Terminal, UsageError } from '../usage.ts';

/** What the commands that read have in common. */

export const readingFrom = (url: string | undefined, terminal: Terminal, through?: ProvenReads['through']): Registry =>
  createRegistry({ url: urlOf(url, terminal), tries: 4, through });

/** A record, by its id or by one of its register numbers. */
export interface RecordAsked {
  readonly collection: CollectionName;
  readonly id: string;
}

const NUMBER = /^[A-Z]-(?:0|[1-9]\d{0,14})$/;
const letters = Object.values(designations)
  .map(({ letter, name }) => `${letter} ${name}`)
  .join(', ');

/** The record that an argument names. @throws UsageError when it has neither form */
export async function askedFor(registry: Registry, given: string): Promise<RecordAsked> {
  const named = Object.values(designations).find(({ name }) => name === aggregateOf(given));
  if (named) return { collection: named.collection, id: given };
  const number = given.toUpperCase();
  if (NUMBER.test(number)) return askedFor(registry, (await registry.byNumber(number)).body.id);
  throw new UsageError(
    `"${given}" is neither the id of a record, such as agreement-frbvjxdzfng4szlsa76sunbl2h, nor a register number, such as A-144 (${letters}).`,
  );
}

/** The same, of an organization. @throws UsageError */
export async function organizationAskedFor(registry: Registry, given: string): Promise<string> {
  const { collection, id } = await askedFor(registry, given);
  if (collection !== 'organizations') throw new UsageError(`${given} is no organization.`);
  return id;
}

/** What the registry answers instead, in words of the command line. */
export async function orFailure<Value>(reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (problem) {
    if (!(problem instanceof RegistryProblem)) throw problem;
    const { status, message, type, errors } = problem;
    if (type === 'about:blank') throw new Failure(`No registry answers there: it is ${message}.`);
    if (problem.rule !== 'parameter-invalid') throw new Failure(`The registry answers ${status}: ${message}.`);
    throw new UsageError(errors.map((error) => `${optionOf(error.pointer)}: ${error.detail}.`).join('\n'));
  }
}

/** The option that gives a parameter, such as `--known-at` for `/knownAt`. */
const optionOf = (pointer: string): string =>
  `--${pointer.slice(1).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** A number of items. @throws UsageError */
export function limitOf({ limit, all }: { readonly limit?: string | undefined; readonly all: boolean }): number {
  if (all && limit !== undefined) throw new UsageError('--limit and --all exclude each other.');
  if (all) return Number.POSITIVE_INFINITY;
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) {
    throw new UsageError(`--limit takes a whole number from 1 on, not "${limit}".`);
  }
  return limit === undefined ? 25 : Number(limit);
}

/** The first name of a record that an answer refers to. */
export const nameIn = (references: References | undefined, id: string | undefined): string | undefined =>
  id === undefined ? undefined : references?.[id]?.names[0]?.value;
