import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';

/**
 * What rings a queue: the bus, when something was sealed; the schedule, each minute; the function itself, when it is out
 * of time. None of them says what to do: the log does.
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
const ownWakeUp = JSON.stringify({ 'detail-type': 'work.continued' });

/** `current`: everything up to the HEAD that was read after the call is done. `more`: the time was over before. */
export type WorkProgress = 'current' | 'more';

export interface WakeUpDeps {
  /** Goes on until `deadline`, in milliseconds since 1970. */
  readonly work: (deadline: number) => Promise<WorkProgress>;
  /** Puts a message into the function's own queue. */
  readonly wakeAgain: (body: string) => Promise<unknown>;
  readonly clock: () => number;
  /** Tells whoever is woken that the work could not be done; the bell is rung again by its queue. */
  readonly report: (error: unknown) => void;
}

/** Time that is left for the last write and the answer, in milliseconds. */
const RESERVE = 5_000;

/**
 * Answers the bell: whatever the messages say, the work is brought to HEAD. A message that is no bell fails, until the
 * queue puts it among the dead letters.
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
