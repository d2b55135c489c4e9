import { aggregates } from '../../domain/catalog.ts';
import { type Aggregate, type CommandDefinition, commandName, makes } from '../../domain/kernel/aggregate.ts';
import { code, table } from './markdown.ts';

const isAct = ({ act }: CommandDefinition) => act !== undefined;
const pathOf = (collection: string, { act }: CommandDefinition) =>
  act === undefined ? `/${collection}` : `/${collection}/{id}/${act}`;

/** The acts that a record of any collection takes. */
const shared = (aggregates[0] as Aggregate).commands.flatMap((first) => {
  const same = aggregates.flatMap(({ commands }) => commands.filter((one) => isAct(one) && one.act === first.act));
  return same.length === aggregates.length ? [same] : [];
});
const isShared = (one: CommandDefinition) => shared.some((same) => same.includes(one));

const row = (collection: string, paths: readonly string[], commands: readonly CommandDefinition[]) => [
  collection,
  code(commandName(commands[0] as CommandDefinition)),
  paths.map(code).join(', '),
  [...new Set(commands.flatMap(makes))].map(code).join(', '),
];

/** A row for each name: some commands both open a record and are acts on one. */
function rowsOf({ collection, commands }: Aggregate): string[][] {
  const named = Map.groupBy(
    commands.filter((one) => !isShared(one)),
    commandName,
  );
  return [...named.values()].map((same) =>
    row(
      code(collection),
      same.map((one) => pathOf(collection, one)),
      same,
    ),
  );
}

/** For every command where it is posted to, and the types of the events that it makes. */
export const commandTable = (): string =>
  table(
    ['records', 'command', '`POST /v1…`', 'events'],
    [
      ...shared.map((same) => row('all', [pathOf('<collection>', same[0] as CommandDefinition)], same)),
      ...aggregates.flatMap(rowsOf),
    ],
  );
