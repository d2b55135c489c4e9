import { createHash } from 'node:crypto';
import type { commandMeant } from '../../../domain/catalog.ts';
import { aggregateOf } from '../../../domain/values/ids.ts';
import { withoutFreeText } from '../../../domain/values/without-free-text.ts';
import { canonical } from '../canonical.ts';
import { cutOpenings } from './cut-openings.ts';
import { createNaming, type Ids, type Naming } from './names.ts';
import type { CommandLine, SubmissionFile } from './read-file.ts';

/** What a `#name` stands for. */
export interface Named {
  /** What its record is called in the keys of commands that refer to it; without it, they have its id. */
  readonly content?: string | undefined;
  /** Known once it is recorded. */
  id?: string | undefined;
  /** The command of this run that gives the name. */
  readonly by?: Entry | undefined;
}
export type Names = ReadonlyMap<string, Named>;

/** A command of a file, with what its names stand for. */
export interface Entry extends CommandLine {
  readonly file: string;
  /** The client that its file names as the submitter, unless the command line says who submits. */
  readonly client: string | undefined;
  readonly naming: Naming;
  /** The command of this client's catalog, if it has it. */
  readonly meant: ReturnType<typeof commandMeant>;
  /** The names that it uses, but for its own; `undefined` where a name stands for nothing. */
  readonly uses: ReadonlyMap<string, Named | undefined>;
  readonly usesItself: boolean;
  readonly names: Named | undefined;
  /**
   * The hash of what it says beside free text. A record that it refers to by a name is told by what was said when the name
   * was given, so the hash is the same whether or not the id is known.
   */
  readonly content: string;
}

/** The ids of the names that have one. */
export const idsByName = (names: Iterable<[string, Named | undefined]>): Ids =>
  new Map([...names].flatMap(([name, named]) => (named?.id === undefined ? [] : [[name, named.id]])));

type Draft = { -readonly [Key in keyof Entry]: Entry[Key] };

/** The commands of a file, and its names together with those of files before it. */
export function entriesOf(file: SubmissionFile, earlier: Names): { entries: Entry[]; names: Map<string, Named> } {
  const lines = cutOpenings(file.commands);
  const kinds = new Map([...earlier].flatMap(([name, named]) => kindOf(name, named)));
  const naming = createNaming(
    lines.map(({ command }) => command),
    kinds,
  );
  const entries = lines.map(({ line, command }): Draft => {
    const meant = naming.meantBy(command);
    return {
      file: file.name,
      client: file.client,
      line,
      command,
      naming,
      meant,
      uses: new Map(),
      usesItself: false,
      names: undefined,
      content: '',
    };
  });
  const names = new Map(earlier);
  for (const entry of entries) {
    const { as } = entry.command;
    if (as === undefined) continue;
    entry.names = { by: entry };
    names.set(as, entry.names);
  }
  for (const name of file.givenTwice.keys()) names.delete(name);
  for (const entry of entries) {
    const used = new Set(naming.namesIn(entry.command, new Map()));
    entry.usesItself = entry.command.as !== undefined && used.delete(entry.command.as);
    entry.uses = new Map([...used].map((name) => [name, names.get(name)]));
  }
  const asked = new Set<Draft>();
  for (const entry of entries) fill(entry, asked);
  return { entries, names };
}

const kindOf = (name: string, { id, by }: Named): [string, string][] => {
  const kind = aggregateOf(id ?? '') ?? by?.naming.kinds.get(by.command.as ?? '');
  return kind === undefined ? [] : [[name, kind]];
};

/** Makes the content of a command, after that of all that it refers to. In a ring, some of it is left out. */
function fill(entry: Draft, asked: Set<Draft>): void {
  if (asked.has(entry)) return;
  asked.add(entry);
  for (const { by } of [...entry.uses.values()].filter((named) => named !== undefined))
    if (by) fill(by as Draft, asked);
  entry.content = contentOf(entry);
}

/** What stands in keys for a record. */
const standInFor = (named: Named | undefined): string => {
  const content = named?.by?.content ?? named?.content;
  return content === undefined ? (named?.id ?? '#') : `#${content}`;
};

function contentOf({ command, naming, meant, uses }: Entry): string {
  const standIns = new Map([...uses].map(([name, named]) => [name, standInFor(named)]));
  if (command.as !== undefined) standIns.set(command.as, '#');
  const { target, data } = naming.withIds(command, new Map(), standIns);
  const said = {
    command: meant?.definition.name ?? command.command,
    ...(target !== undefined && { target }),
    data: withoutFreeText(meant?.definition.schema, data),
  };
  return createHash('sha256').update(canonical(said)).digest('hex').slice(0, 32);
}
