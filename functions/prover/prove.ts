import { equalBytes } from '../../domain/log/bytes.ts';
import { isOtherGroup } from '../../domain/row-tree/group.ts';
import { readCheckpoint } from '../proofs/checkpoint.ts';
import { isTransientError } from '../runtime/aws-errors.ts';
import { RetryableError, retry } from '../runtime/backoff.ts';
import type { WorkProgress } from '../runtime/wake-up.ts';
import { whyNotContinued } from '../stores/log-items.ts';
import { PackLost } from '../stores/packs.ts';
import { assertDigest } from './audit.ts';
import { assertSuspect, auditRows } from './audit-rows.ts';
import { type ModelState, modelName } from './model.ts';
import { packedUp, putAside } from './pack-up.ts';
import { ownModel, type ProverDeps, type ProverMemory, ProverRefuses, withModels } from './prover-deps.ts';
import { commitText, endOfStatements, firstUnstated, type Newest, restoredModels, statedModels } from './stated.ts';
import { appendOf, sortedModels, statementOf } from './statement.ts';
import { broughtOn, isStopped, type OwnModel, takenUp } from './way.ts';

const ATTEMPTS = 8;

/** Time reserved for writing the pack and the statement, in milliseconds. */
const RESERVE = 5_000;

/** How often the published checkpoint is looked at, and after how long, in milliseconds; and when again. */
const LOOKS = 20;
const LOOK_EVERY = 100;
const PUBLISHED_AGAIN = 2_000;

/**
 * States what the read models hold, as far as the log is published or as it comes until `deadline`: whatever is restoredModels, the
 * order of what is published stays, so no statement can become false. The log is folded, and never the views table read; the
 * newest statement is the only cursor. The pack is written before the statement, so none is without its pack. Where there is
 * nothing of a record to be stated, nothing is; within the interval a later wake-up is asked for.
 */
export async function prove(deps: ProverDeps, memory: ProverMemory, deadline: number): Promise<WorkProgress> {
  const attempt = async (): Promise<WorkProgress> => {
    try {
      return await proveOnce(deps, memory, () => deps.clock() >= deadline - RESERVE);
    } catch (error) {
      if (!(error instanceof PackLost || isOtherGroup(error))) throw error;
      deps.logger.warn('a pack is lost: the trees are made anew', { error });
      memory.isLost = true;
      throw new RetryableError((error as Error).message);
    }
  };
  const isTransient = (error: unknown) => error instanceof RetryableError || isTransientError(error);
  return retry(attempt, { attempts: ATTEMPTS, backoff: deps.backoff, isTransient });
}

async function proveOnce(deps: ProverDeps, memory: ProverMemory, late: () => boolean): Promise<WorkProgress> {
  const sealed = await sizeOf(deps);
  const newest = await endOfStatements(deps);
  const { position: before } = newest;
  if (before >= sealed) throw new ProverRefuses(`position ${before} is stated, and HEAD knows of ${sealed} events`);
  const waiting = await firstUnstated(before + 1, sealed, deps);
  memory.waitingSince = waiting?.sealedAt;
  const known = (await statedModels(deps, memory, newest)) ?? (await restoredModels(deps, memory, newest, late));
  if (!known) return 'more';

  const own = deps.projections.map((projection) => ownModel(projection, known, memory));
  const isStated = (model: OwnModel) => known.some((one) => modelName(one) === modelName(model));
  const mayMove = own.some((model) => !isStated(model) || (model.position < before && !isStopped(memory, model)));
  if (!waiting && (!newest.statement || !mayMove)) {
    for (const model of own.filter(isStated)) await auditRows(deps.views, auditedOf(deps, model), memory);
    return 'current';
  }
  const wait = newest.statedAt + deps.interval - deps.clock();
  if (wait > 0) await askAgain(deps, memory, Math.min(wait, deps.interval));
  const unstated = own.filter((model) => !isStated(model));
  if (wait > 0 && unstated.length === 0) return 'current';
  const size = await publishedSize(deps, wait > 0 ? 0 : sealed);
  const way = { size, late, before };
  if (wait > 0) {
    await keepBuilding(deps, memory, await broughtOn(deps, memory, unstated, { to: size, late }), size);
    return isBehind(memory, size) ? 'more' : 'current';
  }
  const next = await nextModels(deps, memory, own, isStated, way);
  const reached = Math.max(before, ...next.map(({ position }) => position));
  const covers = waiting !== undefined && reached >= waiting.position;
  const isWorth = reached > before && (covers || next.some((model) => !isStated(model)));
  if (isWorth) await state(deps, memory, newest, { next, carried: carriedOn(newest, known, own), reached });
  else {
    const unready = next.filter((model) => !isStated(model));
    memory.building = withModels(memory.building, unready);
  }
  if (waiting && waiting.position >= size) await askAgain(deps, memory, PUBLISHED_AGAIN);
  return isBehind(memory, size) || (isWorth && reached < size - 1) ? 'more' : 'current';
}

/**
 * Models that cannot be stated yet. What of their trees is in memory goes into a pack, so that it does not fill it; not at the
 * position before `to`, whose pack is that of a statement.
 */
async function keepBuilding(deps: ProverDeps, memory: ProverMemory, models: readonly OwnModel[], to: number) {
  const isOnItsWay = models.every(({ position }) => position < to - 1);
  memory.building = withModels(new Map(), isOnItsWay ? await putAside(deps, models) : models);
}

/**
 * The events of the published checkpoint, with which the log has to begin. The publisher is woken by the same messages: what it
 * is about to publish is waited for. @throws ProverRefuses
 */
async function publishedSize({ published, log, sleep }: ProverDeps, wanted: number): Promise<number> {
  for (let looks = 1; ; looks += 1) {
    const { size, root } = (await readCheckpoint(published)) ?? { size: 0, root: undefined };
    if (size < wanted && looks < LOOKS) {
      await sleep(LOOK_EVERY);
      continue;
    }
    if (!root || size === 0) return 0;
    const page = await log.pageAt(size - 1);
    if (page?.size === size && equalBytes(page.root, root)) return size;
    throw new ProverRefuses(`the log does not begin with the ${size} events that are published`);
  }
}

/** Whether a model that is not stated yet can go on. */
const isBehind = (memory: ProverMemory, size: number): boolean =>
  [...memory.building.values()].some((model) => model.position < size - 1 && !isStopped(memory, model));

async function sizeOf({ log, tables }: ProverDeps): Promise<number> {
  const head = await log.readHead();
  const refusal = whyNotContinued(head, tables);
  if (refusal !== undefined) throw new ProverRefuses(refusal);
  return head?.size ?? 0;
}

interface Way {
  readonly size: number;
  readonly before: number;
  readonly late: () => boolean;
}

/** The models that can be stated: those that were, as far as they come, and others that have come as far, or stopped. */
async function nextModels(
  deps: ProverDeps,
  memory: ProverMemory,
  own: readonly OwnModel[],
  isStated: (model: OwnModel) => boolean,
  { size, before, late }: Way,
): Promise<OwnModel[]> {
  const stated: OwnModel[] = [];
  for (const model of own.filter(isStated)) stated.push(await takenUp(deps, memory, model));
  const moved = await broughtOn(deps, memory, stated, { to: size, late });
  const reached = Math.max(before, ...moved.map(({ position }) => position));
  const to = reached > before ? reached + 1 : size;
  const others = own.filter((model) => !isStated(model));
  const built = late() && moved.length > 0 ? others : await broughtOn(deps, memory, others, { to, late });
  const isThere = (model: OwnModel) => model.position >= to - 1 || isStopped(memory, model);
  const unfinished = built.filter((model) => !isThere(model));
  await keepBuilding(deps, memory, unfinished, to);
  return [...moved, ...built.filter(isThere)];
}

/** Models of other revisions stay in the statement as they stand, until the revision of this release has come as far. */
function carriedOn({ statement, position }: Newest, known: readonly ModelState[], own: readonly OwnModel[]) {
  const names = new Set(own.map(modelName));
  const isReplaced = (name: string) =>
    statement?.models.some((one) => one.name === name && names.has(modelName(one)) && one.position === position);
  return known.filter(
    (model) => !names.has(modelName(model)) && own.some(({ name }) => name === model.name) && !isReplaced(model.name),
  );
}

interface Next {
  readonly next: readonly OwnModel[];
  readonly carried: readonly ModelState[];
  readonly reached: number;
}

const auditedOf = ({ packs: { readGroup } }: ProverDeps, model: OwnModel) => ({
  projection: model.projection,
  model,
  readGroup,
});

/** Packs the trees, and states them. */
async function state(deps: ProverDeps, memory: ProverMemory, newest: Newest, { next, carried, reached }: Next) {
  const { store, origin, clock, logger, views } = deps;
  const models = sortedModels([...next, ...carried]);
  const isBase = monthOf(newest.statedAt) !== monthOf(clock());
  const packed = await packedUp(deps, models, reached, isBase);
  if (!packed) return;
  for (const model of next) {
    await assertDigest(views, model.projection, model);
    await assertSuspect(views, auditedOf(deps, model), memory);
  }
  const statement = statementOf(packed.told);
  const result = await store.append([appendOf(newest.head, statement, { source: origin, now: clock() })]);
  if (result.outcome === 'cap') throw new Error(`the statement is too large: ${result.detail}`);
  if (result.outcome !== 'appended') throw new RetryableError(`the statement was not appended: ${result.outcome}`);
  const commit = result.commits.map(commitText).join();
  memory.stated = { commit, models: packed.models };
  memory.waitingSince = undefined;
  memory.largestGroup = packed.largest;
  logger.info('the read models are stated', { position: reached, models: packed.told.length, isBase });
}

/** `undefined` for no instant at all. */
const monthOf = (time: number): string | undefined =>
  Number.isFinite(time) ? new Date(time).toISOString().slice(0, 'YYYY-MM'.length) : undefined;

/** Asks for a wake-up, unless one comes by then. */
async function askAgain({ clock, wakeIn }: ProverDeps, memory: ProverMemory, wait: number): Promise<void> {
  const at = clock() + wait;
  if (memory.wakesAt > clock() && memory.wakesAt <= at) return;
  await wakeIn(wait);
  memory.wakesAt = at;
}
