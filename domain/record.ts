import type { Actor, Aggregate, Facets, FoldedRecord, Voices } from './aggregate.ts';
import type { RegistryEvent, SpeaksAs } from './event.ts';
import { isIdentified, isOnAnyRecord } from './on-any-record.ts';

const actorOf = (event: RegistryEvent): Actor =>
  event.onbehalfof === undefined ? { client: event.actor } : { client: event.actor, organization: event.onbehalfof };

function hear(voices: Voices, event: RegistryEvent, denies: boolean): Voices {
  const speaksAs: SpeaksAs | undefined = event.data.speaksAs;
  const speaker = event.onbehalfof;
  if (speaker === undefined || (speaksAs !== 'host' && speaksAs !== 'party') || denies) return voices;
  return {
    host: voices.host || speaksAs === 'host',
    // A host may be a party too: it has spoken as both.
    parties: voices.parties.includes(speaker) ? voices.parties : [...voices.parties, speaker],
  };
}

/** Applies one more event. The first one opens the record. */
export function apply<State>(
  aggregate: Aggregate<State>,
  record: FoldedRecord<State> | undefined,
  event: RegistryEvent,
): FoldedRecord<State> {
  const denies = aggregate.events.some((definition) => definition.type === event.type && definition.denies);
  const cohort = isIdentified(aggregate, event.type) ? (event.data as { cohort: string }).cohort : record?.cohort;
  return {
    id: event.subject,
    aggregate,
    state: record && isOnAnyRecord(aggregate, event.type) ? record.state : aggregate.evolve(record?.state, event),
    version: event.streamversion,
    recordedAt: record?.recordedAt ?? event.time,
    changedAt: event.time,
    submitter: record?.submitter ?? actorOf(event),
    voices: hear(record?.voices ?? { host: false, parties: [] }, event, denies),
    ...(cohort === undefined ? {} : { cohort }),
  };
}

/** Folds a stream's events, oldest first; `undefined` when there are none. */
export function fold<State>(
  aggregate: Aggregate<State>,
  events: readonly RegistryEvent[],
): FoldedRecord<State> | undefined {
  return events.reduce<FoldedRecord<State> | undefined>((record, event) => apply(aggregate, record, event), undefined);
}

export const facetsOf = (record: FoldedRecord): Facets => record.aggregate.facets(record.state);

export type Standing = 'reported' | 'hosted' | 'confirmed';

/** The evidence ladder: a public source says so, the host says so, every party has said so. */
export function standingOf(record: FoldedRecord): Standing {
  const { parties, unnamedParty, hosts, within } = facetsOf(record);
  // Who confers an award stands in its programme: it has to have spoken too.
  const hostIsElsewhere = within !== undefined && hosts.length === 0;
  const haveSpoken = parties.length > 0 && parties.every((party) => record.voices.parties.includes(party));
  if (!unnamedParty && haveSpoken && (record.voices.host || !hostIsElsewhere)) return 'confirmed';
  return record.voices.host ? 'hosted' : 'reported';
}
