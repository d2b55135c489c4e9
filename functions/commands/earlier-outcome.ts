import type { RegistryEvent } from '../../domain/kernel/event.ts';
import type { Warning } from '../../domain/kernel/refusal.ts';
import { submissionStream } from '../runtime/ids.ts';
import type { Commit } from '../stores/commits.ts';
import type { EventStore } from '../stores/event-store.ts';
import { eventsOf } from '../stores/event-store.ts';
import type { UnitOfWork } from '../stores/unit-of-work.ts';
import { isRejection, type Rejection } from './rejection.ts';
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

/**
 * The first step of every command: what an earlier try of the same request has caused, if one has landed. The same key
 * with another request is rejected. A merge may have led the earlier try to any of the `candidates`.
 */
export async function findEarlierOutcome(
  submission: Submission,
  {
    unit,
    store,
    candidates,
  }: { readonly unit: UnitOfWork; readonly store: EventStore; readonly candidates: readonly string[] },
): Promise<CommandOutcome[] | Rejection | undefined> {
  const [item] = submission.items;
  if (!item) return undefined;
  const streams = submission.together ? [submissionStream(submission.commandId)] : [item.id, ...candidates];
  const found = await findEarlierCommit(streams, submission, unit);
  if (!found || isRejection(found)) return found;
  return submission.together ? earlierOutcomesOf(found, store) : [wholeOf(found)];
}

/** All that a commit holds. */
export const wholeOf = (commit: Commit): CommandOutcome => ({ commit, offset: 0, count: commit.events.length });

/** The commit that an earlier try of the request has left in these streams. */
export async function findEarlierCommit(
  streams: readonly string[],
  request: Pick<Submission, 'commandId' | 'requestHash'>,
  unit: UnitOfWork,
): Promise<Commit | Rejection | undefined> {
  await unit.read(streams);
  const found = streams.flatMap(unit.commits).find(({ commandId }) => commandId === request.commandId);
  if (found && found.requestHash !== request.requestHash) {
    const detail = 'the same Idempotency-Key was used for another request';
    return { rejected: 'request', rule: 'key-reused', detail };
  }
  return found;
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
