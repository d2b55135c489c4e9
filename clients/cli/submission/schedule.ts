import type { Entry } from './entries.ts';
import type { Order } from './order.ts';

/** Requests that are under way at the same time. */
const WIDTH = 8;

/** What `run` says: the command has its outcome, or it is to be sent again when all those before it have theirs. */
export type LineStep = 'done' | 'again';

/**
 * Runs all commands, each after those that it has to follow. One that was refused while earlier ones were under way is sent
 * again after them, since they may be what it needs. Ends early when `isStopped`: then some have not been run.
 */
export async function runInOrder(
  order: Order,
  run: (entry: Entry, isLast: boolean) => Promise<LineStep>,
  isStopped: () => boolean,
): Promise<void> {
  const { entries } = order;
  const places = new Map(entries.map((entry, place) => [entry, place]));
  const placeOf = (entry: Entry): number => places.get(entry) ?? 0;
  const left = new Map(entries.map((entry) => [entry, order.after(entry).length]));
  const next = new Map<Entry, Entry[]>(entries.map((entry) => [entry, []]));
  for (const entry of entries) for (const one of order.after(entry)) next.get(one)?.push(entry);
  const ready = entries.filter((entry) => left.get(entry) === 0);
  const again: Entry[] = [];
  const settled = new Set<Entry>();
  /** How many of the first have their outcome. */
  let whole = 0;

  async function start(entry: Entry): Promise<void> {
    const step = await run(entry, placeOf(entry) === whole);
    if (step === 'again') {
      again.push(entry);
      return;
    }
    settled.add(entry);
    while (settled.has(entries[whole] as Entry)) whole += 1;
    for (const one of next.get(entry) ?? []) {
      const count = (left.get(one) ?? 0) - 1;
      left.set(one, count);
      if (count === 0) ready.push(one);
    }
  }

  function takeAgain(): Entry | undefined {
    again.sort((one, other) => placeOf(one) - placeOf(other));
    return again.shift();
  }

  const underWay = new Set<Promise<void>>();
  for (let at = 0; ; ) {
    while (underWay.size < WIDTH && !isStopped()) {
      const entry = ready[at] ?? (underWay.size === 0 ? takeAgain() : undefined);
      if (!entry) break;
      if (entry === ready[at]) at += 1;
      const task: Promise<void> = start(entry).finally(() => underWay.delete(task));
      underWay.add(task);
    }
    if (underWay.size === 0) return;
    await Promise.race(underWay);
  }
}
