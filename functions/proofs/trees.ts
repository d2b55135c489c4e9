import { fault, isFault, type Read, value } from '../../domain/log/read.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { treeOf } from '../../domain/row-tree/pack.ts';
import { rowsProof } from '../../domain/row-tree/proof.ts';
import { type TreeReader, treeReader } from '../../domain/row-tree/reading.ts';
import { type StatedModel, statedModel } from '../../domain/row-tree/statement.ts';
import type { RowTree } from '../../domain/row-tree/tree.ts';
import { ProblemError } from '../http/problem.ts';
import { sha256 } from '../runtime/sha256.ts';
import { PackLost } from '../stores/packs.ts';
import type { Stated, StatementsDeps } from './statements.ts';

/** A stated model, whose tree is read. */
export interface StatedTree extends StatedModel {
  readonly tree: RowTree;
  /** Reads rows, and takes note of what an answer depends on. */
  readonly reader: TreeReader;
  /** Reads rows that are no part of the proof. */
  readonly beside: TreeReader;
  /** The proof of what was read. */
  readonly proof: () => Promise<string>;
}

type PackReads = StatementsDeps['packs'];

const unavailable = (cause: unknown): never => {
  throw new ProblemError('unavailable', 'what proves the answer cannot be read now; without `proof` it can', {
    headers: { 'Retry-After': '5' },
    cause,
  });
};

/** Packs of which none is missing. @throws ProblemError 503 where one cannot be read, while unproven answers go on */
const orUnavailable = ({ footer, readGroup }: PackReads): PackReads => ({
  footer: async (position) => (await footer(position).catch(unavailable)) ?? unavailable(new PackLost(position)),
  readGroup: (place, level) => readGroup(place, level).catch(unavailable),
});

/** What a statement says of a model in the revision of this release, or in an earlier one that it reads. */
export function statedOf(
  { models }: Pick<Stated, 'models'>,
  { name, revision, reads = [] }: Projection,
): Read<StatedModel> {
  for (const one of [revision, ...reads]) {
    const found = statedModel(models, name, one);
    if (!isFault(found)) return value(found.value);
  }
  return fault(`${name}@${revision} is not stated`);
}

/** The trees of models from the pack of a statement. @throws ProblemError 409 where a model is not stated, and 503 */
export async function treesOf(
  stated: Stated,
  projections: readonly Projection[],
  packs: PackReads,
): Promise<StatedTree[]> {
  const { footer, readGroup } = orUnavailable(packs);
  const packedModels = (await footer(stated.reached)) ?? [];
  return projections.map((projection) => {
    const model = statedOf(stated, projection);
    if (isFault(model)) throw new ProblemError('not-yet', model.fault, { headers: { 'Retry-After': '60' } });
    const { name, revision, root } = model.value;
    const packed = packedModels.find((one) => one.name === name && one.revision === revision);
    if (packed?.root !== root) throw new Error(`the pack of position ${stated.reached} is not that of the statement`);
    const [tree, deps] = [treeOf(packed), { hash: sha256, readGroup }];
    const reader = treeReader(tree, deps);
    const proof = () => rowsProof({ name, revision }, tree, reader.opened, deps);
    return { ...model.value, tree, reader, beside: treeReader(tree, deps), proof };
  });
}
