import { packOf, standingAlone, treeOf } from '../../domain/row-tree/pack.ts';
import type { PackedModel } from '../../domain/row-tree/pack-footer.ts';
import { sha256 } from '../runtime/sha256.ts';
import { deflateGroup, PackLost } from '../stores/packs.ts';
import { type ModelState, modelName, packable } from './model.ts';
import type { ProverDeps } from './prover-deps.ts';
import { assertSameRoot, withTrees } from './stated.ts';

interface PackedUp {
  readonly models: readonly ModelState[];
  readonly told: readonly PackedModel[];
  /** How many rows or groups the largest group of the pack has. */
  readonly largest: number;
}

/**
 * Writes the pack of a position. A base pack stands alone: it has every group, and is kept for ever. Undefined when others
 * have written the pack otherwise, so that these models can only be stated at a later position. @throws TwoRoots
 */
export async function packedUp(
  { packs, logger }: ProverDeps,
  models: readonly ModelState[],
  position: number,
  isBase: boolean,
): Promise<PackedUp | undefined> {
  const alone = async (model: ModelState): Promise<ModelState> => ({
    ...model,
    tree: await standingAlone(model.tree, { hash: sha256, readGroup: packs.readGroup }),
  });
  const packed = isBase ? await Promise.all(models.map(alone)) : models;
  const { bytes, models: told, trees, largest } = packOf(position, packed.map(packable), deflateGroup);
  if (await packs.put(position, bytes, { isKept: isBase })) return { models: withTrees(models, trees), told, largest };
  const footer = await packs.footer(position);
  if (!footer) throw new PackLost(position);
  const there = told.flatMap((model) => footer.find((one) => modelName(one) === modelName(model)) ?? []);
  for (const [at, model] of told.entries()) if (there[at]) assertSameRoot(model, there[at]);
  const isSame = told.every(({ root, position: own }, at) => there[at]?.root === root && there[at]?.position === own);
  if (isSame) return { models: withTrees(models, there.map(treeOf)), told: there, largest };
  logger.warn('others have packed the read models otherwise: they are stated at a later position', { position });
  return undefined;
}

/**
 * Models that are on their way, with their trees in a pack of the position that they have come to, which no statement names.
 * Where there is a pack already, or they stand at several positions, they stay in memory.
 */
export async function putAside<Model extends ModelState>(
  { packs }: Pick<ProverDeps, 'packs'>,
  models: readonly Model[],
): Promise<readonly Model[]> {
  const [position = -1, ...others] = new Set(models.map((model) => model.position));
  if (position < 0 || others.length > 0) return models;
  const { bytes, trees } = packOf(position, models.map(packable), deflateGroup);
  return (await packs.put(position, bytes)) ? withTrees(models, trees) : models;
}
