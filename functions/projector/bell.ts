import * as z from 'zod';

/**
 * What rings a projector's queue: the bus, when something was sealed; the schedule, each minute; the projector itself,
 * when it is out of time. None of them says what to do: the log does.
 */
const bell = z.object({ 'detail-type': z.enum(['log.sealed', 'Scheduled Event', 'projection.continued']) });

export function isBell(body: string): boolean {
  try {
    return bell.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

/** The projector's own message to its queue. */
export const ownBell = JSON.stringify({ 'detail-type': 'projection.continued' });
