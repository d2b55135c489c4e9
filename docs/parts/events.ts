import { bookkeepingEvents } from '../../domain/bookkeeping.ts';
import { aggregates } from '../../domain/catalog.ts';
import type { EventDefinition } from '../../domain/kernel/aggregate.ts';
import { personEvents } from '../../domain/person/erasure.ts';
import { definitionsOnAnyRecord } from '../../domain/record/events.ts';
import { fieldTable } from './fields.ts';
import { code, paragraphs } from './markdown.ts';

const eventSection = ({ type, version, older = [], meaning, schema }: EventDefinition): string =>
  paragraphs(
    `### ${type}`,
    `${meaning} Version ${version}.`,
    ...older.map(({ differs }, index) => `In version ${index + 1}, which is read as the next one: ${differs}`),
    fieldTable(schema),
  );

/** A section for each fact that records of several aggregates have. */
function onAnyRecord(): string[] {
  const all = aggregates.flatMap(definitionsOnAnyRecord);
  const byFact = Map.groupBy(all, ({ type }) => type.slice(type.indexOf('.') + 1));
  return [...byFact].map(([fact, definitions]) => {
    const [{ version, meaning, schema }] = definitions as [EventDefinition];
    return paragraphs(
      `### <aggregate>.${fact}`.replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      `${meaning} Version ${version}. Types: ${definitions.map(({ type }) => code(type)).join(', ')}.`,
      fieldTable(schema),
    );
  });
}

export const eventSections = (): string =>
  paragraphs(
    ...aggregates.flatMap(({ name, events }) => [`## Events of ${name}`, ...events.map(eventSection)]),
    '## Events on any record',
    ...onAnyRecord(),
    '## Events of persons',
    ...personEvents.map(eventSection),
    '## Bookkeeping',
    ...bookkeepingEvents.map(eventSection),
  );
