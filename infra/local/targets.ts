import { setTimeout as sleep } from 'node:timers/promises';
import type { Functions } from './functions.ts';
import type { Queues } from './queues.ts';
import type { Target } from './specs.ts';
import { printError } from './terminal.ts';

/** Sends an event, or the target's own input, where a rule or a schedule says. */
export type Deliver = (target: Target, event: object) => void;

/**
 * Queues keep what they are given before this returns. A function is invoked in the background and tried again as often
 * as its target says; what was under way when the registry ends is lost, which the schedules make up for.
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
        printError(`error: ${target.spec.name}: ${(error as Error).message}`);
        if (left === 0) return;
        await sleep(1000);
        await attempt(left - 1);
      }
    };
    void attempt(retries);
  };
}
