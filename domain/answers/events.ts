import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import { factsOnAnyRecord } from '../record/events.ts';
import { actor, listedFact, onbehalfof } from './facts.ts';
import { instant, logPosition, quantity, streamVersion } from './parts.ts';

/** Events as they are answered: as they were recorded, or as facts of a record. */

/** The attributes of an event besides its type and its data (CloudEvents 1.0). */
const attributes = {
  specversion: z.literal('1.0'),
  id: z.string().meta({ description: '`<stream>/<version>`' }),
  source: z.string(),
  subject: z.string().meta({ description: 'The stream' }),
  time: instant.meta({ description: 'When it was recorded' }),
  datacontenttype: z.literal('application/json'),
  dataschema: z.url().meta({ description: 'The address of the JSON Schema of its data' }),
  streamversion: streamVersion,
  actor,
  onbehalfof,
  commandid: z.string().meta({ description: 'The request that caused it' }),
};

/** An event of any type. Its bytes in the log are its canonical JSON (RFC 8785), without `position`. */
export const anyEvent = z.object({ ...attributes, type: z.string(), data: z.record(z.string(), z.unknown()) });
export const eventBatch = z.array(anyEvent.extend({ position: logPosition }));

const changed = {
  position: logPosition,
  changes: z.array(
    z.object({
      pointer: z.string().meta({ description: 'JSON pointer (RFC 6901) into the record' }),
      was: z.unknown().optional(),
      is: z.unknown().optional(),
    }),
  ),
  changesLeftOut: quantity.exactOptional().meta({ description: 'How many more places changed' }),
};

/** A type of event with the schemas of its data. */
interface Defined extends Pick<EventDefinition, 'type' | 'older'> {
  readonly schema: z.ZodObject;
}
type TypeOf<Definition extends Defined> = Definition['type'];
type RecordedIn<Definition extends Defined> =
  | z.output<Definition['schema']>
  | (Definition extends { readonly older: readonly (infer Older)[] }
      ? Older extends { readonly schema: infer Schema extends z.ZodType }
        ? z.output<Schema>
        : never
      : never);

/** An item of a history: an event in the version in which it was recorded, and what it changed. */
type HistoryItemOf<Definition extends Defined> = Definition extends Defined
  ? z.ZodObject<
      typeof attributes &
        typeof changed & { type: z.ZodLiteral<TypeOf<Definition>>; data: z.ZodType<RecordedIn<Definition>> }
    >
  : never;
type ListedFactOf<Definition extends Defined> = Definition extends Defined
  ? ReturnType<typeof listedFact<TypeOf<Definition>, Definition['schema']['shape']>>
  : never;

/** The types of facts that any record may have, as those of one aggregate. */
type OnAny<Name extends string> = {
  [Fact in keyof typeof factsOnAnyRecord]: {
    readonly type: `${Name}.${Fact}`;
    readonly schema: (typeof factsOnAnyRecord)[Fact][0];
  };
}[keyof typeof factsOnAnyRecord];
const definitionsOnAny = <const Name extends string>(name: Name) =>
  Object.entries(factsOnAnyRecord).map(([fact, [schema]]) => ({ type: `${name}.${fact}`, schema })) as OnAny<Name>[];

const historyItem = ({ type, schema, older = [] }: Defined) =>
  z.object({
    ...attributes,
    ...changed,
    type: z.literal(type),
    data: older.length === 0 ? schema : z.union([schema, ...older.map((one) => one.schema)]),
  });

/** A union of objects that their `type` tells apart. */
const byType = <Item extends z.ZodObject>(items: readonly Item[]) =>
  z.discriminatedUnion('type', items as unknown as readonly [Item, ...Item[]]);

/** The items of the histories of one aggregate's records. */
export const historyItemsOf = <const Name extends string, Definition extends Defined>(
  name: Name,
  events: readonly Definition[],
) => byType([...events, ...definitionsOnAny(name)].map(historyItem) as HistoryItemOf<Definition | OnAny<Name>>[]);

/** The items of the lists of facts of one aggregate's records. */
export const listedFactsOf = <const Name extends string, Definition extends Defined>(
  name: Name,
  events: readonly Definition[],
) =>
  byType(
    [...events, ...definitionsOnAny(name)].map(({ type, schema }) =>
      listedFact(type, schema),
    ) as unknown as ListedFactOf<Definition | OnAny<Name>>[],
  );
