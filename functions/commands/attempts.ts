import type { Backoff } from '../runtime/backoff.ts';
import type { Commit } from '../stores/commits.ts';
import type { EventStore } from '../stores/event-store.ts';
import { TooMuchRead } from '../stores/unit-of-work.ts';
import type { Execution } from './earlier-outcome.ts';
import type { Rejection } from './rejection.ts';

/** How often a request is decided when other requests write to the same streams. */
const ATTEMPTS = 8;

/** An answer that needs no write, or what is to be written with the answer that follows. */
export type LandingAttempt =
  | Execution
  | Rejection
  | { readonly write: Parameters<EventStore['append']>; answered(commits: readonly Commit[]): Execution };

function tooMuchRead(error: unknown): Rejection {
  if (!(error instanceof TooMuchRead)) throw error;
  return { rejected: 'request', rule: 'cap-read-bytes', detail: error.message };
}

/**
 * Decides and lands a request. A request that loses a race against another commit is decided again. A dry run writes
 * nothing.
 */
export async function landWithRetry(
  attempt: () => Promise<LandingAttempt>,
  { dryRun, store, pause }: { readonly dryRun: boolean; readonly store: EventStore; readonly pause: Backoff },
): Promise<Execution | Rejection> {
  let throttled = false;
  for (let tried = 1; tried <= ATTEMPTS; tried++) {
    const decided = await attempt().catch(tooMuchRead);
    if (!('write' in decided)) return decided;
    const result = dryRun ? store.rehearse(...decided.write) : await store.append(...decided.write);
    if (result.outcome === 'appended') return decided.answered(result.commits);
    if (result.outcome === 'cap') return { rejected: 'request', rule: result.rule, detail: result.detail };
    throttled = result.outcome === 'throttled';
    await pause(tried);
  }
  return throttled
    ? { rejected: 'busy', rule: 'throttled', detail: 'too much is written at the moment' }
    : { rejected: 'busy', rule: 'conflict', detail: `others acted on the same records ${ATTEMPTS} times in a row` };
}
