import type { KnownAt } from '../../domain/reading/parameters.ts';
import { parameterRefused } from '../http/parameters.ts';
import { ProblemError } from '../http/problem.ts';
import { lastPositionOf } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';

export type KnownAtDeps = Pick<LogStore, 'readHead' | 'pageAt' | 'positionAt'>;

/**
 * The last position that the registry knew at `asked`, -1 before the first. It is always the end of a commit, because a
 * commit is known as a whole or not at all: a position inside a commit means the end of the commit before it.
 */
export async function positionKnownAt(asked: KnownAt, least: number | undefined, log: KnownAtDeps): Promise<number> {
  if (least !== undefined)
    throw parameterRefused('minPosition', 'waits for what is to come; leave it out with knownAt');
  if (asked instanceof Date) return (await log.positionAt(asked)) ?? -1;
  const page = await log.pageAt(asked);
  const commit = page?.commits.findLast(({ position }) => position <= asked);
  if (!commit) {
    const size = (await log.readHead())?.size ?? 0;
    throw new ProblemError('not-yet', `the log has ${size} events; none is at position ${asked}`);
  }
  return asked === lastPositionOf(commit) ? asked : commit.position - 1;
}
