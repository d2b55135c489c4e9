import type { Tap } from './faults.ts';

/** Numbers from 0 to 1 that the seed alone decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const MAX_TURNS = 200_000;

/**
 * Lets concurrent tasks go on one at a time, in an order that the seed alone decides: a task waits for its turn before
 * each of its commands, so every interleaving of commands can come up, and comes up again under the same seed.
 */
export function createScheduler(random: () => number) {
  const waiting: (() => void)[] = [];
  const turn = () => new Promise<void>((resolve) => waiting.push(resolve));

  /** Until all tasks have ended; throws what one of them throws, and when they come to no end. */
  async function run(tasks: Promise<unknown>[]): Promise<void> {
    let open = tasks.length;
    const ended = Promise.all(tasks.map((task) => task.finally(() => (open -= 1))));
    ended.catch(() => {});
    for (let turns = 0; open > 0; turns += 1) {
      if (turns === MAX_TURNS) throw new Error(`no end after ${MAX_TURNS} turns`);
      // By then whoever could go on without a turn has gone as far as its next one.
      await new Promise(setImmediate);
      const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
      next?.();
    }
    await ended;
  }

  const tap: Tap = async (_, next) => {
    await turn();
    return next();
  };

  return { turn, run, tap };
}
