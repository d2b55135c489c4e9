import { setTimeout as sleep } from 'node:timers/promises';
import type { Functions, LoadedFunction } from './functions.ts';
import type { Queues } from './queues.ts';
import type { Target } from './specs.ts';
import { printFailure } from './terminal.ts';

/** Sends an event, or the target's own input, to a target of a rule or a schedule. */
export type Deliver = (target: Target, event: object) => void;

/**
 * A message is in its queue when `deliver` returns. A function is invoked in the background, with as many retries as its
 * target says; `stop` waits for invocations that are running and retries none, and a schedule makes up for those.
 */
export function createDeliver(queues: Queues, functions: Functions): { deliver: Deliver; stop(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function attempt(target: LoadedFunction, payload: object, left: number): Promise<void> {
    try {
      await target.invokeAlone(payload);
    } catch (error) {
      printFailure(target.spec.name, error);
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
