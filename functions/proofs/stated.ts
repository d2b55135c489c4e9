import { isFault } from '../../domain/log/read.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { ProblemError } from '../http/problem.ts';
import type { LogStore } from '../stores/log-store.ts';
import { lastKeptUpTo, newestStatement, type Stated, type StatementsDeps } from './statements.ts';
import { statedOf } from './trees.ts';

/** Which statement answers a request. */

export interface StatedForDeps extends Omit<StatementsDeps, 'lastKept'> {
  readonly log: StatementsDeps['log'] & Pick<LogStore, 'readHead'>;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** How long a read waits for a statement of `minPosition`, and how long between two looks, in milliseconds. */
const PATIENCE = 5_000;
const PAUSE = 250;

const notYet = (detail: string): ProblemError =>
  new ProblemError('not-yet', detail, { headers: { 'Retry-After': '5' } });

/** The position as of which a statement has all of these models; -1 while it has not. */
export const positionOfModels = (stated: Stated, models: readonly Projection[]): number =>
  Math.min(
    ...models.map((model) => {
      const found = statedOf(stated, model);
      return isFault(found) ? -1 : found.value.position;
    }),
  );

/** The newest statement; with `least`, as soon as it covers that position. @throws ProblemError 409 */
export async function statedNow(
  models: readonly Projection[],
  least: number | undefined,
  deps: StatedForDeps,
): Promise<Stated> {
  const { log, clock, sleep } = deps;
  const deadline = clock() + PATIENCE;
  let stated = await newestStatement(deps);
  const position = () => (stated ? positionOfModels(stated, models) : -1);
  if (least !== undefined && position() < least) {
    const size = (await log.readHead())?.size ?? 0;
    if (least >= size) throw notYet(`the log has ${size} events; none is at position ${least}`);
    while (position() < least) {
      if (clock() + PAUSE > deadline) throw notYet(`the newest statement covers position ${position()}`);
      await sleep(PAUSE);
      stated = await newestStatement(deps);
    }
  }
  if (stated) return stated;
  throw notYet('nothing is stated of the read models yet');
}

/** The last statement up to a position whose pack is kept. @throws ProblemError 409 */
export async function statedUpTo(position: number, deps: StatementsDeps): Promise<Stated> {
  const stated = await lastKeptUpTo(position, deps);
  if (stated) return stated;
  throw notYet(`no statement of position ${position} or before is kept`);
}
