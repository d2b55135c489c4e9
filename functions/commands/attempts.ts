import { ProblemError } from '../shared/http/problem.ts';

/** How often a request is decided anew when others act on the same streams. */
export const ATTEMPTS = 8;

/** What is answered when all of these attempts were in vain. */
export function unsettled(throttled: boolean): ProblemError {
  const detail = throttled
    ? 'too much is written at the moment'
    : `others acted on the same records ${ATTEMPTS} times in a row`;
  return new ProblemError(throttled ? 'throttled' : 'conflict', detail, { headers: { 'Retry-After': '1' } });
}
