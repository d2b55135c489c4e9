import type * as z from 'zod';
import type {
  Actor,
  Aggregate,
  EventDefinition,
  FoldedRecord,
  Held,
  IndexFields,
  Voices,
} from '../kernel/aggregate.ts';
import type { ReadEvent, RegistryEvent, SpeaksAs } from '../kernel/event.ts';
import type { Reading } from '../kernel/lifecycle.ts';
import { patchEvent } from '../kernel/versions.ts';
import { gathered } from '../values/evidence.ts';
import type { Day } from '../values/partial-date.ts';
import { type corrected, type EventOnAnyRecord, onAnyRecord } from './events.ts';

const actorOf = (event: RegistryEvent): Actor =>
  event.onbehalfof === undefined ? { client: event.actor } : { client: event.actor, organization: event.onbehalfof };

/** Facts that say nothing of whether the record is so. */
const silent: readonly (string | undefined)[] = ['retracted', 'evidence-added', 'identified-in-cohort', 'day-reached'];

function withVoice(
  voices: Voices,
  event: RegistryEvent,
  special: EventOnAnyRecord | undefined,
  denies: boolean,
): Voices {
  const speaksAs: SpeaksAs | undefined = event.data.speaksAs;
  const speaker = event.onbehalfof;
  // What was confirmed before a correction was something else than what stands now.
  const heard = special?.type === 'corrected' ? { ...voices, host: false, parties: [] } : voices;
  if (speaker === undefined || (speaksAs !== 'host' && speaksAs !== 'party')) return heard;
  if (denies || silent.includes(special?.type)) return heard;
  const ends = special?.type === 'corroborated' || special?.type === 'disputed';
  const disputes = heard.disputes.filter(({ by }) => !ends || by !== speaker);
  if (special?.type === 'disputed') {
    const { grounds } = special.data;
    return { ...heard, disputes: [...disputes, { by: speaker, grounds, version: event.streamversion }] };
  }
  return {
    host: heard.host || speaksAs === 'host',
    // A host may be a party too: it has spoken as both.
    parties: heard.parties.includes(speaker) ? heard.parties : [...heard.parties, speaker],
    disputes,
  };
}

/** The state that some events of the aggregate leave. */
export function refold<State>(
  aggregate: Aggregate<State>,
  events: readonly RegistryEvent[],
  from?: State,
): State | undefined {
  return events.reduce<State | undefined>((state, event) => aggregate.evolve(state, event), from);
}

/** The definition of one of an aggregate's own events. */
export function ownDefinition({ name, events }: Pick<Aggregate, 'name' | 'events'>, type: string): EventDefinition {
  const definition = events.find((one) => one.type === type);
  if (!definition) throw new Error(`${type} is no event of ${name}`);
  return definition;
}

/** The record's events with the data of one of them patched, as a correction says. */
export const patched = (
  { aggregate, events }: { aggregate: Pick<Aggregate, 'name' | 'events'>; events: readonly ReadEvent[] },
  { corrects, set, schemaVersion }: Pick<z.infer<typeof corrected>, 'corrects' | 'set' | 'schemaVersion'>,
): ReadEvent[] =>
  events.map((event) =>
    event.streamversion === corrects
      ? patchEvent(ownDefinition(aggregate, event.type), event, set, schemaVersion)
      : event,
  );

type Content<State> = Pick<
  FoldedRecord<State>,
  'state' | 'events' | 'cohort' | 'addedEvidence' | 'corrections' | 'retractions' | 'isRetracted'
>;

/** The record after one of the aggregate's own events; a record that was retracted as a whole starts over. */
function own<State>(
  aggregate: Aggregate<State>,
  record: FoldedRecord<State> | undefined,
  event: RegistryEvent,
): Content<State> {
  const { addedEvidence = [], corrections = [], retractions = [], cohort } = record ?? {};
  const before = record?.isRetracted ? undefined : record;
  return {
    ...(cohort === undefined ? {} : { cohort }),
    addedEvidence,
    corrections,
    retractions,
    isRetracted: false,
    events: [...(before?.events ?? []), event],
    state: aggregate.evolve(before?.state, event),
  };
}

/** What a fact that any record may have makes of one. */
function special<State>(record: FoldedRecord<State>, event: EventOnAnyRecord): Content<State> {
  const version = event.streamversion;
  switch (event.type) {
    case 'corrected': {
      const { corrects, reason } = event.data;
      const events = patched(record, event.data);
      const state = refold(record.aggregate, events, record.aggregate.periods?.empty(record.state)) ?? record.state;
      return { ...record, events, state, corrections: [...record.corrections, { version, corrects, reason }] };
    }
    case 'retracted': {
      const { reason, period, replacedBy } = event.data;
      return {
        ...without(record, period),
        retractions: [...record.retractions, { version, reason, period, replacedBy }],
      };
    }
    case 'evidence-added':
      return { ...record, addedEvidence: gathered(record.addedEvidence, event.data.evidence) };
    case 'identified-in-cohort':
      return { ...record, cohort: event.data.cohort };
    case 'corroborated':
    case 'disputed':
    case 'day-reached':
      return record;
    default:
      return event satisfies never;
  }
}

/** The record without the facts of one of its periods; without a period, or with none left, all of it is retracted. */
function without<State>(record: FoldedRecord<State>, period: number | undefined): FoldedRecord<State> {
  const { aggregate, state } = record;
  const gone = aggregate.periods?.of(state).find(({ version }) => version === period)?.facts;
  const versions = new Set(gone?.map(({ version }) => version));
  const events = gone ? record.events.filter(({ streamversion }) => !versions.has(streamversion)) : [];
  if (events.length === 0) return { ...record, isRetracted: true };
  return { ...record, events, state: refold(aggregate, events, aggregate.periods?.empty(state)) ?? state };
}

/** Applies one more event. The first one opens the record. */
export function apply<State>(
  aggregate: Aggregate<State>,
  record: FoldedRecord<State> | undefined,
  event: RegistryEvent,
): FoldedRecord<State> {
  const fact = record && onAnyRecord(aggregate, event);
  const denies = aggregate.events.some((definition) => definition.type === event.type && definition.denies);
  return {
    ...(record && fact ? special(record, fact) : own(aggregate, record, event)),
    id: event.subject,
    aggregate,
    version: event.streamversion,
    recordedAt: record?.recordedAt ?? event.time,
    changedAt: event.time,
    submitter: record?.submitter ?? actorOf(event),
    voices: withVoice(record?.voices ?? { host: false, parties: [], disputes: [] }, event, fact, denies),
  };
}

/** Folds a stream's events, oldest first; `undefined` when there are none. */
export function fold<State>(
  aggregate: Aggregate<State>,
  events: readonly RegistryEvent[],
): FoldedRecord<State> | undefined {
  return events.reduce<FoldedRecord<State> | undefined>((record, event) => apply(aggregate, record, event), undefined);
}

export const indexFieldsOf = (record: FoldedRecord): IndexFields => record.aggregate.indexFields(record.state);

/** The values that a record holds, and no other record may: none once it is retracted. */
export const heldOf = ({ aggregate, state, isRetracted }: FoldedRecord): readonly Held[] =>
  isRetracted ? [] : (aggregate.holds?.(state) ?? []);

/** The periods of a membership that stand. */
export const periodsOf = ({ aggregate, state, isRetracted }: FoldedRecord) =>
  isRetracted ? [] : (aggregate.periods?.of(state) ?? []);

/** The state of every record that was registered in error, whatever its aggregate. */
export const RETRACTED = 'retracted';

/** The state of a record on a day. */
export const statusOf = ({ aggregate, state, isRetracted }: FoldedRecord, day: Day, reading?: Reading): string =>
  isRetracted ? RETRACTED : aggregate.lifecycle.statusOn(state, day, reading);

export const standings = ['reported', 'hosted', 'confirmed', 'disputed'] as const;
export type Standing = (typeof standings)[number];

/** The evidence ladder: a public source says so, the host says so, every party has said so; or one of them denies it. */
export function standingOf(record: FoldedRecord): Standing {
  const { parties, unnamedParty, hosts, within } = indexFieldsOf(record);
  const { voices } = record;
  if (voices.disputes.length > 0) return 'disputed';
  // Who confers an award stands in its programme: it has to have spoken too.
  const hostIsElsewhere = within !== undefined && hosts.length === 0;
  const haveSpoken = parties.length > 0 && parties.every((party) => voices.parties.includes(party));
  if (!unnamedParty && haveSpoken && (voices.host || !hostIsElsewhere)) return 'confirmed';
  return voices.host ? 'hosted' : 'reported';
}
