import { aggregateByName, isAggregate, schemaVersionOf, upcast } from '../../domain/catalog.ts';
import { type Actor, type FoldedRecord, lookupIn } from '../../domain/kernel/aggregate.ts';
import type { EventDraft, ReadEvent, RegistryEvent } from '../../domain/kernel/event.ts';
import { stamp } from '../../domain/kernel/event.ts';
import { apply, fold } from '../../domain/record/record.ts';
import type { StreamSize } from '../../domain/record/room.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { dayOf } from '../../domain/values/partial-date.ts';
import { digestId } from '../runtime/ids.ts';
import type { Commit } from './commits.ts';
import {
  type Append,
  type EventStore,
  eventsOf,
  eventText,
  type LoadedStream,
  type StreamHead,
} from './event-store.ts';

/** What one attempt at a submission has read, and what it is about to write. */
export type UnitOfWork = ReturnType<typeof createUnitOfWork>;

/** The part of it that reading for a decision takes. */
export type ReadWork = Pick<UnitOfWork, 'today' | 'read' | 'record' | 'records' | 'lastEvent' | 'guard'>;

/** UTF-8 bytes of the events that one attempt reads, at most: whose names it gives decides how much of others it loads. */
const MAX_READ_BYTES = 64_000_000;

/** Streams that are loaded at a time: together they hold what `MAX_READ_BYTES` may be exceeded by. */
const LOADED_AT_ONCE = 8;

/** An attempt would read more than `MAX_READ_BYTES`. */
export class TooMuchRead extends Error {}

interface Stream extends LoadedStream {
  record: FoldedRecord | undefined;
  lastEvent: RegistryEvent | undefined;
  readonly pending: RegistryEvent[];
  /** Bytes of what is pending. */
  pendingBytes: number;
  /** Whether the request is about this stream, and not only about another one that concerns it. */
  isTarget: boolean;
}

/** The record of which a stream has these events; `undefined` where the stream is no record's. */
export function foldStream(stream: string, events: readonly ReadEvent[]): FoldedRecord | undefined {
  const aggregate = aggregateOf(stream) ?? '';
  return isAggregate(aggregate) ? fold(aggregateByName(aggregate), events) : undefined;
}

export function createUnitOfWork(store: EventStore, by: { source: string; commandId: string; now: Date }) {
  const streams = new Map<string, Stream>();
  const guarded = new Set<string>();
  let bytesRead = 0;

  /** Reads streams that were not read yet, consistently; what was read is what every rule of this attempt sees. */
  async function read(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !streams.has(id));
    for (let at = 0; at < missing.length; at += LOADED_AT_ONCE) {
      const loaded = await Promise.all(missing.slice(at, at + LOADED_AT_ONCE).map(store.load));
      bytesRead += loaded.reduce((sum, { bytes }) => sum + bytes, 0);
      if (bytesRead > MAX_READ_BYTES) {
        const most = `at most ${MAX_READ_BYTES} are read at once`;
        throw new TooMuchRead(`the records that it names have more than ${bytesRead} bytes of events; ${most}`);
      }
      for (const stream of loaded) add(stream);
    }
  }

  function add({ head, bytes, commits }: LoadedStream): void {
    const events = commits.flatMap(eventsOf);
    streams.set(head.stream, {
      head,
      bytes,
      commits,
      record: foldStream(head.stream, events),
      lastEvent: events.at(-1),
      pending: [],
      pendingBytes: 0,
      isTarget: false,
    });
  }

  function stream(id: string): Stream {
    const found = streams.get(id);
    if (!found) throw new Error(`${id} was not read`);
    return found;
  }

  const commits = (id: string): readonly Commit[] => stream(id).commits;
  /** The record, with what this attempt has already decided about it. */
  const record = lookupIn((id) => streams.get(id));
  /** Every record that was read. */
  const records = (): FoldedRecord[] => [...streams.values()].flatMap((one) => one.record ?? []);
  const lastEvent = (id: string): RegistryEvent | undefined => stream(id).lastEvent;
  /** How large a stream is with what this attempt has already decided about it. */
  const size = (id: string): StreamSize => {
    const { head, bytes, pending, pendingBytes } = stream(id);
    return { events: head.version + pending.length, bytes: bytes + pendingBytes };
  };

  /** Stamps a decision's drafts onto the end of a stream. Time never decreases within a stream. */
  function decideOn(id: string, drafts: readonly EventDraft[], actor: Actor, { beside = false } = {}): RegistryEvent[] {
    const at = stream(id);
    at.isTarget ||= !beside;
    const now = by.now.toISOString();
    const time = at.head.recordedAt > now ? at.head.recordedAt : now;
    const version = at.head.version + at.pending.length + 1;
    const { source, commandId } = by;
    const events = stamp(drafts, { source, stream: id, version, time, actor, commandId }, schemaVersionOf);
    for (const event of events) {
      at.pending.push(event);
      at.pendingBytes += Buffer.byteLength(eventText(event));
      at.lastEvent = upcast(event);
      const aggregate = aggregateOf(id);
      if (aggregate !== undefined && isAggregate(aggregate)) {
        at.record = apply(aggregateByName(aggregate), at.record, at.lastEvent);
      }
    }
    return events;
  }

  /**
   * One commit for each stream that was decided on. Keys of requests are scoped to the record that they are about: a
   * stream beside it takes an id of its own, so that the same key may be used on that record too.
   */
  const appends = (requestHash: string): Append[] =>
    [...streams.values()]
      .filter(({ pending }) => pending.length > 0)
      .map(({ head, pending, isTarget }) => ({
        head,
        events: pending,
        commandId: isTarget ? by.commandId : digestId([by.commandId, head.stream]),
        requestHash,
        recordedAt: (pending[0] as RegistryEvent).time,
      }));

  /** What is decided rests on these streams as they were read: it lands only while nothing has come after that. */
  function guard(ids: Iterable<string>): void {
    for (const id of ids) guarded.add(stream(id).head.stream);
  }

  /** The ends of the guarded streams. A stream that is written is guarded by its append. */
  const guards = (): StreamHead[] =>
    [...guarded].flatMap((id) => (stream(id).pending.length === 0 ? [stream(id).head] : []));

  return {
    today: dayOf(by.now),
    read,
    commits,
    record,
    records,
    lastEvent,
    size,
    decideOn,
    appends,
    guard,
    guards,
  };
}
