import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';

/**
 * A message that wakes a function through its queue: from the bus, when something was sealed; from the schedule, every
 * minute; from the function itself, when its time is over. It does not say what to do: the log does.
 */
const wakeUp = z.object({ 'detail-type': z.enum(['log.sealed', 'Scheduled Event', 'work.continued']) });

function isWakeUp(body: string): boolean {
  try {
    return wakeUp.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

/** A function's own message to its queue. */
export const ownWakeUp = JSON.stringify({ 'detail-type': 'work.continued' });

/** `current`: everything up to a HEAD that was read after the call is done. `more`: the deadline was reached before. */
export type WorkProgress = 'current' | 'more';

export interface WakeUpDeps {
  /** Works until `deadline`, in milliseconds since 1970. */
  readonly work: (deadline: number) => Promise<WorkProgress>;
  /** Puts a message into the function's own queue. */
  readonly wakeAgain: (body: string) => Promise<unknown>;
  readonly clock: () => number;
  /** Reports that the work failed; the queue delivers the message again. */
  readonly report: (error: unknown) => void;
}

/** Time reserved for the last write and the answer, in milliseconds. */
const RESERVE = 5_000;

/**
 * Handles wake-ups: whatever the messages say, the work is brought to HEAD. Any other message fails, until the queue
 * moves it to its dead letters.
 */
export function answerWakeUps({ work, wakeAgain, clock, report }: WakeUpDeps) {
  return async (
    { Records }: SQSEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const failed = new Set(Records.filter(({ body }) => !isWakeUp(body)));
    try {
      if (failed.size < Records.length) {
        const deadline = clock() + context.getRemainingTimeInMillis() - RESERVE;
        if ((await work(deadline)) === 'more') await wakeAgain(ownWakeUp);
      }
    } catch (error) {
      report(error);
      for (const record of Records) failed.add(record);
    }
    return { batchItemFailures: [...failed].map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
