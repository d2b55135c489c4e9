import type { Projection } from '../../domain/projections/projection.ts';
import type { LogStore } from '../stores/log-store.ts';
import type { Views } from '../stores/views.ts';
import { ProblemError } from './problem.ts';

export interface WholeDeps {
  readonly views: Pick<Views, 'checkpoint'>;
  readonly log: Pick<LogStore, 'readHead'>;
}

const RETRY_AFTER_SECONDS = '5';

/**
 * The last position that a read model has applied; -1 before the first. HEAD is read only for one that has not come to
 * the end of the log yet: its lists are not whole.
 * @throws ProblemError 503 while it is built, for the first time or anew
 */
export async function wholePosition(projection: Projection, { views, log }: WholeDeps): Promise<number> {
  const { position, complete } = await views.checkpoint(projection);
  if (complete) return position;
  const size = (await log.readHead())?.size ?? 0;
  if (position >= size - 1) return position;
  const model = `${projection.name}@${projection.revision}`;
  const progress = `${(position + 1).toLocaleString('en')} of ${size.toLocaleString('en')} events`;
  throw new ProblemError('rebuilding', `the read model ${model} has ${progress}`, {
    headers: { 'Retry-After': RETRY_AFTER_SECONDS },
  });
}
