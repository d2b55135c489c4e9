import type { Entry } from './entries.ts';
import type { SubmitAnswer } from './send.ts';

/** Sends a command under the how-manieth key of its content; or asks what such a request would be answered. */
export type Try = (entry: Entry, number: number, isDryRun: boolean) => Promise<SubmitAnswer>;

const isThere = (answer: SubmitAnswer): boolean => answer.ok && answer.replayed;
const isOther = (answer: SubmitAnswer): boolean => !answer.ok && answer.rule === 'key-reused';

/**
 * Commands of one file that say the same beside free text, and so differ in the number of their key alone. The numbers of
 * those that are recorded have no gap. Their order is that of the first run, whatever the order of the lines is now.
 */
export function createEqualLines(send: Try) {
  /** The numbers that are those of lines of this run; and those under which something else is recorded. */
  const own = new Set<number>();
  const others = new Set<number>();
  const found = new Map<Entry, SubmitAnswer>();
  let turn: Promise<unknown> = Promise.resolve();

  /** The lowest number of which nothing is known. */
  function open(): number {
    let number = 1;
    while (own.has(number) || others.has(number)) number += 1;
    return number;
  }

  async function attempt(entry: Entry, isDryRun: boolean): Promise<SubmitAnswer> {
    const number = open();
    const answer = await send(entry, number, isDryRun);
    if (answer.ok) own.add(number);
    if (isOther(answer)) others.add(number);
    return answer;
  }

  /** Finds out which of what is recorded each of the lines is. */
  async function match(entries: readonly Entry[]): Promise<void> {
    const [first] = entries;
    if (!first) return;
    for (let last: SubmitAnswer | undefined; !last || isOther(last) || isThere(last); ) {
      const number = open();
      last = await send(first, number, true);
      if (isOther(last)) others.add(number);
      if (isThere(last)) keep(first, number, last);
    }
    for (const entry of entries) {
      for (const number of [...others]) {
        if (found.has(entry)) break;
        const answer = await send(entry, number, true);
        if (isThere(answer)) keep(entry, number, answer);
      }
    }
  }

  function keep(entry: Entry, number: number, answer: SubmitAnswer): void {
    others.delete(number);
    own.add(number);
    found.set(entry, answer);
  }

  /**
   * The answer to a command. `rest` are it and the others that have none yet. It is refused as long as something is recorded
   * that none of the lines is: it may be this one, with other words.
   */
  async function submit(entry: Entry, rest: () => readonly Entry[], isDryRun: boolean): Promise<SubmitAnswer> {
    const known = found.get(entry);
    if (known) return known;
    if (others.size === 0) {
      const answer = await attempt(entry, isDryRun);
      if (!isOther(answer)) return answer;
      await match(rest());
      const matched = found.get(entry);
      if (matched) return matched;
      if (others.size > 0) return answer;
      return attempt(entry, isDryRun);
    }
    // What was looked for before could not be found; only what is sent now may still be it.
    for (const number of [...others]) {
      const answer = await send(entry, number, true);
      if (isThere(answer)) {
        keep(entry, number, answer);
        return answer;
      }
    }
    return others.size > 0 ? send(entry, Math.min(...others), true) : attempt(entry, isDryRun);
  }

  return {
    submit(entry: Entry, rest: () => readonly Entry[], isDryRun: boolean): Promise<SubmitAnswer> {
      const answer = turn.then(() => submit(entry, rest, isDryRun));
      turn = answer.catch(() => {});
      return answer;
    },
  };
}
