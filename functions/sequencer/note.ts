import type { Alarm } from '../runtime/alarms.ts';
import { type Commit, type Commits, keyText } from '../stores/commits.ts';
import type { SealingNote } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import { mayHaveMarker } from './order.ts';

export type NoteDeps = {
  log: Pick<LogStore, 'sealingNote' | 'putSealingNote' | 'markers'>;
  commits: Pick<Commits, 'readCommits'>;
  /** Milliseconds since 1970. */
  clock: () => number;
  alarm: Alarm;
};

type Oldest = NonNullable<SealingNote['oldest']>;

/**
 * Notes the oldest commit that is known to have no position. The one noted before stays until it is sealed or gone: of a
 * large table, the sweep meets it again only after it has read all the rest. Only the schedule says when it ran.
 */
export function createNote({ log, commits, clock, alarm }: NoteDeps) {
  /** The noted commit, while it stands in the events table. */
  async function stillThere(oldest: Oldest | undefined): Promise<Oldest[]> {
    if (!oldest) return [];
    return (await commits.readCommits([oldest])).has(keyText(oldest)) ? [oldest] : [];
  }

  async function note(unsealed: readonly Partial<Commit>[], ranAt?: string): Promise<void> {
    const now = new Date(clock()).toISOString();
    const before = await log.sealingNote();
    const known = [...(await stillThere(before?.oldest)), ...unsealed.flatMap((commit) => waitingOf(commit, now))];
    const markers = await log.markers(known);
    const waiting = known.filter((commit) => !markers.has(keyText(commit)));
    const [oldest] = waiting.sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1));
    await log.putSealingNote({ checkedAt: ranAt ?? before?.checkedAt ?? now, ...(oldest && { oldest }) });
  }

  /** Never throws: whether sealing is watched must not decide whether it succeeds. */
  const noting = async (...what: Parameters<typeof note>): Promise<void> => {
    try {
      await note(...what);
    } catch (error) {
      alarm('SealingAlarm', 'what waits for its position could not be noted', { error });
    }
  };

  return {
    ofStream: async (unsealed: readonly Partial<Commit>[]) => unsealed.length > 0 && noting(unsealed),
    ofSchedule: (unsealed: readonly Partial<Commit>[]) => noting(unsealed, new Date(clock()).toISOString()),
  };
}

/** An item with no time of its own waits from now on; one that can never have a position waits for nothing. */
function waitingOf({ stream, version, recordedAt }: Partial<Commit>, now: string): Oldest[] {
  const key = { stream: String(stream), version: Number(version) };
  return mayHaveMarker(key) ? [{ ...key, recordedAt: isInstant(recordedAt) ? recordedAt : now }] : [];
}

const isInstant = (value: unknown): value is string => typeof value === 'string' && !Number.isNaN(Date.parse(value));
