import { packed } from '../../domain/values/lists.ts';
import type { Alarm } from '../runtime/alarms.ts';
import { type Backoff, retry } from '../runtime/backoff.ts';
import { type Commit, keyText } from '../stores/commits.ts';
import { type TableNames, whyNotContinued } from '../stores/log-items.ts';
import { MARKERS_PER_SEAL, stepOf } from '../stores/log-step.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Sealable } from '../stores/sealable.ts';
import { type Sources, sealingPlanOf } from './order.ts';

/** Nothing may be sealed: HEAD is halted, or names other tables. */
class SequencerRefuses extends Error {
  override readonly name = 'SequencerRefuses';
}

type Sealed = {
  events: number;
  /** Commits that have to be delivered again, as `keyText`; unreadable ones are not among them. */
  failed: Set<string>;
  /** The commits of the batch that have no position: failed ones, unreadable ones, and what follows these in their streams. */
  unsealed: readonly Partial<Commit>[];
};

export type Sealer = (batch: readonly Partial<Commit>[]) => Promise<Sealed>;

export type SealerDeps = {
  log: LogStore;
  commits: Sources['commits'];
  tables: TableNames;
  /** Milliseconds since 1970. */
  clock: () => number;
  backoff: Backoff;
  alarm: Alarm;
};

/** Attempts in a row without progress; afterwards the event source delivers the rest again. */
const ATTEMPTS = 8;

/**
 * A step takes as many commits as one transaction and one page hold: this leaves room below the 400 KB of an item (AWS
 * limit) for what the estimate does not count. The markers and a page stay far below the 4 MB of a transaction.
 */
const PAGE_BYTES = 350_000;

/**
 * Gives commits their positions. Each round reads HEAD, then the markers, then takes its steps on condition that HEAD
 * is still the one that was read: so nothing is sealed between reading and writing. The error of a failed step does not
 * tell whether the step was taken; the next round finds out from HEAD and markers.
 */
export function createSealer({ log, commits, tables, clock, backoff, alarm }: SealerDeps): Sealer {
  return async (batch) => {
    const done = new Set<string>();
    const unsealed = () => batch.filter((item) => !done.has(keyText(item as Commit)));
    const raise = once(alarm);
    let events = 0;

    async function round(): Promise<boolean> {
      let head = await log.readHead();
      const refusal = whyNotContinued(head, tables);
      if (refusal) throw new SequencerRefuses(refusal);
      const plan = await sealingPlanOf(unsealed(), { log, commits });
      for (const marker of plan.tampered) {
        raise('TamperAlarm', 'a sealed commit has changed', {
          ...marker,
          hash: Buffer.from(marker.hash).toString('hex'),
        });
      }
      for (const { stream, version, fault } of plan.unreadable) {
        raise('SealingAlarm', 'a commit cannot be sealed, its stream waits', { stream, version, fault });
      }
      for (const key of plan.done) done.add(key);
      for (const group of packed(plan.ready, MARKERS_PER_SEAL, { of: pageBytes, max: PAGE_BYTES })) {
        const step = stepOf(head, group, clock(), tables);
        await log.seal(step);
        head = step.head;
        events += step.page.leaves.length;
        for (const { commit } of group) done.add(keyText(commit));
      }
      return plan.more;
    }

    const rounds = async (): Promise<void> => {
      while (await round());
    };
    const isTransient = (error: unknown) => !(error instanceof SequencerRefuses);
    try {
      await retry(rounds, { attempts: ATTEMPTS, backoff, isTransient, progress: () => events });
      return { events, failed: new Set(), unsealed: unsealed() };
    } catch (error) {
      if (error instanceof SequencerRefuses) {
        alarm('SealingAlarm', error.message);
        throw error;
      }
      alarm('SealingAlarm', 'gave up sealing for now', { error });
      const left = unsealed();
      return { events, failed: new Set(left.map((item) => keyText(item as Commit))), unsealed: left };
    }
  };
}

/** What a commit takes in its page: its leaf hashes and its row (two numbers of ≤ 21 bytes, list overheads). */
const pageBytes = ({ commit, leaves }: Sealable): number =>
  32 * leaves.length + Buffer.byteLength(commit.stream) + Buffer.byteLength(commit.requestHash) + 64;

/** Raises the alarm once for each commit, however many rounds find it. */
function once(alarm: Alarm): Alarm {
  const raised = new Set<string>();
  return (name, message, details = {}) => {
    const key = `${name} ${details.stream}/${details.version}`;
    if (!raised.has(key)) alarm(name, message, details);
    raised.add(key);
  };
}
