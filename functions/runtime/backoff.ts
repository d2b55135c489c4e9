import { setTimeout as sleepFor } from 'node:timers/promises';

/** Waits before the next attempt; `attempt` counts those that failed, from 1. */
export type Backoff = (attempt: number) => Promise<void>;

export type BackoffOptions = {
  /** Milliseconds before the second attempt, at most; doubles from there … */
  base?: number;
  /** … up to this. */
  cap?: number;
  random?: () => number;
  sleep?: (milliseconds: number) => Promise<unknown>;
};

/** Exponential back-off with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
export function fullJitter({
  base = 20,
  cap = 1000,
  random = Math.random,
  sleep = sleepFor,
}: BackoffOptions = {}): Backoff {
  return async (attempt) => {
    await sleep(random() * Math.min(cap, base * 2 ** (attempt - 1)));
  };
}
