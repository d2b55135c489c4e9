import { digestAfter, EMPTY_DIGEST } from '../../domain/projections/digest.ts';
import { type Counters, rowKey, type Sums } from '../../domain/projections/sums.ts';
import { type ModelTree, treeOf } from '../../domain/row-tree/pack.ts';
import type { PackedModel, SetAside } from '../../domain/row-tree/pack-footer.ts';
import type { ModelId } from '../../domain/row-tree/proof-header.ts';
import { treeReader } from '../../domain/row-tree/reading.ts';
import { changedTree, emptyTree, type RowTree, type TreeChange, type TreeDeps } from '../../domain/row-tree/tree.ts';
import { compareUtf8 } from '../../domain/values/utf8-order.ts';
import { differenceOf, type RowDifference } from '../projector/difference.ts';
import { sha256 } from '../runtime/sha256.ts';
import { lastPositionOf } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import { type Aside, type Asides, BEGINNING } from '../stores/view-items.ts';

/** A read model as the prover has it: the tree over its rows as of a position. */
export interface ModelState {
  readonly name: string;
  readonly revision: number;
  /** Of the last event applied. */
  readonly position: number;
  readonly digest: string;
  readonly asides: Asides;
  readonly tree: RowTree;
}

export const modelName = ({ name, revision }: ModelId): string => `${name}@${revision}`;

export const unproven = ({ name, revision }: ModelId): ModelState => ({
  name,
  revision,
  position: BEGINNING.position,
  digest: EMPTY_DIGEST,
  asides: new Map(),
  tree: emptyTree(sha256),
});

/** What is to be packed of a model. */
export function packable({ name, revision, position, digest, asides, tree }: ModelState): ModelTree {
  const setAside = setAsideOf(asides);
  return { name, revision, position, digest, tree, ...(setAside.length > 0 && { setAside }) };
}

/** The records set aside as statements tell them. */
const setAsideOf = (asides: Asides) =>
  [...asides].map(([id, { version }]) => ({ id, version })).sort((one, other) => compareUtf8(one.id, other.id));

/** A model as a pack tells of it. Where its records were set aside, the log tells: at the first commit that they lack. */
export async function packedModel(model: PackedModel, log: Pick<LogStore, 'marker'>): Promise<ModelState> {
  const { name, revision, position, digest, setAside = [] } = model;
  const aside = async ({
    id,
    version,
  }: {
    readonly id: string;
    readonly version: number;
  }): Promise<[string, Aside]> => {
    const marker = await log.marker({ stream: id, version: version + 1 });
    if (!marker) throw new Error(`${id} is set aside at version ${version}, and the log has no commit after it`);
    return [id, { version, position: lastPositionOf(marker), reason: '' }];
  };
  const asides = new Map(await Promise.all(setAside.map(aside)));
  return { name, revision, position, digest, asides, tree: treeOf(model) };
}

/** Whether two trees are over the rows of the same versions of the same records. */
export const isSameSetAside = (one: readonly SetAside[] = [], other: readonly SetAside[] = []): boolean =>
  JSON.stringify(one.map(({ id, version }) => [id, version])) ===
  JSON.stringify(other.map(({ id, version }) => [id, version]));

export interface RowChanges {
  readonly differences: ReadonlyMap<string, RowDifference>;
  readonly sums: Sums;
}

/** The model after some of its rows have changed. */
export async function changedModel(
  model: ModelState,
  { differences, sums }: RowChanges,
  to: Pick<ModelState, 'position' | 'asides'>,
  readGroup: TreeDeps['readGroup'],
): Promise<ModelState> {
  const deps = { hash: sha256, readGroup };
  const shared = [...sums.values()];
  const counters = await treeReader(model.tree, deps).get<Counters>(shared);
  const changes = [
    ...differences.values(),
    ...shared.flatMap((row) => differenceOf(row, counters.get(rowKey(row))) ?? []),
  ];
  const gone = changes.flatMap(({ was }) => (was ? [was.text] : []));
  const came = changes.flatMap(({ is }) => (is ? [is.text] : []));
  const tree = await changedTree(model.tree, changes.map(treeChange), deps);
  const digest = digestAfter(sha256, model.digest, gone, came);
  const { name, revision } = model;
  return { name, revision, position: to.position, asides: to.asides, digest, tree };
}

function treeChange({ was, is }: RowDifference): TreeChange {
  const row = is ?? was;
  if (!row) throw new Error('a difference has a row');
  const { partition, sort } = row;
  return { partition, sort, value: is && valueIn(is) };
}

/** The canonical JSON of a row's value, which is the last of `[partition, sort, value]`. */
const valueIn = ({ partition, sort, text }: NonNullable<RowDifference['is']>): string =>
  text.slice(JSON.stringify([partition, sort]).length, -1);
