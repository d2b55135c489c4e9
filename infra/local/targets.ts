import { setTimeout as sleep } from 'node:timers/promises';
import type { Functions } from './functions.ts';
import type { Queues } from './queues.ts';
import type { Target } from './specs.ts';
import { printFailure } from './terminal.ts';

/** Sends an event, or the target's own input, to a target of a rule or a schedule. */
export type Deliver = (target: Target, event: object) => void;

/**
 * A message is in its queue when `deliver` returns. A function is invoked in the background, with as many retries as its
 * target says; an invocation that is running when the registry ends is lost, and a schedule makes up for it.
 */
export function createDeliver(queues: Queues, functions: Functions): Deliver {
  return ({ arn, input, retries }, event) => {
    if (queues.has(arn)) {
      queues.send(arn, input ?? JSON.stringify(event));
      return;
    }
    const target = functions.get(arn);
    if (!target) throw new Error(`the local run cannot deliver to ${arn}`);
    const payload = input === undefined ? event : JSON.parse(input);
    const attempt = async (left: number): Promise<void> => {
      try {
        await target.invokeAlone(payload);
      } catch (error) {
        printFailure(target.spec.name, error);
        if (left === 0) return;
        await sleep(1000);
        await attempt(left - 1);
      }
    };
    void attempt(retries);
  };
}
