import type { ReadModelAnswer } from '../../domain/answers/audit.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { RetryableError, retry } from '../runtime/backoff.ts';
import { backlogOf } from '../stores/lateness.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Asides, ViewCheckpoint } from '../stores/view-items.ts';
import type { Views } from '../stores/views.ts';

/** Attempts to read it while the projector writes, and milliseconds to wait after the first. */
const ATTEMPTS = 3;
const WAIT = 50;

export interface ReadModelDeps {
  readonly views: Pick<Views, 'checkpoint' | 'asides'>;
  readonly log: Pick<LogStore, 'readHead' | 'pageAt'>;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** How a read model stands: where, how far and for how long behind the log, and which records it has set aside. */
export async function describeReadModel(projection: Projection, deps: ReadModelDeps): Promise<ReadModelAnswer> {
  const { name, revision } = projection;
  const { checkpoint, asides } = await readTogether(projection, deps);
  const { position, digest, complete = false } = checkpoint;
  const backlog = await backlogOf(checkpoint, await deps.log.readHead(), deps);
  const setAside = [...asides].map(([id, aside]) => ({ id, ...aside }));
  return { name, revision, ...(position >= 0 && { position }), ...backlog, complete, digest, setAside };
}

/** A checkpoint, and the records set aside at it. If it moves at every attempt, those set aside by then. */
async function readTogether(
  projection: Projection,
  { views, sleep }: ReadModelDeps,
): Promise<{ checkpoint: ViewCheckpoint; asides: Asides }> {
  const attempt = async (number: number) => {
    const before = await views.checkpoint(projection);
    const asides = await views.asides(projection);
    const checkpoint = await views.checkpoint(projection);
    const isStill = checkpoint.position === before.position && checkpoint.digest === before.digest;
    if (!isStill && number < ATTEMPTS) throw new RetryableError('the checkpoint has moved');
    return { checkpoint, asides };
  };
  return retry(attempt, { attempts: ATTEMPTS, backoff: (failed) => sleep(WAIT * failed) });
}
