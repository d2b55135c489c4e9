import type { CommandDefinition } from '../../domain/kernel/aggregate.ts';
import { faultsOf, parsedBy } from '../../domain/kernel/faults.ts';
import { type Container, isContainer } from '../../domain/values/container.ts';
import { pointerKeys } from '../../domain/values/ids.ts';
import type { Fault } from '../http/problem.ts';

/** Characters of the names that commands of a submission give their records. */
const MAX_NAME = 40;

/** The data of one command as its schema parses them, or the faults that the schema finds. */
export function parseData(
  { schema }: Pick<CommandDefinition, 'schema'>,
  data: unknown,
  pointer: string,
): { data?: object; faults: Fault[] } {
  const parsed = parsedBy(schema, data);
  return parsed.success
    ? { data: parsed.data as object, faults: [] }
    : { faults: faultsOf(parsed.error.issues, pointer) };
}

/** That nothing has a name, which is told as far as it may be one. */
export const notCalled = (name: string): string =>
  name.length <= MAX_NAME ? `no earlier command is called ${name}` : `no earlier command has so long a name`;

/** The id that a `#name` denotes; any other text unchanged. */
export const idNamed = (text: string, names: ReadonlyMap<string, string>): string =>
  (text.startsWith('#') ? names.get(text.slice(1)) : undefined) ?? text;

/**
 * Parses data in which `#names` denote ids. The schema decides where an id is expected: there it rejects a `#name`.
 * Elsewhere, such as in a title, `#name` is mere text and stays unchanged.
 */
export function parseNamed(
  definition: CommandDefinition,
  data: object,
  names: ReadonlyMap<string, string>,
  pointer: string,
) {
  const asGiven = parseData(definition, data, pointer);
  const namesAsIds = asGiven.faults.filter((fault) => nameAt(fault, data, pointer) !== undefined);
  if (namesAsIds.length === 0) return asGiven;
  const named = structuredClone(data);
  for (const fault of namesAsIds) putId(named, tokensOf(fault, pointer), names);
  const parsed = parseData(definition, named, pointer);
  return { ...parsed, faults: parsed.faults.map((fault) => namingFault(fault, named, pointer)) };
}

const tokensOf = (fault: Fault, pointer: string): string[] => pointerKeys(fault.pointer.slice(pointer.length));

/** The `#name` that a fault points at; `undefined` when it points at anything else. */
function nameAt(fault: Fault, data: object, pointer: string): string | undefined {
  const value = tokensOf(fault, pointer).reduce<unknown>(
    (at, token) => (isContainer(at) && Object.hasOwn(at, token) ? at[token] : undefined),
    data,
  );
  return typeof value === 'string' && value.startsWith('#') ? value : undefined;
}

function putId(data: object, tokens: readonly string[], names: ReadonlyMap<string, string>): void {
  const last = tokens.at(-1) as string;
  const at = tokens.slice(0, -1).reduce<Container>((inside, token) => inside[token] as Container, data as Container);
  at[last] = idNamed(at[last] as string, names);
}

/** A `#name` that is still there where an id is expected is unknown: the fault is that, not the form of the id. */
function namingFault(fault: Fault, data: object, pointer: string): Fault {
  const name = nameAt(fault, data, pointer);
  if (name === undefined || fault.rule !== 'value-invalid') return fault;
  return { ...fault, rule: 'unknown-name', detail: notCalled(name.slice(1)) };
}
