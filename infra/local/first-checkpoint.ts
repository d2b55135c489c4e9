import { setTimeout as sleep } from 'node:timers/promises';

const EVERY = 50;
/** A log that is halted, or whose publisher fails, gets no checkpoint: the registry starts all the same. */
const ATTEMPTS = 200;

/** Resolves when a checkpoint is published, if only that of an empty log; gives up after a while, and at `signal`. */
export async function untilPublished(url: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt += 1) {
    const { ok } = await fetch(`${url}/checkpoint`);
    if (ok) return;
    await sleep(EVERY);
  }
}
