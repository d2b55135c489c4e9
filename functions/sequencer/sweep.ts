import type { Commit, Commits } from '../stores/commits.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Sealer } from './seal.ts';

export type SweepDeps = {
  log: Pick<LogStore, 'scanCursor' | 'moveScanCursor'>;
  commits: Pick<Commits, 'scanCommits'>;
  seal: Sealer;
  clock: () => number;
  /** Commits in one slice. */
  slice?: number;
  /** Slices in one sweep, at most: bounds the cost of reading. */
  slices?: number;
  /** How long one sweep may take, in milliseconds. */
  budget?: number;
};

/**
 * Scans the events table slice by slice, over and over, for commits that the stream did not deliver (it forgets them
 * after 24 h), and seals them. The cursor moves only after its slice is sealed. A sweep ends with the table, so a small
 * registry is scanned once a minute. What it finds and cannot seal it adds to `unsealed`.
 */
export function createSweep({ log, commits, seal, clock, slice = 250, slices = 8, budget = 10_000 }: SweepDeps) {
  return async (unsealed: Partial<Commit>[]): Promise<void> => {
    const deadline = clock() + budget;
    let cursor = await log.scanCursor();
    for (let done = 0; done < slices && clock() < deadline; done += 1) {
      const found = await commits.scanCommits(cursor, slice);
      const { failed, unsealed: left } = await seal(found.commits);
      unsealed.push(...left);
      if (failed.size > 0) return;
      cursor = found.cursor;
      await log.moveScanCursor(cursor);
      if (!cursor) return;
    }
  };
}
