import type { Alarm } from '../runtime/alarms.ts';
import { answerWakeUps, type WakeUpDeps } from '../runtime/wake-up.ts';
import { isContradiction, type PublisherDeps, publish } from './publish.ts';
import { SealedEventAltered } from './write-objects.ts';

export interface PublisherHandlerDeps extends PublisherDeps, Pick<WakeUpDeps, 'wakeAgain'> {
  readonly alarm: Alarm;
  /** Publishes the metrics of this invocation. */
  readonly flush: () => void;
}

/** Extends the published log to HEAD at each wake-up. */
export function createPublisher(deps: PublisherHandlerDeps) {
  const { wakeAgain, clock, alarm, flush } = deps;

  function report(error: unknown): void {
    const { message } = error as Error;
    if (isContradiction(error)) {
      alarm('HaltAlarm', `the log is halted: ${message}`, { error });
    } else if (error instanceof SealedEventAltered) {
      alarm('TamperAlarm', message, { error });
    } else {
      alarm('PublishingAlarm', `what is sealed could not be published: ${message}`, { error });
    }
    flush();
  }

  return answerWakeUps({ work: (deadline) => publish(deps, deadline), wakeAgain, clock, report });
}
