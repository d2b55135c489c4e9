import type { Summary } from '../../domain/answers/record.ts';
import { OVERTAKEN_BYTES, OVERTAKEN_RECORDS } from '../../domain/bounds.ts';
import type { ReadEvent } from '../../domain/kernel/event.ts';
import { isRecordStream } from '../../domain/projections/projection.ts';
import { referencesIn } from '../../domain/values/ids.ts';
import { slicesOf } from '../../domain/values/lists.ts';
import type { CommitKey } from '../stores/commits.ts';
import { bytesOfEvents, eventsOf, MAX_EVENT_BYTES } from '../stores/event-store.ts';
import { lastPositionOf } from '../stores/log-items.ts';
import type { ReplayDeps, ReplayedCommit } from './replay.ts';
import { attempted } from './set-aside.ts';

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
 * looked at, being too many or, together, larger than one answer reads. Rows tell to which nothing was added, and of these
 * nothing is read.
 */
export async function readAround(id: string, own: readonly ReplayedCommit[], { summaries, ...deps }: AroundDeps) {
  const { changed, leftOut } = await changedAround(id, own, summaries);
  const { read, readOf, sizeOf, certainToFit } = readerBefore(own.at(-1)?.position ?? 0, deps);
  const sizes: Size[] = [];
  for (const some of slicesOf(changed, READ_AT_ONCE)) {
    sizes.push(...(await Promise.all(some.map(sizeOf))));
  }
  // So that who fills one record keeps few others from being read.
  const smallestFirst = sizes
    .filter(({ events }) => events > 0)
    .sort((one, other) => one.events - other.events || (one.stream < other.stream ? -1 : 1));
  const added: OtherCommit[] = [];
  for (let at = 0; at < smallestFirst.length; ) {
    const some = smallestFirst.slice(at, at + certainToFit(smallestFirst.slice(at, at + READ_AT_ONCE)));
    at += some.length;
    const streams = await Promise.all(some.map(({ stream }) => attempted(() => readOf(stream))));
    for (const [index, commits] of streams.entries()) {
      if (commits) added.push(...commits.filter(isAddition));
      else leftOut.add((some[index] as Size).stream);
    }
  }
  return { added, leftOut, read };
}

/**
 * Whether what others have done may have overtaken an event. Evidence by a stranger takes no right, and no rule looks at
 * the records that evidence names but whether they exist.
 */
export const restsOnOthers = ({ type, data }: ReadEvent): boolean =>
  !(type.endsWith('.evidence-added') && data.speaksAs === 'other');

/** The records that an event names, but for those that only its evidence does. */
export const namedBy = ({ data, onbehalfof }: ReadEvent): string[] =>
  referencesIn([{ ...data, evidence: undefined }, onbehalfof]).map(({ id }) => id);

/** The records that these events name, with what these happened at, belong to, or were merged into. */
async function changedAround(id: string, own: readonly ReplayedCommit[], summaries: AroundDeps['summaries']) {
  const seen = new Set([id]);
  const leftOut = new Set<string>();
  const changed: string[] = [];
  const named = own.flatMap(({ events }) => events.filter(restsOnOthers).flatMap(namedBy));
  for (let next = named; next.length > 0; ) {
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

/** The part of the bytes that is kept for what decisions read besides: appointments, and records as they were opened. */
const KEPT = OVERTAKEN_BYTES / 4;

/** Reads streams up to a position, each once. Reading throws TooMuch. */
function readerBefore(end: number, { commits, log }: ReplayDeps) {
  const left = { around: OVERTAKEN_BYTES - KEPT, besides: KEPT };
  const markersBefore = once(async (stream: string) =>
    (await log.streamMarkers(stream, Number.MAX_SAFE_INTEGER)).filter((marker) => lastPositionOf(marker) < end),
  );
  const read = once(load);
  async function load(stream: string, part: keyof typeof left): Promise<readonly OtherCommit[]> {
    const before = await markersBefore(stream);
    const positions = new Map(before.map((marker) => [marker.version, lastPositionOf(marker)]));
    const sealed: OtherCommit[] = [];
    if (left[part] < 0) throw new TooMuch();
    for await (const commit of commits.readForwards(stream, 0, before.at(-1)?.version ?? 0)) {
      const bytes = bytesOfEvents(commit.events);
      left[part] -= bytes;
      if (left[part] < 0) throw new TooMuch();
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
  async function sizeOf(stream: string): Promise<Size> {
    const last = (await markersBefore(stream)).at(-1);
    return { stream, events: last && isAddition(last) ? last.version + last.count - 1 : 0 };
  }
  /** How many of these, but at least one, can be read at once: which ones are left out is no matter of which comes first. */
  const certainToFit = (sizes: readonly Size[]): number => {
    const most = Math.max(...sizes.map(({ events }) => events)) * MAX_EVENT_BYTES;
    return Math.max(1, Math.min(sizes.length, Math.floor(left.around / most)));
  };
  return {
    read: (stream: string) => read(stream, 'besides'),
    readOf: (stream: string) => read(stream, 'around'),
    sizeOf,
    certainToFit,
  };
}

interface Size {
  readonly stream: string;
  /** As many as it had by then; 0 where nothing was added. */
  readonly events: number;
}

/** Reads each stream once, however it is asked for. */
function once<How extends unknown[], Read>(readOne: (stream: string, ...how: How) => Promise<Read>) {
  const readings = new Map<string, Promise<Read>>();
  return (stream: string, ...how: How): Promise<Read> => {
    const reading = readings.get(stream) ?? readOne(stream, ...how);
    readings.set(stream, reading);
    return reading;
  };
}
