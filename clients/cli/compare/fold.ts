import { upcast } from '../../../domain/catalog.ts';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import {
  allRows,
  applyCommits,
  isRecordStream,
  type Projection,
  type SealedEvents,
} from '../../../domain/projections/projection.ts';
import { canonical, jsonObject } from '../canonical.ts';
import { textOf } from '../http.ts';
import { Failure } from '../usage.ts';
import type { Buckets } from './buckets.ts';

/** About 5 MB of events. */
const EVENTS_PER_BUCKET = 4096;
const MOST_BUCKETS = 256;

export const bucketsFor = (events: number): number =>
  Math.max(1, Math.min(MOST_BUCKETS, Math.ceil(events / EVENTS_PER_BUCKET)));

type Positioned = RegistryEvent & { readonly position: number };

/** Adds published entries, which come in order, to the buckets of their streams. */
export async function partition(buckets: Buckets, first: number, entries: readonly Uint8Array[], to: number) {
  for (const [at, bytes] of entries.entries()) {
    const position = first + at;
    if (position > to) return;
    const event = parse(textOf(bytes), position);
    if (isRecordStream(event.subject)) await buckets.add(event.subject, JSON.stringify({ ...event, position }));
  }
}

function parse(text: string, position: number): RegistryEvent {
  const event = jsonObject(text);
  if (typeof event?.subject === 'string') return event as unknown as RegistryEvent;
  throw new Failure(`The published entry at position ${position} is no event.`);
}

/** The canonical rows of every record, bucket by bucket. */
export async function* foldedRows(projection: Projection, buckets: Buckets): AsyncGenerator<string[]> {
  for (let bucket = 0; bucket < buckets.count; bucket += 1) {
    const lines = await buckets.lines(bucket);
    const streams = Map.groupBy(
      lines.map((line) => JSON.parse(line) as Positioned),
      ({ subject }) => subject,
    );
    for (const [stream, events] of streams) {
      refuseGaps(stream, events);
      const record = applyCommits(undefined, commitsOf(events).map(sealedEvents));
      const own = record ? allRows(projection, record) : [];
      const keys = new Set(own.map(({ partition, sort }) => `${partition}\n${sort}`));
      if (keys.size < own.length) throw new Failure(`${projection.name} gives two rows of ${stream} the same key.`);
      yield own.map(({ partition, sort, value }) => canonical([partition, sort, value]));
    }
  }
}

/** Every version has to be there once and in order (docs/audit.md, "Each once"). @throws Failure */
function refuseGaps(stream: string, events: readonly Positioned[]): void {
  const wrong = events.find(
    ({ id, streamversion }, at) => streamversion !== at + 1 || id !== `${stream}/${streamversion}`,
  );
  if (!wrong) return;
  const due = `${stream}/${events.indexOf(wrong) + 1}`;
  throw new Failure(`FAULT at position ${wrong.position}: the log has ${wrong.id} there, where ${due} is due.`);
}

const sealedEvents = (commit: readonly Positioned[]): SealedEvents => ({
  events: commit.map(({ position: _, ...event }) => upcast(event)),
  position: commit[0]?.position ?? 0,
});

/** A stream's events by commit: adjacent events of one command, recorded at the same instant. */
function commitsOf(events: readonly Positioned[]): Positioned[][] {
  const commits: Positioned[][] = [];
  for (const event of events) {
    const commit = commits.at(-1);
    const last = commit?.at(-1);
    const goesOn =
      last?.commandid === event.commandid && last.time === event.time && last.position + 1 === event.position;
    if (commit && goesOn) commit.push(event);
    else commits.push([event]);
  }
  return commits;
}
