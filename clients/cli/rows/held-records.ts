import { applyCommits, isRecordStream, type SealedRecord } from '../../../domain/projections/projection.ts';
import { goesOn, type PositionedCommit, type PositionedEvent, sealedEvents } from '../compare/fold.ts';
import { Failure } from '../usage.ts';

/** Records that are kept as they were folded last, because commits of one record tend to follow each other. */
const FOLDED_KEPT = 2000;

/** A commit of a record, as its events stand in the log. */
interface HeldCommit {
  readonly first: number;
  /** Position and version of its last event. */
  end: number;
  version: number;
  /** The events, as text because it takes a fraction of the memory. */
  readonly events: string[];
}

/** The commits of all records in sealed order, from which every record can be folded as of any of them. */
export function createHeldRecords() {
  const streams = new Map<string, HeldCommit[]>();
  const order: { readonly stream: string; readonly commit: HeldCommit }[] = [];
  const folded = new Map<string, SealedRecord>();
  let last: PositionedEvent | undefined;

  /** Takes the event of the next position. @throws Failure when it is not the one that is due in its stream */
  function add(event: PositionedEvent): void {
    const { subject: stream, position, streamversion, id } = event;
    const before = last;
    last = event;
    if (!isRecordStream(stream)) return;
    const commits = streams.get(stream) ?? [];
    const current = commits.at(-1);
    const due = (current?.version ?? 0) + 1;
    if (streamversion !== due || id !== `${stream}/${due}`) {
      throw new Failure(`FAULT at position ${position}: the log has ${id} there, where ${stream}/${due} is due.`);
    }
    if (current && before?.subject === stream && goesOn([before], event)) {
      current.events.push(JSON.stringify(event));
      current.end = position;
      current.version = streamversion;
      return;
    }
    const commit = { first: position, end: position, version: streamversion, events: [JSON.stringify(event)] };
    streams.set(stream, commits);
    commits.push(commit);
    order.push({ stream, commit });
  }

  /** The streams of the commits after the first `count`, as far as these end by a position, and the number of those. */
  function changedUpTo(
    count: number,
    position: number,
  ): { readonly changed: ReadonlySet<string>; readonly to: number } {
    const changed = new Set<string>();
    let to = count;
    for (let next = order[to]; next && next.commit.end <= position; next = order[to]) {
      changed.add(next.stream);
      to += 1;
    }
    return { changed, to };
  }

  /** The version of a record as of a position; 0 before its first commit. */
  const versionAt = (stream: string, position: number): number =>
    streams.get(stream)?.findLast(({ end }) => end <= position)?.version ?? 0;

  /** The record as of a version at which a commit ends. @throws when it cannot be folded */
  function recordAt(stream: string, version: number): SealedRecord | undefined {
    if (version === 0) return undefined;
    const commits = streams.get(stream) ?? [];
    if (!commits.some((commit) => commit.version === version)) {
      throw new Failure(`A statement has ${stream} at version ${version}, at which no commit ends.`);
    }
    const known = folded.get(stream);
    const from = known && known.record.version <= version ? known : undefined;
    const fresh = commits.filter((commit) => commit.version > (from?.record.version ?? 0) && commit.version <= version);
    const record = applyCommits(from, fresh.map(eventsOf).map(sealedEvents));
    folded.delete(stream);
    if (record) folded.set(stream, record);
    for (const oldest of folded.keys()) {
      if (folded.size <= FOLDED_KEPT) break;
      folded.delete(oldest);
    }
    return record;
  }

  return { add, changedUpTo, versionAt, recordAt };
}

export type HeldRecords = ReturnType<typeof createHeldRecords>;

const eventsOf = ({ events }: HeldCommit): PositionedCommit =>
  events.map((text) => JSON.parse(text) as PositionedEvent);
