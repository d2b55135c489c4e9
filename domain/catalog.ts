import { agreement } from './agreement/agreement.ts';
import { award } from './award/award.ts';
import { awardProgramme } from './award-programme/award-programme.ts';
import { bookkeepingEvents } from './bookkeeping.ts';
import { ceremony } from './ceremony/ceremony.ts';
import { cohort } from './cohort/cohort.ts';
import type { Aggregate, CommandDefinition, EventDefinition } from './kernel/aggregate.ts';
import type { ReadEvent, RegistryEvent } from './kernel/event.ts';
import { upcastEvent } from './kernel/versions.ts';
import { launch } from './launch/launch.ts';
import { membership } from './membership/membership.ts';
import { organization } from './organization/organization.ts';
import { personEvents } from './person/erasure.ts';
import { commandsOnAnyRecord } from './record/commands.ts';
import { definitionsOnAnyRecord } from './record/events.ts';
import { RETRACTED } from './record/record.ts';
import { aggregateOf } from './values/ids.ts';

/** The one place that lists what the registry records: routes, documents, schemas and projections are made from it. */
const own = [
  organization,
  ceremony,
  agreement,
  membership,
  awardProgramme,
  award,
  launch,
  cohort,
] as unknown as readonly Aggregate[];

export const aggregates: readonly Aggregate[] = own.map((aggregate) => ({
  ...aggregate,
  commands: [...aggregate.commands, ...commandsOnAnyRecord(aggregate)],
  states: [...aggregate.states, RETRACTED],
}));

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

/**
 * The command that a submission means: by its name (`commandName`), which for an act depends on its target. An act is
 * understood by its name among all commands, too: earlier submissions called it so.
 */
export function commandMeant(name: string, target: string | undefined) {
  const aggregate = target === undefined ? undefined : aggregates.find((one) => one.name === aggregateOf(target));
  const act = aggregate?.commands.find((definition) => definition.act === name);
  return aggregate && act ? { aggregate, definition: act } : commandsByName.get(name);
}

export const eventDefinitions: readonly EventDefinition[] = [
  ...aggregates.flatMap((aggregate) => [...aggregate.events, ...definitionsOnAnyRecord(aggregate)]),
  ...personEvents,
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

/** A stored event as it is read: in the current version of its type. */
export const upcast = (event: RegistryEvent): ReadEvent => upcastEvent(definitionOf(event.type), event);

export { rulesOnOthers } from './rules-on-others.ts';
