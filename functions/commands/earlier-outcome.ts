import type { RegistryEvent } from '../../domain/kernel/event.ts';
import type { Warning } from '../../domain/kernel/refusal.ts';
import { ProblemError } from '../http/problem.ts';
import { submissionStream } from '../runtime/ids.ts';
import type { Commit } from '../stores/commits.ts';
import { eventsOf } from '../stores/event-store.ts';
import type { UnitOfWork } from '../stores/unit-of-work.ts';
import type { Submission } from './submission.ts';

/** What one command has caused: some events of one commit. */
export interface CommandOutcome {
  readonly commit: Commit;
  /** The first of its events in the commit, and how many. */
  readonly offset: number;
  readonly count: number;
}

/** What became of a request. */
export interface Execution {
  /** The submission as it was decided. */
  readonly submission?: Submission;
  readonly replayed: boolean;
  /** One for each command, in order. */
  readonly outcomes: readonly CommandOutcome[];
  /** What deserves a look, likewise. */
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
 * with another request is refused. A merge may have led it to another of the `places` where such a record can stand.
 */
export async function findEarlierOutcome(
  submission: Submission,
  work: UnitOfWork,
  places: readonly string[],
): Promise<CommandOutcome[] | undefined> {
  const [item] = submission.items;
  if (!item) return undefined;
  const streams = submission.together ? [submissionStream(submission.commandId)] : [item.id, ...places];
  const found = await findEarlierCommit(streams, submission, work);
  if (!found) return undefined;
  return submission.together ? earlierOutcomesOf(found, work) : [wholeOf(found)];
}

/** All that a commit holds. */
export const wholeOf = (commit: Commit): CommandOutcome => ({ commit, offset: 0, count: commit.events.length });

/** The commit that an earlier try of the request has left in streams. @throws ProblemError when it was another request */
export async function findEarlierCommit(
  streams: readonly string[],
  request: Pick<Submission, 'commandId' | 'requestHash'>,
  work: UnitOfWork,
): Promise<Commit | undefined> {
  await work.read(streams);
  const found = streams.flatMap(work.commits).find(({ commandId }) => commandId === request.commandId);
  if (found && found.requestHash !== request.requestHash) {
    throw new ProblemError('key-reused', 'the same Idempotency-Key was used for another request');
  }
  return found;
}

type Accepted = RegistryEvent<string, { records: { id: string; version: number; count: number }[] }>;

async function earlierOutcomesOf(accepted: Commit, work: UnitOfWork): Promise<CommandOutcome[]> {
  const [event] = eventsOf(accepted) as Accepted[];
  const records = event?.data.records ?? [];
  await work.read(records.map(({ id }) => id));
  return records.map(({ id, version, count }) => {
    const commit = work.commits(id).findLast((candidate) => candidate.version <= version);
    if (!commit) throw new Error(`${accepted.stream} names ${id}/${version}, which is not there`);
    return { commit, offset: version - commit.version, count };
  });
}
