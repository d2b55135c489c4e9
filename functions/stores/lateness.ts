import type { HealthState } from '../../domain/answers/audit.ts';
import type { Head } from './log-items.ts';
import type { LogStore } from './log-store.ts';
import type { ViewCheckpoint } from './view-items.ts';

/** What waits for more seconds is late: the schedules, which make up for what was lost, run each minute. */
const LATE_SECONDS = 120;

export const lateAfter = (age: number): HealthState => (age > LATE_SECONDS ? 'late' : 'ok');

/** Whole seconds from an instant until `now` (milliseconds since 1970). */
export const secondsSince = (instant: string, now: number): number =>
  Math.max(0, Math.floor((now - Date.parse(instant)) / 1000));

/** What a read model has not applied. */
export interface Backlog {
  /** How many events. */
  readonly lag: number;
  /** For how many seconds the oldest of them has been sealed; 0 when there is none. */
  readonly age: number;
}

/** The checkpoint is read before HEAD, which only grows. */
export async function backlogOf(
  { position }: ViewCheckpoint,
  head: Head | undefined,
  { log, clock }: { readonly log: Pick<LogStore, 'pageAt'>; readonly clock: () => number },
): Promise<Backlog> {
  const lag = Math.max(0, (head?.size ?? 0) - 1 - position);
  const page = lag > 0 ? await log.pageAt(position + 1) : undefined;
  return { lag, age: page ? secondsSince(page.sealedAt, clock()) : 0 };
}

export const readModelState = ({ stopped, closed }: ViewCheckpoint, { age }: Backlog): HealthState =>
  stopped || closed ? 'stopped' : lateAfter(age);
