import type * as z from 'zod';
import type {
  Actor,
  Aggregate,
  EventDefinition,
  FoldedRecord,
  Held,
  IndexFields,
  Period,
} from '../kernel/aggregate.ts';
import { countFirst } from '../kernel/bisect.ts';
import type { ReadEvent, RegistryEvent } from '../kernel/event.ts';
import { appended, growing, replacedAt, withItem } from '../kernel/growing.ts';
import type { Reading } from '../kernel/lifecycle.ts';
import { memoized } from '../kernel/memoized.ts';
import { patchEvent } from '../kernel/versions.ts';
import type { Day } from '../values/partial-date.ts';
import { type corrected, type EventOnAnyRecord, onAnyRecord } from './events.ts';
import { noVoices, speakerOf, withVoice } from './voices.ts';

/** Who submitted an event. */
export const actorOf = (event: RegistryEvent): Actor =>
  event.onbehalfof === undefined ? { client: event.actor } : { client: event.actor, organization: event.onbehalfof };

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
export function patched(
  { aggregate, events }: { aggregate: Pick<Aggregate, 'name' | 'events'>; events: readonly ReadEvent[] },
  { corrects, set, schemaVersion }: Pick<z.infer<typeof corrected>, 'corrects' | 'set' | 'schemaVersion'>,
): readonly ReadEvent[] {
  const index = countFirst(events.length, (place) => (events[place] as ReadEvent).streamversion < corrects);
  const event = events[index];
  if (event?.streamversion !== corrects) return events;
  return replacedAt(events, index, patchEvent(ownDefinition(aggregate, event.type), event, set, schemaVersion));
}

/**
 * A record that is being folded. After a correction its state is made anew from its events; while more events follow, that
 * waits, so that n corrections do not make it n times.
 */
interface Unsettled<State> extends FoldedRecord<State> {
  /** From what state its events have to be evolved. */
  readonly from?: { readonly state: State | undefined };
}

type Content<State> = Pick<
  Unsettled<State>,
  | 'state'
  | 'from'
  | 'events'
  | 'cohort'
  | 'countedAs'
  | 'addedEvidence'
  | 'corrections'
  | 'retractions'
  | 'retracted'
  | 'isRetracted'
>;

function settled<State>({ from, ...record }: Unsettled<State>): FoldedRecord<State> {
  if (!from) return record;
  const state = growing(() => refold(record.aggregate, record.events, from.state));
  return { ...record, state: state ?? record.state };
}

/** The record with other events of its own. */
const withEvents = <State>(record: Unsettled<State>, events: readonly ReadEvent[]): Unsettled<State> => ({
  ...record,
  events,
  from: record.from ?? { state: record.aggregate.periods?.empty(record.state) },
});

/** The record after one of the aggregate's own events; a record that was retracted as a whole starts over. */
function own<State>(
  aggregate: Aggregate<State>,
  record: Unsettled<State> | undefined,
  event: RegistryEvent,
): Content<State> {
  const { addedEvidence = [], corrections = [], retractions = [], retracted = [], cohort, countedAs } = record ?? {};
  const before = record?.isRetracted ? undefined : record;
  return {
    ...(cohort === undefined ? {} : { cohort, countedAs }),
    addedEvidence,
    corrections,
    retractions,
    retracted,
    isRetracted: false,
    events: appended(before?.events ?? [], event),
    ...(before?.from ? { state: before.state, from: before.from } : { state: aggregate.evolve(before?.state, event) }),
  };
}

/** What a fact that any record may have makes of one. */
function special<State>(record: Unsettled<State>, event: EventOnAnyRecord): Content<State> {
  const version = event.streamversion;
  switch (event.type) {
    case 'corrected': {
      const { corrects, reason } = event.data;
      const corrections = appended(record.corrections, { version, corrects, reason });
      return { ...withEvents(record, patched(record, event.data)), corrections };
    }
    case 'retracted': {
      const { reason, period, replacedBy } = event.data;
      const retractions = appended(record.retractions, { version, reason, period, replacedBy });
      return { ...without(record, version, period), retractions };
    }
    case 'retraction-withdrawn':
      return withRetracted(record, event.data.period);
    case 'evidence-added': {
      const { evidence } = event.data;
      return { ...record, addedEvidence: appended(record.addedEvidence, { version, evidence }) };
    }
    case 'identified-in-cohort':
      return { ...record, cohort: event.data.cohort, countedAs: event.data.subject };
    case 'corroborated':
    case 'disputed':
    case 'day-reached':
      return record;
    default:
      return event satisfies never;
  }
}

/** The record without the facts of one of its periods; without a period, or with none left, all of it is retracted. */
function without<State>(given: Unsettled<State>, version: number, period: number | undefined): Unsettled<State> {
  const record = period === undefined ? given : settled(given);
  // Earlier releases named a period by whichever of its facts was recorded first.
  const gone =
    period === undefined
      ? undefined
      : periodsIn(record).find(({ facts }) => facts.some((fact) => fact.version === period));
  const versions = new Set(gone?.facts.map((fact) => fact.version));
  const isGone = ({ streamversion }: ReadEvent) => versions.has(streamversion);
  const events = gone ? record.events.filter((event) => !isGone(event)) : [];
  const taken = events.length === 0 ? [...record.events] : record.events.filter(isGone);
  // What is retracted already is not taken away again.
  const retracted = record.isRetracted
    ? record.retracted
    : appended(record.retracted, { version, period, events: taken });
  return events.length === 0
    ? { ...record, retracted, isRetracted: true }
    : { ...withEvents(record, events), retracted };
}

const periodsIn = <State>({ aggregate, state }: Unsettled<State>): readonly Period[] =>
  aggregate.periods?.of(state) ?? [];

/** What a withdrawal brings back: what the last retraction of this period took, or of the whole record. */
export const retractedEvents = ({ retracted }: Pick<FoldedRecord, 'retracted'>, period: number | undefined) =>
  retracted.findLast((one) => one.period === period);

/** The events of a record together with those that a retraction took from it. */
export function eventsWith(record: Pick<FoldedRecord, 'events' | 'isRetracted'>, back: readonly ReadEvent[]) {
  const standing = record.isRetracted ? [] : record.events;
  return [...standing, ...back].sort((one, other) => one.streamversion - other.streamversion);
}

/** The record as if what was retracted had never been. */
function withRetracted<State>(record: Unsettled<State>, period: number | undefined): Unsettled<State> {
  const back = retractedEvents(record, period);
  if (!back) return record;
  const isOther = ({ version }: { readonly version: number }) => version !== back.version;
  return {
    ...withEvents(record, eventsWith(record, back.events)),
    retractions: record.retractions.filter(isOther),
    retracted: record.retracted.filter(isOther),
    isRetracted: false,
  };
}

const noSpeakers: ReadonlySet<string> = new Set();

/** The record after one more event. The first one opens it. */
function after<State>(
  aggregate: Aggregate<State>,
  record: Unsettled<State> | undefined,
  event: RegistryEvent,
): Unsettled<State> {
  const fact = record && onAnyRecord(aggregate, event);
  const { speakers = noSpeakers } = record ?? {};
  const speaker = speakerOf(event);
  const denies = aggregate.events.some((definition) => definition.type === event.type && definition.denies);
  return {
    ...(record && fact ? special(record, fact) : own(aggregate, record, event)),
    id: event.subject,
    aggregate,
    version: event.streamversion,
    recordedAt: record?.recordedAt ?? event.time,
    changedAt: event.time,
    submitter: record?.submitter ?? actorOf(event),
    voices: withVoice(record?.voices ?? noVoices, event, fact, denies),
    speakers: speaker === undefined ? speakers : withItem(speakers, speaker),
  };
}

/** Applies one more event. The first one opens the record. */
export const apply = <State>(
  aggregate: Aggregate<State>,
  record: FoldedRecord<State> | undefined,
  event: RegistryEvent,
): FoldedRecord<State> => settled(after(aggregate, record, event));

/** Folds a stream's events, oldest first, onto what those before them left; `undefined` when there are none. */
export const fold = <State>(
  aggregate: Aggregate<State>,
  events: readonly RegistryEvent[],
  before?: FoldedRecord<State>,
): FoldedRecord<State> | undefined =>
  growing(() => {
    const record = events.reduce<Unsettled<State> | undefined>((last, event) => after(aggregate, last, event), before);
    return record && settled(record);
  });

/** What an aggregate makes of a state, once for each state. */
const ofStates = <Value>(make: (aggregate: Aggregate, state: object) => Value) => {
  const byAggregate = memoized((aggregate: Aggregate) => memoized((state: object) => make(aggregate, state)));
  return ({ aggregate, state }: FoldedRecord): Value => byAggregate(aggregate)(state as object);
};

export const indexFieldsOf = ofStates((aggregate, state): IndexFields => aggregate.indexFields(state));

/** The values that a record holds, and no other record may: none once it is retracted. */
export const heldOf = ({ aggregate, state, isRetracted }: FoldedRecord): readonly Held[] =>
  isRetracted ? [] : (aggregate.holds?.(state) ?? []);

/** The periods of a membership that stand. */
export const periodsOf = (record: FoldedRecord): readonly Period[] =>
  record.isRetracted ? [] : periodsOfState(record);
const periodsOfState = ofStates((aggregate, state) => aggregate.periods?.of(state) ?? []);

/** The state of every record that was registered in error, whatever its aggregate. */
export const RETRACTED = 'retracted';

/** The state of a record on a day. */
export const statusOf = ({ aggregate, state, isRetracted }: FoldedRecord, day: Day, reading?: Reading): string =>
  isRetracted ? RETRACTED : aggregate.lifecycle.statusOn(state, day, reading);

export const standings = ['reported', 'hosted', 'confirmed', 'disputed'] as const;
export type Standing = (typeof standings)[number];

/**
 * The evidence ladder: a public source says so, the host says so, every party has said so; or one of them denies it, or its
 * sources contradict each other.
 */
export function standingOf(record: FoldedRecord): Standing {
  const { parties, unnamedParty, hosts, within, isDisputed } = indexFieldsOf(record);
  const { voices } = record;
  if (isDisputed || voices.disputes.size > 0) return 'disputed';
  // Who confers an award stands in its programme: it has to have spoken too.
  const hostIsElsewhere = within !== undefined && hosts.length === 0;
  const haveSpoken = parties.length > 0 && parties.every((party) => voices.parties.has(party));
  if (!unnamedParty && haveSpoken && (voices.host || !hostIsElsewhere)) return 'confirmed';
  return voices.host ? 'hosted' : 'reported';
}
