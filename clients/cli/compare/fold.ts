import { upcast } from '../../../domain/catalog.ts';
import type { RegistryEvent } from '../../../domain/kernel/event.ts';
import {
  allRows,
  applyCommits,
  isRecordStream,
  type Projection,
  type SealedEvents,
  type SealedRecord,
} from '../../../domain/projections/projection.ts';
import { rowFault } from '../../../domain/projections/row-fault.ts';
import { addTo, rowKey, type SummedRow } from '../../../domain/projections/sums.ts';
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
      const { rows, added } = contributionOf(projection, taken);
      addTo(sums, added);
      yield rows;
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
      contributionOf(projection, commits);
      taken.add(stream);
    } catch {
      // It would be set aside by this release too.
    }
  }
  return taken;
}

type PositionedCommit = readonly Positioned[];

async function* recordsIn(buckets: Buckets): AsyncGenerator<[stream: string, commits: PositionedCommit[]]> {
  for (let bucket = 0; bucket < buckets.count; bucket += 1) {
    const lines = await buckets.lines(bucket);
    const streams = Map.groupBy(
      lines.map((line) => JSON.parse(line) as Positioned),
      ({ subject }) => subject,
    );
    for (const [stream, events] of streams) {
      refuseGaps(stream, events);
      yield [stream, commitsOf(events)];
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

/** @throws when the projection cannot take the record */
function contributionOf(projection: Projection, commits: readonly PositionedCommit[]) {
  const record = applyCommits(undefined, commits.map(sealedEvents));
  if (!record) return { rows: [], added: [] };
  const own = allRows(projection, record);
  if (new Set(own.map(rowKey)).size < own.length) throw new Error('two rows have the same key');
  const rows = own.map(({ partition, sort, value }) => {
    const text = canonical([partition, sort, value]);
    const fault = rowFault(partition, text);
    if (fault !== undefined) throw new Error(fault);
    return text;
  });
  return { rows, added: projection.sums?.(record) ?? [] };
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

const sealedEvents = (commit: PositionedCommit): SealedEvents => ({
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
