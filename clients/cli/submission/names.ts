import { commandMeant } from '../../../domain/catalog.ts';
import { faultsOf, parsedBy } from '../../../domain/kernel/faults.ts';
import { type Container, isContainer } from '../../../domain/values/container.ts';
import { aggregateOf, pointerKeys } from '../../../domain/values/ids.ts';
import { withoutFreeText } from '../../../domain/values/without-free-text.ts';
import type { Command } from './read-file.ts';

/** The ids of records by the names that commands gave them. */
export type Ids = ReadonlyMap<string, string>;

/**
 * Finds and replaces `#name` in commands: as their target, and wherever their schema expects an id, like the registry
 * itself. Elsewhere, such as in a title, `#name` is mere text.
 */
export function createNaming(commands: readonly Command[], before: ReadonlyMap<string, string> = new Map()) {
  // Twice, because lines may stand in any order: a record may be acted on before the line that opens it.
  const kinds = kindsOf(commands, kindsOf(commands, before));

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

  /** The command with the ids of those names that are known; where they are not, with what `others` say. */
  function withIds(command: Command, ids: Ids, others: Ids = new Map()): Command {
    const put = (name: string) => ids.get(name) ?? others.get(name);
    const target = command.target?.startsWith('#') ? put(command.target.slice(1)) : undefined;
    const data = structuredClone(command.data);
    for (const { name, tokens } of placesIn(command.command, idLike(command.target, ids), command.data)) {
      const id = put(name);
      if (id !== undefined) putAt(data, tokens, id);
    }
    return { ...command, ...(target !== undefined && { target }), data };
  }

  /**
   * What commands of one body say beside free text, of which the names that they give to records are a part: a `#name` of
   * theirs is the number of the command that gives it.
   */
  function withoutText(commands: readonly Command[], ids: Ids): Omit<Command, 'as'>[] {
    const numbers = new Map(commands.flatMap(({ as }, index) => (as === undefined ? [] : [[as, `#${index}`]])));
    return commands.map((given) => {
      const { command, target, data } = withIds(given, ids, numbers);
      const schema = commandMeant(command, idLike(given.target, ids))?.definition.schema;
      const fixed = withoutFreeText(schema, data) as Command['data'];
      return { command, ...(target !== undefined && { target }), data: fixed };
    });
  }

  /** The command of this client's catalog that is meant, if it has it. */
  const meantBy = ({ command, target }: Command) => commandMeant(command, idLike(target, new Map()));

  return { kinds, namesIn, withIds, withoutText, meantBy };
}

export type Naming = ReturnType<typeof createNaming>;

const someIdOf = (aggregate: string): string => `${aggregate}-${'a'.repeat(26)}`;

/** The kind of record that each name denotes. */
function kindsOf(commands: readonly Command[], before: ReadonlyMap<string, string>): Map<string, string> {
  const kinds = new Map(before);
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
  const parsed = parsedBy(definition.schema, data);
  return faultsOf(parsed.success ? [] : parsed.error.issues, '').flatMap(({ pointer }): Place[] => {
    const tokens = pointerKeys(pointer);
    const value = tokens.reduce<unknown>((at, token) => (isContainer(at) ? at[token] : undefined), data);
    return typeof value === 'string' && value.startsWith('#') ? [{ name: value.slice(1), tokens }] : [];
  });
}

/** Every string that begins with `#`, for commands that this client does not know. */
function everywhere(value: unknown, tokens: readonly string[] = []): Place[] {
  if (typeof value === 'string') return value.startsWith('#') ? [{ name: value.slice(1), tokens }] : [];
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => everywhere(item, [...tokens, key]));
}

function putAt(data: object, tokens: readonly string[], id: string): void {
  const at = tokens.slice(0, -1).reduce((inside, token) => inside[token] as Container, data as Container);
  at[tokens.at(-1) as string] = id;
}
