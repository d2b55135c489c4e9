import type { Projection } from '../../domain/projections/projection.ts';
import { buildOf } from '../stores/builds.ts';
import type { Asides, ViewCheckpoint } from '../stores/view-items.ts';
import type { Views } from '../stores/views.ts';
import { type ModelState, modelName } from './model.ts';

/** The read model that is served holds other rows than the log gives. */
export class DigestsDiffer extends Error {
  override readonly name = 'DigestsDiffer';
}

export type DigestSource = Pick<Views, 'served' | 'checkpoint' | 'asides'>;

/**
 * Compares what is stated with what is served, where both stand at one position and have the same records set aside.
 * @throws DigestsDiffer
 */
export async function assertDigest(views: DigestSource, projection: Projection, model: ModelState): Promise<void> {
  const { checkpoint, ...served } = await views.served(projection);
  if (served.revision !== model.revision || !isAt(checkpoint, model.position)) return;
  const build = { ...projection, ...buildOf(served) };
  const asides = await views.asides(build);
  const after = await views.checkpoint(build);
  // A record was taken up meanwhile, or more was applied: which records were set aside cannot be told.
  if (!isAt(after, model.position) || after.digest !== checkpoint.digest) return;
  if (!sameVersions(asides, model.asides) || after.digest === model.digest) return;
  throw new DigestsDiffer(
    `what is served of ${modelName(model)} has the digest ${after.digest} at position ${model.position}, and the log gives ${model.digest}`,
  );
}

const isAt = ({ position, part, closed }: ViewCheckpoint, expected: number): boolean =>
  position === expected && part === 0 && closed === undefined;

/** Whether the same records are set aside, as of the same versions. */
export const sameVersions = (one: Asides, other: Asides): boolean =>
  one.size === other.size && [...one].every(([id, { version }]) => other.get(id)?.version === version);
