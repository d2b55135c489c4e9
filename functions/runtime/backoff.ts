import { setTimeout as sleepFor } from 'node:timers/promises';

/** Waits before the next attempt; `attempt` counts those that failed, from 1. */
export type Backoff = (attempt: number) => Promise<unknown>;

export type BackoffOptions = {
  /** Milliseconds before the second attempt, at most; doubles from there … */
  base?: number;
  /** … up to this. */
  cap?: number;
  random?: () => number;
  sleep?: (milliseconds: number) => Promise<unknown>;
};

/** Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
export function fullJitter({
  base = 20,
  cap = 1000,
  random = Math.random,
  sleep = sleepFor,
}: BackoffOptions = {}): Backoff {
  return (attempt) => sleep(random() * Math.min(cap, base * 2 ** (attempt - 1)));
}

/** An attempt failed in a way that the next one may overcome: a lost race, or work that was done in part. */
export class RetryableError extends Error {
  override readonly name: string = 'RetryableError';
}

interface RetryOptions {
  /** Attempts in a row that fail without progress, at most. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Whether the next attempt may overcome an error: by default a `RetryableError`. */
  readonly isTransient?: (error: unknown) => boolean;
  /** A measure that grows with what is done. An attempt that fails after it grew is counted as the first. */
  readonly progress?: () => number;
}

const isRetryable = (error: unknown): boolean => error instanceof RetryableError;

/** The result of the first attempt that succeeds; `number` counts attempts from 1. @throws the last attempt's error */
export async function retry<Result>(
  attempt: (number: number) => Promise<Result>,
  { attempts, backoff, isTransient = isRetryable, progress = () => 0 }: RetryOptions,
): Promise<Result> {
  for (let failed = 0; ; ) {
    const before = progress();
    try {
      return await attempt(failed + 1);
    } catch (error) {
      failed = progress() > before ? 1 : failed + 1;
      if (failed >= attempts || !isTransient(error)) throw error;
      await backoff(failed);
    }
  }
}
