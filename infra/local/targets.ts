import { setTimeout as sleep } from 'node:timers/promises';
import type { Functions, LoadedFunction } from './functions.ts';
import type { Queues } from './queues.ts';
import type { Target } from './specs.ts';
import { printError } from './terminal.ts';

/** Sends an event, or the target's own input, where a rule or a schedule says. */
export type Deliver = (target: Target, event: object) => void;

/**
 * Queues keep what they are given before this returns. A function is invoked in the background and tried again as often
 * as its target says; when the registry ends, what is under way is finished and not tried again, which the schedules make up
 * for.
 */
export function createDeliver(queues: Queues, functions: Functions): { deliver: Deliver; stop(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function attempt(target: LoadedFunction, payload: object, left: number): Promise<void> {
    try {
      await target.invokeAlone(payload);
    } catch (error) {
      printError(`error: ${target.spec.name}: ${(error as Error).message}`);
      if (left === 0) return;
      await sleep(1000, undefined, { signal: stopping.signal }).catch(() => {});
      if (!stopping.signal.aborted) await attempt(target, payload, left - 1);
    }
  }

  function deliver({ arn, input, retries }: Target, event: object): void {
    if (queues.has(arn)) {
      queues.send(arn, input ?? JSON.stringify(event));
      return;
    }
    const target = functions.get(arn);
    if (!target) throw new Error(`the local run cannot deliver to ${arn}`);
    const attempts = attempt(target, input === undefined ? event : JSON.parse(input), retries);
    underWay.add(attempts);
    void attempts.finally(() => underWay.delete(attempts));
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await Promise.all(underWay);
  }

  return { deliver, stop };
}
