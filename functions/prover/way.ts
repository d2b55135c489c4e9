import type { Logger } from '@aws-lambda-powertools/logger';
import type { Projection } from '../../domain/projections/projection.ts';
import type { TreeDeps } from '../../domain/row-tree/tree.ts';
import { changesOf } from '../projector/take-up.ts';
import type { Commits } from '../stores/commits.ts';
import type { LogStore } from '../stores/log-store.ts';
import { advanced, type RecordMemory } from './advance.ts';
import { changedModel, type ModelState, modelName } from './model.ts';

export interface WayDeps {
  readonly log: Pick<LogStore, 'readPages' | 'streamMarkers'>;
  readonly commits: Pick<Commits, 'readCommits' | 'readForwards'>;
  readonly packs: Pick<TreeDeps, 'readGroup'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** What an instance of the function remembers of the way that it has come. */
export interface WayMemory {
  readonly records: RecordMemory;
  /** The records set aside that it has tried to take: it is one build, which fails the same way again. */
  readonly tried: Set<string>;
  /** Models whose projection cannot go on at a position, likewise. */
  readonly stopped: Map<string, number>;
}

/** A model of this release. */
export interface OwnModel extends ModelState {
  readonly projection: Projection;
}

export const isStopped = ({ stopped }: WayMemory, model: ModelState): boolean =>
  stopped.get(modelName(model)) === model.position;

/** Rows that change between two packs, which are held in memory until then. */
const ROWS_PER_PACK = 150_000;

interface Way {
  /** The position after the last. */
  readonly to: number;
  readonly late: () => boolean;
}

/**
 * Brings models forward, those that are behind first, until all stand at the end or cannot go on, it is late, or so much
 * has changed that it should be packed. Models that stand at one position go on together.
 */
export async function broughtOn(
  deps: WayDeps,
  memory: WayMemory,
  models: readonly OwnModel[],
  { to, late }: Way,
): Promise<readonly OwnModel[]> {
  let all = models;
  let rows = 0;
  const isBehind = (model: OwnModel) => model.position < to - 1 && !isStopped(memory, model);
  for (let behind = all.filter(isBehind); behind.length > 0; behind = all.filter(isBehind)) {
    const from = Math.min(...behind.map(({ position }) => position)) + 1;
    const ahead = behind.map(({ position }) => position).filter((position) => position >= from);
    const group = behind.filter(({ position }) => position === from - 1);
    const span = { from, to: Math.min(to, ...ahead.map((position) => position + 1)), late };
    const { position, advances } = await advanced(deps, group, span, memory.records);
    if (position < from) throw new Error(`the log has no commit at position ${from}`);
    const moved = new Map<OwnModel, OwnModel>();
    for (const [at, model] of group.entries()) {
      const advance = advances[at];
      if (!advance) continue;
      rows += advance.differences.size + advance.sums.size;
      const next = await changedModel(model, advance, advance, deps.packs.readGroup);
      moved.set(model, { ...next, projection: model.projection });
      noteTried(memory, model, next);
      if (advance.stopped) {
        memory.stopped.set(modelName(next), next.position);
        const { position: at, cause } = advance.stopped;
        deps.logger.warn('a read model is stated as it stands', { model: modelName(next), position: at, error: cause });
      }
    }
    all = all.map((model) => moved.get(model) ?? model);
    if (late() || rows >= ROWS_PER_PACK) break;
  }
  return all;
}

const triedText = (model: ModelState, id: string): string =>
  `${modelName(model)}/${id}/${model.asides.get(id)?.version}`;

/** What this instance has set aside itself, it has tried. */
function noteTried({ tried }: WayMemory, before: ModelState, after: ModelState): void {
  for (const id of after.asides.keys()) if (!before.asides.has(id)) tried.add(triedText(after, id));
}

/** The model with the records that this release can take of those that an earlier one has set aside. */
export async function takenUp(deps: WayDeps, { tried }: WayMemory, model: OwnModel): Promise<OwnModel> {
  const { projection } = model;
  let at = model;
  for (const [id, aside] of model.asides) {
    const text = triedText(model, id);
    if (tried.has(text)) continue;
    tried.add(text);
    const changes = await changesOf({ ...deps, projection }, id, aside, model.position);
    if (!changes) continue;
    const asides = new Map([...at.asides].filter(([other]) => other !== id));
    const next = await changedModel(at, changes, { position: at.position, asides }, deps.packs.readGroup);
    at = { ...next, projection };
  }
  return at;
}
