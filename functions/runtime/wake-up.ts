import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';

/**
 * What rings a queue: the bus, when something was sealed; the schedule, each minute; the function itself, when it is out
 * of time. None of them says what to do: the log does.
 */
const bell = z.object({ 'detail-type': z.enum(['log.sealed', 'Scheduled Event', 'work.continued']) });

function isBell(body: string): boolean {
  try {
    return bell.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

/** A function's own message to its queue. */
const ownBell = JSON.stringify({ 'detail-type': 'work.continued' });

/** `current`: everything up to the HEAD that was read after the call is done. `more`: the time was over before. */
export type Progress = 'current' | 'more';

export interface BellDeps {
  /** Goes on until `deadline`, in milliseconds since 1970. */
  readonly work: (deadline: number) => Promise<Progress>;
  /** Puts a message into the function's own queue. */
  readonly ring: (body: string) => Promise<unknown>;
  readonly clock: () => number;
  /** Tells whoever is woken that the work could not be done; the bell is rung again by its queue. */
  readonly tell: (error: unknown) => void;
}

/** Time that is left for the last write and the answer, in milliseconds. */
const RESERVE = 5_000;

/**
 * Answers the bell: whatever the messages say, the work is brought to HEAD. A message that is no bell fails, until the
 * queue puts it among the dead letters.
 */
export function answerBells({ work, ring, clock, tell }: BellDeps) {
  return async (
    { Records }: SQSEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const failed = new Set(Records.filter(({ body }) => !isBell(body)));
    try {
      if (failed.size < Records.length) {
        const deadline = clock() + context.getRemainingTimeInMillis() - RESERVE;
        if ((await work(deadline)) === 'more') await ring(ownBell);
      }
    } catch (error) {
      tell(error);
      for (const record of Records) failed.add(record);
    }
    return { batchItemFailures: [...failed].map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
