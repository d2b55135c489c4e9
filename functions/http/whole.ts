import type { Projection } from '../../domain/projections/projection.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Views } from '../stores/views.ts';
import { ProblemError } from './problem.ts';

export interface WholeDeps {
  readonly views: Pick<Views, 'checkpoint' | 'served'>;
  readonly log: Pick<LogStore, 'readHead'>;
}

/** Where a read model that is whole stands. */
export interface ModelStanding {
  /** The last position applied; -1 before the first. */
  readonly position: number;
  /** Whether it is brought on: one of an earlier revision is served as it stands until its successor is built. */
  readonly isMoving: boolean;
}

const RETRY_AFTER_SECONDS = '5';

/**
 * Where a read model stands. HEAD is read only for one that has not come to the end of the log yet: its lists are not
 * whole.
 * @throws ProblemError 503 while it is built, for the first time or anew, and nothing earlier can be read
 */
export async function modelStanding(projection: Projection, { views, log }: WholeDeps): Promise<ModelStanding> {
  const { checkpoint, isReadable, building, ...served } = await views.served(projection);
  const { position, complete } = checkpoint;
  const isMoving = served.revision === projection.revision;
  if (complete && isReadable) return { position, isMoving };
  const size = (await log.readHead())?.size ?? 0;
  if (isMoving && position >= size - 1) return { position, isMoving };
  const isMade = isMoving ? served : building;
  const made = isMade ? (await views.checkpoint({ ...projection, ...isMade })).position : -1;
  const model = `${projection.name}@${projection.revision}`;
  const progress = `${(made + 1).toLocaleString('en')} of ${size.toLocaleString('en')} events`;
  throw new ProblemError('rebuilding', `the read model ${model} has ${progress}`, {
    headers: { 'Retry-After': RETRY_AFTER_SECONDS },
  });
}

/** @throws ProblemError 503, see `modelStanding` */
export const wholePosition = async (projection: Projection, deps: WholeDeps): Promise<number> =>
  (await modelStanding(projection, deps)).position;
