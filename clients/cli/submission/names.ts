import { commandMeant } from '../../../domain/catalog.ts';
import { faultsOf } from '../../../domain/kernel/faults.ts';
import { type Container, isContainer } from '../../../domain/values/container.ts';
import { aggregateOf } from '../../../domain/values/ids.ts';
import type { Command } from './read-file.ts';

/** The ids of records by the names that commands gave them. */
export type Ids = ReadonlyMap<string, string>;

/**
 * Finds and replaces `#name` in commands: as their target, and wherever their schema expects an id, like the registry
 * itself. Elsewhere, such as in a title, `#name` is mere text.
 */
export function createNaming(commands: readonly Command[]) {
  const kinds = kindsOf(commands);

  /** The target's id, or any id of its kind: that is enough to find out which act is meant. */
  const idLike = (target: string | undefined, ids: Ids): string | undefined => {
    if (!target?.startsWith('#')) return target;
    const kind = kinds.get(target.slice(1));
    return ids.get(target.slice(1)) ?? (kind === undefined ? undefined : someIdOf(kind));
  };

  /** The names that a command uses. */
  const namesIn = ({ command, target, data }: Command, ids: Ids): string[] => {
    const ofData = placesIn(command, idLike(target, ids), data).map(({ name }) => name);
    return [...(target?.startsWith('#') ? [target.slice(1)] : []), ...ofData];
  };

  /** The command with the ids of those names that are known. */
  function withIds(command: Command, ids: Ids): Command {
    const target = command.target?.startsWith('#') ? ids.get(command.target.slice(1)) : undefined;
    const data = structuredClone(command.data);
    for (const { name, tokens } of placesIn(command.command, idLike(command.target, ids), command.data)) {
      const id = ids.get(name);
      if (id !== undefined) put(data, tokens, id);
    }
    return { ...command, ...(target !== undefined && { target }), data };
  }

  return { namesIn, withIds };
}

export type Naming = ReturnType<typeof createNaming>;

const someIdOf = (aggregate: string): string => `${aggregate}-${'a'.repeat(26)}`;

/** The kind of record that each name denotes. */
function kindsOf(commands: readonly Command[]): Map<string, string> {
  const kinds = new Map<string, string>();
  for (const { command, as, target } of commands) {
    const ofTarget = target?.startsWith('#') ? kinds.get(target.slice(1)) : aggregateOf(target ?? '');
    const kind = ofTarget ?? commandMeant(command, undefined)?.aggregate.name;
    if (as !== undefined && kind !== undefined) kinds.set(as, kind);
  }
  return kinds;
}

interface Place {
  readonly name: string;
  readonly tokens: readonly string[];
}

function placesIn(name: string, target: string | undefined, data: object): Place[] {
  const definition = commandMeant(name, target)?.definition;
  if (!definition) return everywhere(data);
  const issues = definition.schema.safeParse(data, { reportInput: true }).error?.issues ?? [];
  return faultsOf(issues, '').flatMap(({ pointer }): Place[] => {
    const tokens = pointer.split('/').slice(1).map(tokenOf);
    const value = tokens.reduce<unknown>((at, token) => (isContainer(at) ? at[token] : undefined), data);
    return typeof value === 'string' && value.startsWith('#') ? [{ name: value.slice(1), tokens }] : [];
  });
}

const tokenOf = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

/** Every string that begins with `#`, for commands that this client does not know. */
function everywhere(value: unknown, tokens: readonly string[] = []): Place[] {
  if (typeof value === 'string') return value.startsWith('#') ? [{ name: value.slice(1), tokens }] : [];
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => everywhere(item, [...tokens, key]));
}

function put(data: object, tokens: readonly string[], id: string): void {
  const at = tokens.slice(0, -1).reduce((inside, token) => inside[token] as Container, data as Container);
  at[tokens.at(-1) as string] = id;
}
