import type { RegistryEvent } from '../../domain/kernel/event.ts';
import type { Warning } from '../../domain/kernel/refusal.ts';
import { submissionStream } from '../runtime/ids.ts';
import type { Commit } from '../stores/commits.ts';
import type { EventStore } from '../stores/event-store.ts';
import { eventsOf } from '../stores/event-store.ts';
import type { UnitOfWork } from '../stores/unit-of-work.ts';
import type { Submission } from './submission.ts';

/** What one command caused: some events of one commit. */
export interface CommandOutcome {
  readonly commit: Commit;
  /** The first of its events in the commit, and how many. */
  readonly offset: number;
  readonly count: number;
}

/** The outcome of a request that landed, now or earlier. */
export interface Execution {
  /** The submission as it was decided. */
  readonly submission?: Submission;
  readonly replayed: boolean;
  /** One for each command, in order. */
  readonly outcomes: readonly CommandOutcome[];
  /** The warnings of each command, in order. */
  readonly warnings: readonly (readonly Warning[])[];
}

/** Finds a command's events in the commits that were just written. */
export const unsealed =
  (commits: readonly Commit[]) =>
  (events: readonly RegistryEvent[]): CommandOutcome => {
    const [first] = events;
    const commit = commits.find(({ stream }) => stream === first?.subject);
    if (!first || !commit) throw new Error('a command causes at least one event');
    return { commit, offset: first.streamversion - commit.version, count: events.length };
  };

/** The commit that an earlier try of a request has left, and what each of its commands has caused. */
export interface EarlierTry {
  readonly commit: Commit;
  readonly outcomes: readonly CommandOutcome[];
}

/**
 * The first step of every command: what an earlier try of a request of the same key has caused, if one has landed. A merge
 * may have led it to any of the `candidates`.
 */
export async function findEarlierTry(
  submission: Submission,
  {
    unit,
    store,
    candidates,
  }: { readonly unit: UnitOfWork; readonly store: EventStore; readonly candidates: readonly string[] },
): Promise<EarlierTry | undefined> {
  const [item] = submission.items;
  if (!item) return undefined;
  const streams = submission.together ? [submissionStream(submission.commandId)] : [item.id, ...candidates];
  const commit = await findEarlierCommit(streams, submission, unit);
  if (!commit) return undefined;
  return { commit, outcomes: submission.together ? await earlierOutcomesOf(commit, store) : [wholeOf(commit)] };
}

/** All that a commit holds. */
export const wholeOf = (commit: Commit): CommandOutcome => ({ commit, offset: 0, count: commit.events.length });

/** The commit that a request of the same key has left in these streams. */
export async function findEarlierCommit(
  streams: readonly string[],
  { commandId }: Pick<Submission, 'commandId'>,
  unit: UnitOfWork,
): Promise<Commit | undefined> {
  await unit.read(streams);
  return streams.flatMap(unit.commits).find((commit) => commit.commandId === commandId);
}

type Accepted = RegistryEvent<string, { records: { id: string; version: number; count: number }[] }>;

async function earlierOutcomesOf(accepted: Commit, store: EventStore): Promise<CommandOutcome[]> {
  const [event] = eventsOf(accepted) as Accepted[];
  const outcomeIn = async ({ id, version, count }: { id: string; version: number; count: number }) => {
    const commit = await store.commitWith(id, version);
    if (!commit) throw new Error(`${accepted.stream} names ${id}/${version}, which does not exist`);
    return { commit, offset: version - commit.version, count };
  };
  return Promise.all((event?.data.records ?? []).map(outcomeIn));
}
