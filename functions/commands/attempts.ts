import { ProblemError } from '../http/problem.ts';
import type { Backoff } from '../runtime/backoff.ts';
import type { Commit } from '../stores/commits.ts';
import type { EventStore } from '../stores/event-store.ts';
import type { Execution } from './earlier-outcome.ts';

/** How often a request is decided anew when others act on the same streams. */
const ATTEMPTS = 8;

/** An answer that needs no write, or what is to be written with the answer that follows. */
export type LandingAttempt =
  | Execution
  | { readonly write: Parameters<EventStore['append']>; answered(commits: readonly Commit[]): Execution };

/**
 * Decides and lands a request: whoever loses a race against another commit decides again. A dry run writes nothing.
 * @throws ProblemError when it exceeds a cap, or when all attempts were in vain (409, 429).
 */
export async function landWithRetry(
  attempt: () => Promise<LandingAttempt>,
  { dryRun, store, pause }: { readonly dryRun: boolean; readonly store: EventStore; readonly pause: Backoff },
): Promise<Execution> {
  let throttled = false;
  for (let tried = 1; tried <= ATTEMPTS; tried++) {
    const decided = await attempt();
    if (!('write' in decided)) return decided;
    const result = dryRun ? store.rehearse(...decided.write) : await store.append(...decided.write);
    if (result.outcome === 'appended') return decided.answered(result.commits);
    if (result.outcome === 'cap') throw new ProblemError(result.rule, result.detail);
    throttled = result.outcome === 'throttled';
    await pause(tried);
  }
  const detail = throttled
    ? 'too much is written at the moment'
    : `others acted on the same records ${ATTEMPTS} times in a row`;
  throw new ProblemError(throttled ? 'throttled' : 'conflict', detail, { headers: { 'Retry-After': '1' } });
}
