import { createSealer, type SealerDeps } from '../sequencer/seal.ts';
import { type Commits, keyText } from '../stores/commits.ts';
import type { ShowProgress } from './progress.ts';

/** Commits in one slice of the events table. */
const SLICE = 250;

export interface UnsealedDeps extends Omit<SealerDeps, 'alarm' | 'commits'> {
  readonly commits: SealerDeps['commits'] & Pick<Commits, 'scanCommits'>;
  readonly progress: ShowProgress;
}

async function* slices({ commits, progress }: UnsealedDeps, doing: string) {
  let cursor: Parameters<Commits['scanCommits']>[0];
  let done = 0;
  do {
    const found = await commits.scanCommits(cursor, SLICE);
    yield found.commits;
    done += found.commits.length;
    progress(doing, done);
    cursor = found.cursor;
  } while (cursor);
}

/** The number of commits without a marker. While the registry is in use, the newest commits are among them. */
export async function countUnsealed(deps: UnsealedDeps): Promise<number> {
  let count = 0;
  for await (const slice of slices(deps, 'looking for commits without a position')) {
    const markers = await deps.log.markers(slice);
    count += slice.filter((commit) => !markers.has(keyText(commit))).length;
  }
  return count;
}

/**
 * Seals every commit without a marker, as the sequencer does; returns the number of events, and what cannot be sealed.
 */
export async function sealAll(deps: UnsealedDeps): Promise<{ events: number; faults: string[] }> {
  const faults = new Set<string>();
  const seal = createSealer({
    ...deps,
    alarm: (_, message, { stream, version, fault, error } = {}) => {
      const key = stream === undefined ? '' : `${stream}/${version}: `;
      const why = fault ?? (error as Error | undefined)?.message;
      faults.add(`${key}${message}${why === undefined ? '' : ` (${why})`}`);
    },
  });
  let sealed = 0;
  for await (const slice of slices(deps, 'sealing commits without a position')) {
    const { events, failed } = await seal(slice);
    sealed += events;
    for (const key of failed) faults.add(`${key}: it could not be sealed now`);
  }
  return { events: sealed, faults: [...faults] };
}
