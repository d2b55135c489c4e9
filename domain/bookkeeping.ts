import * as z from 'zod';
import type { EventDefinition, ReservationKind } from './kernel/aggregate.ts';
import type { Rule } from './problems.ts';

/** The actor of what the registry records by itself, when a day has come. */
export const REGISTRY = 'registry';

/** What a reservation stream takes note of: the record that holds the value, or that gave it back. */
const reservationData = z.strictObject({ holder: z.string() });

/** The kinds of values that one record alone may hold, and the rule that a second one breaks. */
export const reservationKinds: Record<ReservationKind, { what: string; taken: Rule }> = {
  lei: { what: 'legal entity identifier', taken: 'identifier-taken' },
  uscc: { what: 'unified social credit code', taken: 'identifier-taken' },
  identifier: { what: 'identifier of another scheme', taken: 'identifier-taken' },
  client: { what: 'client', taken: 'client-taken' },
  conferral: { what: 'award of this category', taken: 'conferred-already' },
};

/** What a submission's own stream takes note of: the events that each of its commands caused. */
const submissionData = z.strictObject({
  records: z.array(z.strictObject({ id: z.string(), version: z.int(), count: z.int() })),
});

const recordAside = z.strictObject({ id: z.string(), version: z.int().nonnegative() });

/** What a statement says of each read model, sorted by name and revision; records set aside are sorted by id. */
const statementData = z.strictObject({
  models: z.array(
    z.strictObject({
      name: z.string(),
      revision: z.int(),
      position: z.int().meta({ description: 'Position of the last event that is applied' }),
      rows: z.int().nonnegative(),
      root: z.string().regex(/^[0-9a-f]{64}$/),
      setAside: z
        .array(recordAside)
        .optional()
        .meta({ description: 'Records that the rows have as of an earlier version; 0: not at all' }),
    }),
  ),
});

export type ReadModelsStatement = z.infer<typeof statementData>;

/** The stream in which the registry states what its read models hold. */
export const READ_MODELS = 'read-models';
export const STATED = 'read-models.stated';

export const bookkeepingEvents: readonly EventDefinition[] = [
  {
    type: 'submission.accepted',
    version: 1,
    schema: submissionData,
    meaning: 'A submission of several commands landed; it names the events that each command caused, in their order.',
  },
  ...Object.entries(reservationKinds).flatMap(([kind, { what }]) => [
    {
      type: `${kind}.reserved`,
      version: 1,
      schema: reservationData,
      meaning: `The ${what} belongs to this record from here on, and to no other.`,
    },
    {
      type: `${kind}.released`,
      version: 1,
      schema: reservationData,
      meaning: `The ${what} no longer belongs to this record.`,
    },
  ]),
  {
    type: STATED,
    version: 1,
    schema: statementData,
    meaning:
      'The registry states which rows each read model has: their number, and the root of the tree over them, as of a position.',
  },
];
