import { upcast } from '../../../domain/catalog.ts';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import {
  applyCommits,
  isRecordStream,
  type Projection,
  type SealedEvents,
  type SealedRecord,
} from '../../../domain/projections/projection.ts';
import { addTo, type SummedRow } from '../../../domain/projections/sums.ts';
import { canonical, jsonObject } from '../canonical.ts';
import { textOf } from '../http.ts';
import { Failure } from '../usage.ts';
import type { Buckets } from './buckets.ts';
import { contributionOf, lineOfRow } from './contribution.ts';

/** About 5 MB of events. */
const EVENTS_PER_BUCKET = 4096;
const MOST_BUCKETS = 256;

export const bucketsFor = (events: number): number =>
  Math.max(1, Math.min(MOST_BUCKETS, Math.ceil(events / EVENTS_PER_BUCKET)));

export type PositionedEvent = RegistryEvent & { readonly position: number };

/** Adds published entries, which come in order, to the buckets of their streams. */
export async function partition(buckets: Buckets, first: number, entries: readonly Uint8Array[], to: number) {
  for (const [at, bytes] of entries.entries()) {
    const position = first + at;
    if (position > to) return;
    const event = eventIn(bytes, position);
    if (isRecordStream(event.subject)) await buckets.add(event.subject, JSON.stringify({ ...event, position }));
  }
}

/** The event of a published entry. @throws Failure */
export function eventIn(entry: Uint8Array, position: number): RegistryEvent {
  const event = jsonObject(textOf(entry));
  if (typeof event?.subject === 'string') return event as unknown as RegistryEvent;
  throw new Failure(`The published entry at position ${position} is no event.`);
}

/** The records that a read model has set aside, and the versions that their rows have. */
export type SetAsideVersions = ReadonlyMap<string, number>;

/**
 * The canonical rows of every record, bucket by bucket: of each that was set aside, those of its version. At last the rows
 * that records share.
 * @throws Failure when this release cannot take what the registry did
 */
export async function* foldedRows(
  projection: Projection,
  buckets: Buckets,
  setAside: SetAsideVersions,
): AsyncGenerator<string[]> {
  const unseen = new Map(setAside);
  const sums = new Map<string, SummedRow>();
  for await (const [stream, commits] of recordsIn(buckets)) {
    unseen.delete(stream);
    const taken = upTo(setAside.get(stream), stream, commits);
    try {
      const { rows, added } = contributionOf(projection, applyCommits(undefined, taken.map(sealedEvents)));
      addTo(sums, added);
      yield rows.map(lineOfRow);
    } catch (error) {
      const reason = (error as Error).message;
      throw new Failure(`This release cannot take ${stream}, which the registry did not set aside: ${reason}.`);
    }
  }
  yield [...sums.values()].map(({ partition, sort, add }) => canonical([partition, sort, add]));
  for (const id of unseen.keys()) throw new Failure(`The registry has set ${id} aside, which the log does not have.`);
}

/** Every record of the log as its events leave it. @throws Failure when this release cannot take one */
export async function* recordsOf(buckets: Buckets): AsyncGenerator<SealedRecord> {
  for await (const [stream, commits] of recordsIn(buckets)) {
    try {
      const record = applyCommits(undefined, commits.map(sealedEvents));
      if (record) yield record;
    } catch (error) {
      throw new Failure(`This release cannot take ${stream}: ${(error as Error).message}.`);
    }
  }
}

/** Those of the records set aside that this release can take as they are now. */
export async function takenNow(
  projection: Projection,
  buckets: Buckets,
  setAside: SetAsideVersions,
): Promise<ReadonlySet<string>> {
  const taken = new Set<string>();
  for await (const [stream, commits] of recordsIn(buckets)) {
    if (!setAside.has(stream)) continue;
    try {
      contributionOf(projection, applyCommits(undefined, commits.map(sealedEvents)));
      taken.add(stream);
    } catch {
      // It would be set aside by this release too.
    }
  }
  return taken;
}

export type PositionedCommit = readonly PositionedEvent[];

async function* recordsIn(buckets: Buckets): AsyncGenerator<[stream: string, commits: PositionedCommit[]]> {
  for (let bucket = 0; bucket < buckets.count; bucket += 1) {
    const lines = await buckets.lines(bucket);
    const streams = Map.groupBy(
      lines.map((line) => JSON.parse(line) as PositionedEvent),
      ({ subject }) => subject,
    );
    for (const [stream, events] of streams) {
      refuseGaps(stream, events);
      yield [stream, commitsOfStream(events)];
    }
  }
}

/** The commits up to a version, which has to be the end of one. @throws Failure */
function upTo(version: number | undefined, stream: string, commits: PositionedCommit[]): PositionedCommit[] {
  if (version === undefined) return commits;
  const taken = commits.filter((commit) => (commit.at(-1)?.streamversion ?? 0) <= version);
  const end = taken.at(-1)?.at(-1)?.streamversion ?? 0;
  if (end === version) return taken;
  throw new Failure(`The registry has set ${stream} aside at version ${version}, at which no commit ends.`);
}

/** Every version has to be there once and in order (docs/audit.md, "Each once"). @throws Failure */
function refuseGaps(stream: string, events: readonly PositionedEvent[]): void {
  const wrong = events.find(
    ({ id, streamversion }, at) => streamversion !== at + 1 || id !== `${stream}/${streamversion}`,
  );
  if (!wrong) return;
  const due = `${stream}/${events.indexOf(wrong) + 1}`;
  throw new Failure(`FAULT at position ${wrong.position}: the log has ${wrong.id} there, where ${due} is due.`);
}

export const sealedEvents = (commit: PositionedCommit): SealedEvents => ({
  events: commit.map(({ position: _, ...event }) => upcast(event)),
  position: commit[0]?.position ?? 0,
});

/** A stream's events by commit: adjacent events of one command, recorded at the same instant. */
export function commitsOfStream(events: readonly PositionedEvent[]): PositionedEvent[][] {
  const commits: PositionedEvent[][] = [];
  for (const event of events) {
    const commit = commits.at(-1);
    if (commit && goesOn(commit, event)) commit.push(event);
    else commits.push([event]);
  }
  return commits;
}

/** Whether an event of a stream is of the same commit as the events before it. */
export function goesOn(commit: PositionedCommit, { commandid, time, position }: PositionedEvent): boolean {
  const last = commit.at(-1);
  return last?.commandid === commandid && last.time === time && last.position + 1 === position;
}
