import type { Aggregate, CommandDefinition, EventDefinition } from './aggregate.ts';
import { agreement } from './agreement/agreement.ts';
import { bookkeepingEvents } from './bookkeeping.ts';
import { ceremony } from './ceremony/ceremony.ts';
import { organization } from './organization/organization.ts';

/** The one place that lists what the registry records: routes, documents, schemas and projections are made from it. */
export const aggregates = [organization, ceremony, agreement] as unknown as readonly Aggregate[];

const byName = new Map(aggregates.map((aggregate) => [aggregate.name, aggregate]));
const byCollection = new Map(aggregates.map((aggregate) => [aggregate.collection, aggregate]));

/** The aggregate of a name taken from a record's id. */
export function aggregateByName(name: string): Aggregate {
  const aggregate = byName.get(name);
  if (!aggregate) throw new Error(`no aggregate is called ${name}`);
  return aggregate;
}
export const isAggregate = (name: string) => byName.has(name);
export const aggregateByCollection = (collection: string): Aggregate | undefined => byCollection.get(collection);

/** Every command with the aggregate that it belongs to, by name. */
export const commandsByName: ReadonlyMap<string, { aggregate: Aggregate; definition: CommandDefinition }> = new Map(
  aggregates.flatMap((aggregate) =>
    aggregate.commands.map((definition) => [definition.name, { aggregate, definition }] as const),
  ),
);

export const eventDefinitions: readonly EventDefinition[] = [
  ...aggregates.flatMap(({ events }) => events),
  ...bookkeepingEvents,
];
const definitionsByType = new Map(eventDefinitions.map((definition) => [definition.type, definition]));

/** The definition of an event type. */
export function definitionOf(type: string): EventDefinition {
  const definition = definitionsByType.get(type);
  if (!definition) throw new Error(`the catalog has no event type ${type}`);
  return definition;
}
export const schemaVersionOf = (type: string) => definitionOf(type).version;
