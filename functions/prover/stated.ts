import { READ_MODELS, type ReadModelsStatement } from '../../domain/bookkeeping.ts';
import { isRecordStream } from '../../domain/projections/projection.ts';
import { packOf } from '../../domain/row-tree/pack.ts';
import type { PackedModel } from '../../domain/row-tree/pack-footer.ts';
import { reachedBy } from '../../domain/row-tree/statement.ts';
import type { RowTree } from '../../domain/row-tree/tree.ts';
import { type Commit, keyText } from '../stores/commits.ts';
import { deflateGroup } from '../stores/packs.ts';
import { isSameSetAside, type ModelState, modelName, packable, packedModel } from './model.ts';
import { ownModel, type ProverDeps, type ProverMemory, TwoRoots, withModels } from './prover-deps.ts';
import { sortedModels, statementIn } from './statement.ts';
import { broughtOn, isStopped } from './way.ts';

/** The newest statement, and the end of its stream. */
export async function endOfStatements({ store }: ProverDeps) {
  const { head, last } = await store.end(READ_MODELS);
  const statement = last && statementIn(last);
  const statedAt = last ? Date.parse(last.recordedAt) : Number.NEGATIVE_INFINITY;
  return { head, commit: last && commitText(last), statement, statedAt, position: reachedBy(statement?.models ?? []) };
}

/** Tells one commit of the stream from any other, also from one that a restore has lost. */
export const commitText = (commit: Pick<Commit, 'stream' | 'version' | 'events'>): string =>
  `${keyText(commit)} ${commit.events.join()}`;

export type Newest = Awaited<ReturnType<typeof endOfStatements>>;

/** The first commit of a record that no statement covers, and when it was sealed. */
export async function firstUnstated(from: number, to: number, { log }: ProverDeps) {
  for await (const { commits, sealedAt } of log.readPages(from, to)) {
    const found = commits.find(({ position, stream }) => position >= from && position < to && isRecordStream(stream));
    if (found) return { position: found.position, sealedAt };
  }
  return undefined;
}

/** What was stated, from memory or from its pack; undefined when the pack is lost. @throws TwoRoots */
export async function statedModels(
  { packs, log }: ProverDeps,
  memory: ProverMemory,
  { commit = '', statement, position }: Newest,
): Promise<readonly ModelState[] | undefined> {
  if (memory.isLost) return undefined;
  if (!statement) return [];
  if (memory.stated?.commit === commit) return memory.stated.models;
  const footer = await packs.footer(position);
  if (!footer) return undefined;
  const found = statement.models.map((stated) => {
    const there = footer.find((model) => modelName(model) === modelName(stated));
    if (there?.root !== stated.root || there.position !== stated.position) {
      throw new TwoRoots(stated, there?.root ?? 'none in its pack');
    }
    return packedModel(there, log);
  });
  const models = await Promise.all(found);
  memory.stated = { commit, models };
  return models;
}

/**
 * The stated models, made anew from the log, when their pack is lost; undefined while they are not all there.
 * @throws TwoRoots when they come out otherwise than they were stated
 */
export async function restoredModels(
  deps: ProverDeps,
  memory: ProverMemory,
  { commit = '', statement, position: before }: Newest,
  late: () => boolean,
): Promise<readonly ModelState[] | undefined> {
  const entries = new Map((statement?.models ?? []).map((model) => [modelName(model), model]));
  const own = deps.projections
    .map((projection) => ownModel(projection, [], memory))
    .filter((model) => entries.has(modelName(model)) && model.position <= before);
  const models = sortedModels(await broughtOn(deps, memory, own, { to: before + 1, late }));
  memory.building = withModels(memory.building, models);
  if (models.some((model) => model.position < before && !isStopped(memory, model))) return undefined;
  const { bytes, models: packed, trees } = packOf(before, models.map(packable), deflateGroup);
  for (const model of packed) assertSameRoot(model, entries.get(modelName(model)));
  const isPut = await deps.packs.put(before, bytes, { isKept: true });
  const there = isPut ? withTrees(models, trees) : models;
  memory.isLost = false;
  memory.building = new Map();
  memory.stated = { commit, models: there };
  return there;
}

export const withTrees = <Model extends ModelState>(models: readonly Model[], trees: readonly RowTree[]): Model[] =>
  models.map((model, at) => ({ ...model, tree: trees[at] ?? model.tree }));

/** @throws TwoRoots */
export function assertSameRoot(
  model: PackedModel,
  other: PackedModel | ReadModelsStatement['models'][number] | undefined,
): void {
  if (!other || other.position !== model.position || other.root === model.root) return;
  if (isSameSetAside(model.setAside, other.setAside)) throw new TwoRoots(model, other.root);
}
