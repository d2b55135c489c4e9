import { aggregateByName, isAggregate } from '../../domain/catalog.ts';
import { decide } from '../../domain/decide.ts';
import { type FoldedRecord, lookupIn } from '../../domain/kernel/aggregate.ts';
import type { ReadEvent } from '../../domain/kernel/event.ts';
import type { Refusal } from '../../domain/kernel/refusal.ts';
import { type Work, withinWork } from '../../domain/kernel/work.ts';
import { commandOf } from '../../domain/record/correction.ts';
import { fold } from '../../domain/record/record.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { dayOf } from '../../domain/values/partial-date.ts';
import { membershipsBeside } from '../commands/merges.ts';
import { readActor, readRecords } from '../commands/read-records.ts';
import type { ReadWork } from '../stores/unit-of-work.ts';
import { TooMuch } from './around.ts';

/** The events of a stream as they stood at some moment. */
export type EventsOf = (stream: string) => Promise<readonly ReadEvent[]>;

interface Recorded {
  readonly event: ReadEvent;
  /** The record before the event; `undefined` when the event opens it. */
  readonly before: FoldedRecord | undefined;
}

/**
 * What an event would be refused by, were it decided on these streams. It is decided as the command that recorded it was,
 * so that no rule is written twice.
 */
export async function refusalsOf(
  { event, before }: Recorded,
  eventsIn: EventsOf,
  { registrars, work }: { readonly registrars: readonly string[]; readonly work: Work },
): Promise<readonly Refusal[]> {
  const { subject: id, actor: client, time, data: said } = event;
  const aggregate = aggregateByName(aggregateOf(id) ?? '');
  const opens = before === undefined || before.isRetracted;
  const definition = commandOf(aggregate, event, opens);
  // A merge is guarded, and what it reads of the read model is gone.
  if (!definition || definition.readsMemberships) return [];
  const { speaksAs, ...data } = said;
  const unit = readWork(event, before, eventsIn);
  const item = { aggregate, definition, id, opens: definition.act === undefined, data, pointer: '' };
  if (await readRecords([item], client, unit)) return [];
  const actor = { ...(await readActor(client, unit)), isRegistrar: registrars.includes(client) };
  const memberships = await membershipsBeside(item, unit);
  const opened = dayOf(before?.recordedAt ?? time);
  const context = { id, today: unit.today, opened, actor, lookup: unit.record, memberships };
  const decision = withinWork(work, () => decide(definition, data, before, context));
  if (!decision) throw new TooMuch();
  if (!decision.ok) return decision.refusals;
  const [draft] = decision.value.events;
  const now = (draft?.data as ReadEvent['data'] | undefined)?.speaksAs;
  if (speaksAs === 'other' || speaksAs === now) return [];
  return [{ rule: 'right-lacking', pointer: '', detail: `${client} had no right any more to speak as ${speaksAs}` }];
}

/** Reads for one decision that nobody lands. */
function readWork({ subject, time }: ReadEvent, before: FoldedRecord | undefined, eventsIn: EventsOf): ReadWork {
  interface Stream {
    readonly record: FoldedRecord | undefined;
    readonly lastEvent: ReadEvent | undefined;
  }
  const streams = new Map<string, Stream>([[subject, { record: before, lastEvent: undefined }]]);
  const folded = (id: string, events: readonly ReadEvent[]): Stream => {
    const aggregate = aggregateOf(id) ?? '';
    const record = isAggregate(aggregate) ? fold(aggregateByName(aggregate), events) : undefined;
    return { record, lastEvent: events.at(-1) };
  };
  return {
    today: dayOf(time),
    async read(ids) {
      const missing = [...new Set(ids)].filter((id) => !streams.has(id));
      const read = await Promise.all(missing.map(async (id) => [id, await eventsIn(id)] as const));
      for (const [id, events] of read) streams.set(id, folded(id, events));
    },
    record: lookupIn((id) => streams.get(id)),
    records: () => [...streams.values()].flatMap(({ record }) => record ?? []),
    lastEvent: (id) => streams.get(id)?.lastEvent,
    guard() {},
  };
}
