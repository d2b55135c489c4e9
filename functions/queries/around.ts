import { OVERTAKEN_BYTES, OVERTAKEN_RECORDS } from '../../domain/bounds.ts';
import type { ReadEvent } from '../../domain/kernel/event.ts';
import { isRecordStream } from '../../domain/projections/projection.ts';
import type { Summary } from '../../domain/projections/records.ts';
import { referencesIn } from '../../domain/values/ids.ts';
import { slicesOf } from '../../domain/values/lists.ts';
import type { CommitKey } from '../stores/commits.ts';
import { eventsOf } from '../stores/event-store.ts';
import { lastPositionOf } from '../stores/log-items.ts';
import type { ReplayDeps, ReplayedCommit } from './replay.ts';

/** What the events of a record rest on: other records, as far as they stand at positions before its last commit. */

export interface AroundDeps extends ReplayDeps {
  readonly summaries: (ids: readonly string[]) => Promise<ReadonlyMap<string, Summary>>;
}

/** A sealed commit of another stream. */
export interface OtherCommit extends CommitKey {
  readonly events: readonly ReadEvent[];
  /** Of its last event. */
  readonly position: number;
  /** UTF-8 bytes of its events. */
  readonly bytes: number;
  /** See `requestOf`. */
  readonly request: string;
  readonly recordedAt: string;
}

/**
 * The request that a commit is of. A client may use one key on several records, and two clients may send the same; a
 * commit's own `commandId` differs between the streams that one request writes to, but not that in its events.
 */
export const requestOf = ({ events, requestHash }: Pick<ReplayedCommit, 'events' | 'requestHash'>): string =>
  `${events[0]?.commandid} ${requestHash}`;

const READ_AT_ONCE = 10;

export class TooMuch extends Error {}

/**
 * The commits by which anything was added to the records around one, after their opening; `leftOut` are those that were not
 * looked at, being too many. Rows tell to which nothing was added, and of these nothing is read.
 *
 * @returns undefined when they are larger together than one answer reads
 */
export async function readAround(id: string, own: readonly ReplayedCommit[], { summaries, ...deps }: AroundDeps) {
  const { changed, leftOut } = await changedAround(id, own, summaries);
  const { read, isAddedTo } = readerBefore(own.at(-1)?.position ?? 0, deps);
  const added: OtherCommit[] = [];
  try {
    for (const some of slicesOf(changed, READ_AT_ONCE)) {
      const streams = await Promise.all(some.map(async (stream) => ((await isAddedTo(stream)) ? read(stream) : [])));
      added.push(...streams.flat().filter(isAddition));
    }
    return { added, leftOut, read };
  } catch (error) {
    if (error instanceof TooMuch) return undefined;
    throw error;
  }
}

/** The records that these events name, with what these happened at, belong to, or were merged into. */
async function changedAround(id: string, own: readonly ReplayedCommit[], summaries: AroundDeps['summaries']) {
  const named = referencesIn(own.flatMap(({ events }) => events.map(({ data, onbehalfof }) => [data, onbehalfof])));
  const seen = new Set([id]);
  const leftOut = new Set<string>();
  const changed: string[] = [];
  for (let next = named.map((reference) => reference.id); next.length > 0; ) {
    const fresh = [...new Set(next)].filter((one) => isRecordStream(one) && !seen.has(one));
    const some = fresh.slice(0, OVERTAKEN_RECORDS + 1 - seen.size);
    for (const one of fresh.slice(some.length)) leftOut.add(one);
    for (const one of some) seen.add(one);
    const rows = some.length === 0 ? [] : [...(await summaries(some)).values()];
    changed.push(...rows.filter(({ version }) => version > 1).map((row) => row.id));
    next = rows.flatMap(({ ceremony = [], mergedInto = [], within = {} }) =>
      [ceremony, mergedInto, ...Object.values(within)].flat(),
    );
  }
  return { changed, leftOut };
}

/** What exists stays what it was opened as: only what comes after can overtake. */
const isAddition = ({ version }: CommitKey): boolean => version > 1;

/** Reads streams up to a position, each once. `read` throws TooMuch. */
function readerBefore(end: number, { commits, log }: ReplayDeps) {
  let left = OVERTAKEN_BYTES;
  const markersBefore = once(async (stream) =>
    (await log.streamMarkers(stream, Number.MAX_SAFE_INTEGER)).filter((marker) => lastPositionOf(marker) < end),
  );
  const read = once(load);
  async function load(stream: string): Promise<readonly OtherCommit[]> {
    const before = await markersBefore(stream);
    const positions = new Map(before.map((marker) => [marker.version, lastPositionOf(marker)]));
    const sealed: OtherCommit[] = [];
    for await (const commit of commits.readForwards(stream, 0, before.at(-1)?.version ?? 0)) {
      const bytes = commit.events.reduce((sum, event) => sum + Buffer.byteLength(event), 0);
      left -= bytes;
      if (left < 0) throw new TooMuch();
      const events = eventsOf(commit);
      const { version, requestHash, recordedAt } = commit;
      const position = positions.get(version) as number;
      sealed.push({
        stream,
        version,
        events,
        position,
        bytes,
        request: requestOf({ events, requestHash }),
        recordedAt,
      });
    }
    return sealed;
  }
  return { read, isAddedTo: async (stream: string) => (await markersBefore(stream)).some(isAddition) };
}

/** Reads each stream once. */
function once<Read>(readOne: (stream: string) => Promise<Read>): (stream: string) => Promise<Read> {
  const readings = new Map<string, Promise<Read>>();
  return (stream) => {
    const reading = readings.get(stream) ?? readOne(stream);
    readings.set(stream, reading);
    return reading;
  };
}
