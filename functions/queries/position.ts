import type { Projection } from '../../domain/projections/projection.ts';
import { ProblemError } from '../http/problem.ts';
import { type ModelStanding, modelStanding, type WholeDeps } from '../http/whole.ts';

export interface PositionDeps extends WholeDeps {
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** How long a read waits for `minPosition`, in milliseconds. */
const PATIENCE = 5_000;

/**
 * Where the read model stands. With `least` it waits until that position is applied.
 * @throws ProblemError 409 after `PATIENCE`, and at once when the log has no event at that position, or the read model
 *   stands still; 503 while it is built
 */
export async function standingFor(
  projection: Projection,
  least: number | undefined,
  deps: PositionDeps,
): Promise<ModelStanding> {
  const { log, clock, sleep } = deps;
  const deadline = clock() + PATIENCE;
  let at = await modelStanding(projection, deps);
  if (least === undefined || at.position >= least) return at;
  const size = (await log.readHead())?.size ?? 0;
  if (least >= size) throw new ProblemError('not-yet', `the log has ${size} events; none is at position ${least}`);
  for (let pause = 10; at.position < least; pause = Math.min(2 * pause, 250)) {
    if (!at.isMoving || clock() + pause > deadline) throw notYet(at);
    await sleep(pause);
    at = await modelStanding(projection, deps);
  }
  return at;
}

/** The last position that the read model has applied, -1 before the first. @throws ProblemError, see `standingFor` */
export const positionFor = async (...asked: Parameters<typeof standingFor>): Promise<number> =>
  (await standingFor(...asked)).position;

const notYet = ({ position, isMoving }: ModelStanding): ProblemError => {
  const until = isMoving ? '' : ' until it is built anew';
  return new ProblemError('not-yet', `the read model stands at position ${position}${until}`);
};
