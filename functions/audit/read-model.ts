import type { ReadModelAnswer } from '../../domain/answers/audit.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { RetryableError, retry } from '../runtime/backoff.ts';
import { buildOf, sameBuild } from '../stores/builds.ts';
import { backlogOf } from '../stores/lateness.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { ServedBuild } from '../stores/served.ts';
import type { Asides, ViewCheckpoint } from '../stores/view-items.ts';
import type { Views } from '../stores/views.ts';

/** Attempts to read it while the projector writes, and milliseconds to wait after the first. */
const ATTEMPTS = 3;
const WAIT = 50;

export interface ReadModelDeps {
  readonly views: Pick<Views, 'checkpoint' | 'served' | 'asides'>;
  readonly log: Pick<LogStore, 'readHead' | 'pageAt'>;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * How a read model stands: which build is served, where, how far and for how long it is behind the log, which records it
 * has set aside, and how far the build is that is made beside it.
 */
export async function describeReadModel(projection: Projection, deps: ReadModelDeps): Promise<ReadModelAnswer> {
  const { name } = projection;
  const { served, asides } = await readTogether(projection, deps);
  const { checkpoint, building } = served;
  const made = building && (await deps.views.checkpoint({ ...projection, ...building }));
  const head = await deps.log.readHead();
  const { digest, complete = false } = checkpoint;
  const standing = async (at: ViewCheckpoint) => ({
    ...(at.position >= 0 && { position: at.position }),
    ...(await backlogOf(at, head, deps)),
  });
  return {
    name,
    ...buildOf(served),
    ...(await standing(checkpoint)),
    complete,
    digest,
    setAside: [...asides].map(([id, aside]) => ({ id, ...aside })),
    ...(building && made && { building: { ...building, ...(await standing(made)) } }),
  };
}

/** What is served, and the records set aside at its checkpoint. If that moves at every attempt, those set aside by then. */
async function readTogether(
  projection: Projection,
  { views, sleep }: ReadModelDeps,
): Promise<{ served: ServedBuild; asides: Asides }> {
  const attempt = async (number: number) => {
    const before = await views.served(projection);
    const asides = await views.asides({ ...projection, ...buildOf(before) });
    const served = await views.served(projection);
    const isStill = sameBuild(served, before) && sameState(served.checkpoint, before.checkpoint);
    if (!isStill && number < ATTEMPTS) throw new RetryableError('the checkpoint has moved');
    return { served, asides };
  };
  return retry(attempt, { attempts: ATTEMPTS, backoff: (failed) => sleep(WAIT * failed) });
}

const sameState = (one: ViewCheckpoint, other: ViewCheckpoint): boolean =>
  one.position === other.position && one.digest === other.digest;
