import {
  applyCommits,
  isRecordStream,
  type SealedEvents,
  type SealedRecord,
} from '../../domain/projections/projection.ts';
import { slicesOf } from '../../domain/values/lists.ts';
import { errorOf, withPositions } from '../projector/known.ts';
import { type Commit, type Commits, keyText } from '../stores/commits.ts';
import { bytesOfEvents, eventsOf } from '../stores/event-store.ts';
import { lastPositionOf, type PageCommit } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';

export interface RecordsDeps {
  readonly log: Pick<LogStore, 'readPages' | 'streamMarkers'>;
  readonly commits: Pick<Commits, 'readCommits' | 'readForwards'>;
}

/** A record that commits of a span are about. */
export interface ChangedRecord {
  /** As of its last commit before the span; undefined where the span begins it. */
  readonly before: SealedRecord | undefined;
  readonly after: SealedRecord | undefined;
  /** Why it cannot be folded. */
  readonly fault?: Error;
}

/** What a span of the log changes. */
export interface ChangedRecords {
  /** Position of the last event of the span, which ends with a commit. */
  readonly position: number;
  readonly records: ReadonlyMap<string, ChangedRecord>;
}

export interface LogSpan {
  /** The first position that is not applied. */
  readonly from: number;
  /** The position after the last. */
  readonly to: number;
  readonly late: () => boolean;
}

/** Bounds what is held in memory at once. */
const COMMITS_PER_SPAN = 2_000;
const BYTES_PER_SPAN = 32_000_000;

/** Commits that are read at a time. */
const COMMITS_PER_READ = 50;

/**
 * Folds every record of a span of the log once: from `from` to the end of the log, or as far as the bounds allow. It ends
 * before `to` only after at least some commits. @throws where the log and the events table do not tell a commit
 */
export async function changedRecords(
  { log, commits }: RecordsDeps,
  known: ReadonlyMap<string, SealedRecord>,
  { from, to, late }: LogSpan,
): Promise<ChangedRecords> {
  const records = new Map<string, ChangedRecord>();
  let position = from - 1;
  let taken = 0;
  let bytes = 0;
  for await (const page of log.readPages(from, to)) {
    const ahead = page.commits.filter((commit) => commit.position >= from && commit.position < to);
    for (const slice of slicesOf(ahead, COMMITS_PER_READ)) {
      const read = await readSlice(slice);
      for (const [stream, own] of read) records.set(stream, extended(records.get(stream), own));
      position = Math.max(position, ...slice.map(lastPositionOf));
      taken += slice.length;
      if (taken >= COMMITS_PER_SPAN || bytes >= BYTES_PER_SPAN || late()) return { position, records };
    }
  }
  return { position, records };

  /** The commits of each record, and what there is of it before. */
  async function readSlice(slice: readonly PageCommit[]) {
    const ofRecords = slice.filter(({ stream }) => isRecordStream(stream));
    const [found, before] = await Promise.all([commits.readCommits(ofRecords), readBefore(ofRecords)]);
    const read = new Map<string, { before: ChangedRecord | undefined; commits: SealedEvents[] }>();
    for (const sealed of ofRecords) {
      const commit = found.get(keyText(sealed));
      if (!commit) throw new Error(`the events table does not have the commit ${keyText(sealed)}`);
      bytes += bytesOfEvents(commit.events);
      const own = read.get(sealed.stream) ?? { before: before.get(sealed.stream), commits: [] };
      own.commits.push(sealedEvents(commit, sealed.position));
      read.set(sealed.stream, own);
    }
    return read;
  }

  /** Records that the span has not met yet, as of the commit before it. */
  async function readBefore(slice: readonly PageCommit[]): Promise<Map<string, ChangedRecord>> {
    const firsts = new Map(slice.toReversed().map((commit) => [commit.stream, commit]));
    const missing = [...firsts.values()].filter(({ stream, version }) => version > 1 && !records.has(stream));
    const read = missing.map(async ({ stream, version }): Promise<[string, ChangedRecord]> => {
      const there = known.get(stream);
      if (there?.record.version === version - 1) return [stream, { before: there, after: there }];
      const [earlier, markers] = await Promise.all([
        Array.fromAsync(commits.readForwards(stream, 0, version - 1)),
        log.streamMarkers(stream, version - 1),
      ]);
      const events = withPositions(earlier, markers).map((one) => sealedEvents(one.commit, one.position));
      const { after, fault } = folded(undefined, events);
      return [stream, { before: after, after, ...(fault && { fault }) }];
    });
    return new Map(await Promise.all(read));
  }
}

const sealedEvents = (commit: Commit, position: number): SealedEvents => ({ events: eventsOf(commit), position });

function extended(
  there: ChangedRecord | undefined,
  { before, commits }: { readonly before: ChangedRecord | undefined; readonly commits: readonly SealedEvents[] },
): ChangedRecord {
  const was = there ?? before ?? { before: undefined, after: undefined };
  return was.fault ? was : { ...was, ...folded(was.after, commits) };
}

function folded(before: SealedRecord | undefined, commits: readonly SealedEvents[]) {
  try {
    return { after: applyCommits(before, commits) };
  } catch (thrown) {
    return { after: undefined, fault: errorOf(thrown) };
  }
}
