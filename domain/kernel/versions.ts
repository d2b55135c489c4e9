import { withCanonicalTags } from '../values/language.ts';
import { mergePatch } from '../values/merge-patch.ts';
import type { EventDefinition } from './aggregate.ts';
import { type ReadEvent, type RegistryEvent, schemaAddress } from './event.ts';

/**
 * Versions of the data of one event type. Recorded data stay as they are; readers get the current version, which one
 * upcast after the other makes.
 */

/** The schema of a version; `undefined` when there is no such version. */
export const schemaOf = ({ version, schema, older = [] }: EventDefinition, asked: number) =>
  asked === version ? schema : older[asked - 1]?.schema;

const upcastData = ({ older = [] }: EventDefinition, data: object, from: number, to: number): object =>
  older.slice(from - 1, to - 1).reduce((one, { upcast }) => upcast(one), data);

/** Where the texts of an event mention persons is no part of what it says. */
function withoutMentions(event: RegistryEvent): RegistryEvent {
  if (!Object.hasOwn(event.data as object, 'mentions')) return event;
  const { mentions: _, ...data } = event.data as { readonly mentions?: unknown };
  return { ...event, data };
}

/**
 * An event as it is read: in the current version, with language tags in canonical case, without its `mentions`.
 * @throws when it is of a version that only a later release knows.
 */
export function upcastEvent(definition: EventDefinition, recorded: RegistryEvent): ReadEvent {
  const event = withoutMentions(recorded);
  const { id, source, type, dataschema } = event;
  const { version } = definition;
  const recordedIn = Number(dataschema.slice(dataschema.lastIndexOf('/') + 1));
  if (recordedIn === version) {
    const data = withCanonicalTags(event.data);
    return data === event.data ? event : { ...event, data };
  }
  if (!schemaOf(definition, recordedIn)) throw new Error(`${id}: this release does not know ${dataschema}`);
  const data = event.data as object;
  return {
    ...event,
    dataschema: schemaAddress(source, type, version),
    data: withCanonicalTags(upcastData(definition, data, recordedIn, version)),
    older: { recordedIn, version: recordedIn, data },
  };
}

/**
 * An event with its data patched. The patch is of the data in the version `of`; without it, in the version that the event
 * was recorded in. So what was corrected before a version came is upcast as it was corrected.
 */
export function patchEvent(definition: EventDefinition, event: ReadEvent, set: object, of?: number): ReadEvent {
  const { version } = definition;
  const { older } = event;
  const stands = older?.version ?? version;
  const patched = of ?? older?.recordedIn ?? version;
  if (patched < stands || patched > version) {
    throw new Error(`${event.id}: a patch of version ${patched} does not fit data of version ${stands} to ${version}`);
  }
  if (!older) return { ...event, data: withCanonicalTags(mergePatch(event.data, set) as object) };
  const data = mergePatch(upcastData(definition, older.data, stands, patched), set) as object;
  return {
    ...event,
    data: withCanonicalTags(upcastData(definition, data, patched, version)),
    older: { ...older, version: patched, data },
  };
}
