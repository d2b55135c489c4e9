import * as z from 'zod';
import type { Aggregate, EventDefinition } from '../kernel/aggregate.ts';
import type { EventDraft, RegistryEvent } from '../kernel/event.ts';
import { recorded } from '../kernel/recorded.ts';
import { anyRef, ref } from '../values/ids.ts';
import { type Day, day } from '../values/partial-date.ts';
import { asFreeText, text } from '../values/text.ts';

/** Facts that a record of any aggregate may have; the record keeps them, not the aggregate's own state. */

const version = z.int().min(1).max(1_000_000).meta({ description: 'Stream version of an event of this record' });

/** Any JSON value. */
export const anyJson = z.json();

/** Fields as a merge patch leaves them: any JSON, since the schema of the patched data decides. */
const patch = asFreeText(z.record(z.string(), anyJson)).refine((value) => Object.keys(value).length > 0, {
  error: 'must change something',
  params: { rule: 'no-change' },
});

export const corrected = z.strictObject({
  corrects: version.meta({ description: 'Version of the event whose data were wrong' }),
  set: patch.meta({ description: 'Merge patch (RFC 7396) of that event’s data' }),
  schemaVersion: z.int().min(2).optional().meta({
    description: 'Version of the data that is patched, where it is not the one that the event was recorded in',
  }),
  reason: z.enum(['clerical', 'translation', 'identity', 'date']),
  ...recorded,
});
export const retracted = z.strictObject({
  reason: text(4000),
  period: version.optional().meta({ description: 'Of a membership: the version of the event that began the period' }),
  replacedBy: z.array(anyRef).min(1).max(50).optional().meta({ description: 'What is recorded instead' }),
  ...recorded,
});
export const retractionWithdrawn = z.strictObject({
  reason: text(4000),
  period: version
    .optional()
    .meta({ description: 'Of a membership: the version of the event that began the retracted period' }),
  ...recorded,
});
export const evidenceAdded = z.strictObject({
  about: version.optional().meta({ description: 'Version of the event that it is evidence of' }),
  ...recorded,
});
export const corroborated = z.strictObject({ ...recorded });
export const disputed = z.strictObject({ grounds: text(4000), ...recorded });
const identified = z.strictObject({
  cohort: ref('cohort'),
  subject: z
    .enum(['intents', 'members'])
    .optional()
    .meta({ description: 'Of a membership: as what the cohort counts it' }),
  ...recorded,
});
const dayReached = z.strictObject({ day });

export const factsOnAnyRecord = {
  corrected: [
    corrected,
    'What an earlier event of the record says was set right; the record reads as if it had been right from the start.',
  ],
  retracted: [
    retracted,
    'The record, or a period of a membership, was registered in error; it is shown as retracted and counted nowhere.',
  ],
  'retraction-withdrawn': [
    retractionWithdrawn,
    'The record, or the period of a membership, was retracted in error; it stands and counts everywhere as before.',
  ],
  'evidence-added': [evidenceAdded, 'A further source supports what is recorded.'],
  corroborated: [corroborated, 'A host or a party says that what is recorded is so; a dispute of its own is over.'],
  disputed: [disputed, 'A host or a party says that what is recorded is not so.'],
  'identified-in-cohort': [identified, 'The record is one of those that a cohort counts without naming them.'],
  'day-reached': [dayReached, 'A day came on which the state changed by itself; the registry took note of it.'],
} as const satisfies Record<string, readonly [z.ZodType, string]>;
type FactOnAnyRecord = keyof typeof factsOnAnyRecord;

/** The events of these facts, as they stand in the stream of any aggregate. */
export type EventOnAnyRecord = {
  [Fact in FactOnAnyRecord]: RegistryEvent<Fact, z.infer<(typeof factsOnAnyRecord)[Fact][0]>>;
}[FactOnAnyRecord];

/** The event as one of these, its type without the aggregate; `undefined` when it is the aggregate's own. */
export function onAnyRecord({ name }: Pick<Aggregate, 'name'>, event: RegistryEvent): EventOnAnyRecord | undefined {
  const fact = event.type.slice(name.length + 1);
  // A cohort's own facts never have these names: `cohort.identified` is another one.
  return Object.hasOwn(factsOnAnyRecord, fact) ? ({ ...event, type: fact } as EventOnAnyRecord) : undefined;
}

/** The definitions of these facts for one aggregate. */
export const definitionsOnAnyRecord = ({ name, lifecycle, identifiable }: Aggregate): EventDefinition[] =>
  Object.entries(factsOnAnyRecord)
    .filter(([fact]) => (fact !== 'day-reached' || lifecycle.days) && (fact !== 'identified-in-cohort' || identifiable))
    .map(([fact, [schema, meaning]]) => ({ type: `${name}.${fact}`, version: 1, schema, meaning }));

export const dayReachedIn = (aggregate: string, reached: Day): EventDraft => ({
  type: `${aggregate}.day-reached`,
  data: { day: reached },
});

export const identifiedInCohort = (
  aggregate: string,
  data: Omit<z.infer<typeof identified>, 'speaksAs'>,
): EventDraft => ({
  type: `${aggregate}.identified-in-cohort`,
  data,
});
