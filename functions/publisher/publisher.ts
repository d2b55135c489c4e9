import type { Alarm } from '../runtime/alarms.ts';
import { answerBells, type BellDeps } from '../runtime/wake-up.ts';
import { isContradiction, type PublisherDeps, publish } from './publish.ts';
import { SealedEventAltered } from './write-objects.ts';

export interface HandlerDeps extends PublisherDeps, Pick<BellDeps, 'ring'> {
  readonly alarm: Alarm;
  /** Hands over the metrics of this invocation. */
  readonly flush: () => void;
}

/** Brings the published log to HEAD whenever its queue is rung. */
export function createPublisher(deps: HandlerDeps) {
  const { ring, clock, alarm, flush } = deps;

  function tell(error: unknown): void {
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

  return answerBells({ work: (deadline) => publish(deps, deadline), ring, clock, tell });
}
