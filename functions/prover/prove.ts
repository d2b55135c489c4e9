import { deflateRawSync } from 'node:zlib';
import type { Logger } from '@aws-lambda-powertools/logger';
import { READ_MODELS, type Statement } from '../../domain/bookkeeping.ts';
import { isRecordStream, type Projection } from '../../domain/projections/projection.ts';
import { packOf, standingAlone, treeOf } from '../../domain/row-tree/pack.ts';
import type { PackedModel } from '../../domain/row-tree/pack-footer.ts';
import type { RowTree } from '../../domain/row-tree/tree.ts';
import { isTransientError } from '../runtime/aws-errors.ts';
import { type Backoff, RetryableError, retry } from '../runtime/backoff.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { WorkProgress } from '../runtime/wake-up.ts';
import type { EventStore } from '../stores/event-store.ts';
import { type TableNames, whyNotContinued } from '../stores/log-items.ts';
import type { LogStore } from '../stores/log-store.ts';
import { PackLost, type Packs } from '../stores/packs.ts';
import type { Views } from '../stores/views.ts';
import { noMemory } from './advance.ts';
import { assertDigest } from './audit.ts';
import { isSameSetAside, modelName, type ProvenModel, packable, packedModel, unproven } from './model.ts';
import { appendOf, inOrder, positionOf, statementIn, statementOf } from './statement.ts';
import { broughtOn, isStopped, type OwnModel, takenUp, type WayDeps, type WayMemory } from './way.ts';

export interface ProverDeps extends WayDeps {
  readonly projections: readonly Projection[];
  readonly log: WayDeps['log'] & Pick<LogStore, 'readHead' | 'marker'>;
  readonly store: Pick<EventStore, 'end' | 'append'>;
  readonly packs: Packs;
  readonly views: Pick<Views, 'served' | 'checkpoint' | 'asides'>;
  readonly tables: TableNames;
  readonly origin: string;
  /** Between two statements, in milliseconds at least. */
  readonly interval: number;
  readonly backoff: Backoff;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Wakes the prover up after so many milliseconds. */
  readonly wakeIn: (milliseconds: number) => Promise<unknown>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** What an instance of the function remembers from one call to the next. Losing it costs time and nothing else. */
export interface ProverMemory extends WayMemory {
  /** What was stated at this version of the stream. */
  stated?: { readonly version: number; readonly models: readonly ProvenModel[] } | undefined;
  /** A pack that the newest statement rests on is gone. */
  isLost?: boolean;
  /** Models on their way to where they can be stated, by `modelName`. */
  building: ReadonlyMap<string, OwnModel>;
  /** When the wake-up comes that was asked for. */
  wakesAt: number;
  /** When the oldest commit of a record was sealed that no statement covers; for whoever watches. */
  waitingSince?: string | undefined;
}

export const proverMemory = (): ProverMemory => ({
  records: noMemory(),
  tried: new Set(),
  stopped: new Map(),
  building: new Map(),
  wakesAt: 0,
});

/** Nothing may be stated: HEAD is halted, names other tables, or is behind what was stated. */
export class ProverRefuses extends Error {
  override readonly name = 'ProverRefuses';
}

/** Two trees over the same rows of one position have different roots: one of them is false. */
export class TwoRoots extends Error {
  override readonly name = 'TwoRoots';
  constructor(model: Pick<PackedModel, 'name' | 'revision' | 'position' | 'root'>, other: string) {
    super(`two roots for position ${model.position} of ${modelName(model)}: ${model.root} and ${other}`);
  }
}

const ATTEMPTS = 8;

/** Time reserved for writing the pack and the statement, in milliseconds. */
const RESERVE = 5_000;

/**
 * States what the read models hold at HEAD, or as far as it comes until `deadline`. The log is folded, and never the views
 * table read; the newest statement is the only cursor. The pack is written before the statement, so none is without its
 * pack. Where there is nothing of a record to be stated, nothing is; within the interval a later wake-up is asked for.
 */
export async function prove(deps: ProverDeps, memory: ProverMemory, deadline: number): Promise<WorkProgress> {
  const attempt = async (): Promise<WorkProgress> => {
    try {
      return await proveOnce(deps, memory, () => deps.clock() >= deadline - RESERVE);
    } catch (error) {
      if (!(error instanceof PackLost)) throw error;
      deps.logger.warn('a pack is lost: the trees are made anew', { error });
      memory.isLost = true;
      throw new RetryableError(error.message);
    }
  };
  const isTransient = (error: unknown) => error instanceof RetryableError || isTransientError(error);
  return retry(attempt, { attempts: ATTEMPTS, backoff: deps.backoff, isTransient });
}

async function proveOnce(deps: ProverDeps, memory: ProverMemory, late: () => boolean): Promise<WorkProgress> {
  const size = await sizeOf(deps);
  const newest = await newestOf(deps);
  const { position: before } = newest;
  if (before >= size) throw new ProverRefuses(`position ${before} is stated, and HEAD knows of ${size} events`);
  const waiting = await firstUnstated(before + 1, size, deps);
  memory.waitingSince = waiting?.sealedAt;
  const known = (await statedModels(deps, memory, newest)) ?? (await restored(deps, memory, newest, late));
  if (!known) return 'more';

  const own = deps.projections.map((projection) => ownModel(projection, known, memory));
  const isStated = (model: OwnModel) => known.some((one) => modelName(one) === modelName(model));
  const mayMove = own.some((model) => !isStated(model) || (model.position < before && !isStopped(memory, model)));
  if (!waiting && (!newest.statement || !mayMove)) return 'current';
  const wait = newest.statedAt + deps.interval - deps.clock();
  const way = { size, late, before };
  if (wait > 0) {
    await broughtNearer(
      deps,
      memory,
      own.filter((model) => !isStated(model)),
      way,
    );
    await askAgain(deps, memory, Math.min(wait, deps.interval));
    return isBehind(memory, size) ? 'more' : 'current';
  }
  const next = await nextModels(deps, memory, own, isStated, way);
  const reached = Math.max(before, ...next.map(({ position }) => position));
  const covers = waiting !== undefined && reached >= waiting.position;
  const isWorth = reached > before && (covers || next.some((model) => !isStated(model)));
  if (isWorth) await state(deps, memory, newest, { next, carried: carriedOn(newest, known, own), reached });
  else
    memory.building = withModels(
      memory.building,
      next.filter((model) => !isStated(model)),
    );
  return isBehind(memory, size) || (isWorth && reached < size - 1) ? 'more' : 'current';
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

/** The newest statement, and the end of its stream. */
async function newestOf({ store }: ProverDeps) {
  const { head, last } = await store.end(READ_MODELS);
  const statement = last && statementIn(last);
  const statedAt = last ? Date.parse(last.recordedAt) : Number.NEGATIVE_INFINITY;
  return { head, statement, statedAt, position: positionOf(statement) };
}

type Newest = Awaited<ReturnType<typeof newestOf>>;

/** The first commit of a record that no statement covers, and when it was sealed. */
async function firstUnstated(from: number, to: number, { log }: ProverDeps) {
  for await (const { commits, sealedAt } of log.readPages(from, to)) {
    const found = commits.find(({ position, stream }) => position >= from && position < to && isRecordStream(stream));
    if (found) return { position: found.position, sealedAt };
  }
  return undefined;
}

/** What was stated, from memory or from its pack; undefined when the pack is lost. @throws TwoRoots */
async function statedModels(
  { packs, log }: ProverDeps,
  memory: ProverMemory,
  { head, statement, position }: Newest,
): Promise<readonly ProvenModel[] | undefined> {
  if (memory.isLost) return undefined;
  if (!statement) return [];
  if (memory.stated?.version === head.version) return memory.stated.models;
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
  memory.stated = { version: head.version, models };
  return models;
}

/**
 * The stated models, made anew from the log, when their pack is lost; undefined while they are not all there.
 * @throws TwoRoots when they come out otherwise than they were stated
 */
async function restored(
  deps: ProverDeps,
  memory: ProverMemory,
  { head, statement, position: before }: Newest,
  late: () => boolean,
): Promise<readonly ProvenModel[] | undefined> {
  const entries = new Map((statement?.models ?? []).map((model) => [modelName(model), model]));
  const own = deps.projections
    .map((projection) => ownModel(projection, [], memory))
    .filter((model) => entries.has(modelName(model)) && model.position <= before);
  const models = inOrder(await broughtOn(deps, memory, own, { to: before + 1, late }));
  memory.building = withModels(memory.building, models);
  if (models.some((model) => model.position < before && !isStopped(memory, model))) return undefined;
  const { bytes, models: packed, trees } = packOf(before, models.map(packable), deflateRawSync);
  for (const model of packed) assertSameRoot(model, entries.get(modelName(model)));
  const isPut = await deps.packs.put(before, bytes, { isKept: true });
  const there = isPut ? withTrees(models, trees) : models;
  memory.isLost = false;
  memory.building = new Map();
  memory.stated = { version: head.version, models: there };
  return there;
}

const withTrees = <Model extends ProvenModel>(models: readonly Model[], trees: readonly RowTree[]): Model[] =>
  models.map((model, at) => ({ ...model, tree: trees[at] ?? model.tree }));

function assertSameRoot(model: PackedModel, other: PackedModel | Statement['models'][number] | undefined): void {
  if (!other || other.position !== model.position || other.root === model.root) return;
  if (isSameSetAside(model.setAside, other.setAside)) throw new TwoRoots(model, other.root);
}

function ownModel(projection: Projection, known: readonly ProvenModel[], { building }: ProverMemory): OwnModel {
  const name = modelName(projection);
  const model = known.find((one) => modelName(one) === name) ?? building.get(name) ?? unproven(projection);
  return { ...model, projection };
}

const withModels = (building: ProverMemory['building'], models: readonly OwnModel[]) =>
  new Map([...building, ...models.map((model) => [modelName(model), model] as const)]);

interface Way {
  readonly size: number;
  readonly before: number;
  readonly late: () => boolean;
}

/** Models that are not stated yet go on while nothing may be stated. */
async function broughtNearer(deps: ProverDeps, memory: ProverMemory, models: readonly OwnModel[], way: Way) {
  const nearer = await broughtOn(deps, memory, models, { to: way.size, late: way.late });
  memory.building = withModels(new Map(), nearer);
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
  memory.building = withModels(
    new Map(),
    built.filter((model) => !isThere(model)),
  );
  return [...moved, ...built.filter(isThere)];
}

/** Models of other revisions stay in the statement as they stand, until the revision of this release has come as far. */
function carriedOn({ statement, position }: Newest, known: readonly ProvenModel[], own: readonly OwnModel[]) {
  const names = new Set(own.map(modelName));
  const isReplaced = (name: string) =>
    statement?.models.some((one) => one.name === name && names.has(modelName(one)) && one.position === position);
  return known.filter(
    (model) => !names.has(modelName(model)) && own.some(({ name }) => name === model.name) && !isReplaced(model.name),
  );
}

interface Next {
  readonly next: readonly OwnModel[];
  readonly carried: readonly ProvenModel[];
  readonly reached: number;
}

/** Packs the trees, and states them. */
async function state(deps: ProverDeps, memory: ProverMemory, newest: Newest, { next, carried, reached }: Next) {
  const { store, origin, clock, logger, views } = deps;
  const models = inOrder([...next, ...carried]);
  const isBase = monthOf(newest.statedAt) !== monthOf(clock());
  const packed = await packedUp(deps, models, reached, isBase);
  if (!packed) return;
  for (const model of next) await assertDigest(views, model.projection, model);
  const statement = statementOf(packed.told);
  const result = await store.append([appendOf(newest.head, statement, { source: origin, now: clock() })]);
  if (result.outcome === 'cap') throw new Error(`the statement is too large: ${result.detail}`);
  if (result.outcome !== 'appended') throw new RetryableError(`the statement was not appended: ${result.outcome}`);
  memory.stated = { version: newest.head.version + 1, models: packed.models };
  memory.waitingSince = undefined;
  logger.info('the read models are stated', { position: reached, models: packed.told.length, isBase });
}

/** `undefined` for no instant at all. */
const monthOf = (time: number): string | undefined =>
  Number.isFinite(time) ? new Date(time).toISOString().slice(0, 'YYYY-MM'.length) : undefined;

/**
 * Writes the pack of a position. A base pack stands alone: it has every group, and is kept for ever. Undefined when others
 * have written the pack otherwise, so that these models can only be stated at a later position. @throws TwoRoots
 */
async function packedUp(
  { packs, logger }: ProverDeps,
  models: readonly ProvenModel[],
  position: number,
  isBase: boolean,
): Promise<{ readonly models: readonly ProvenModel[]; readonly told: readonly PackedModel[] } | undefined> {
  const alone = async (model: ProvenModel): Promise<ProvenModel> => ({
    ...model,
    tree: await standingAlone(model.tree, { hash: sha256, readGroup: packs.readGroup }),
  });
  const packed = isBase ? await Promise.all(models.map(alone)) : models;
  const { bytes, models: told, trees } = packOf(position, packed.map(packable), deflateRawSync);
  if (await packs.put(position, bytes, { isKept: isBase })) return { models: withTrees(models, trees), told };
  const footer = await packs.footer(position);
  if (!footer) throw new PackLost(position);
  const there = told.flatMap((model) => footer.find((one) => modelName(one) === modelName(model)) ?? []);
  for (const [at, model] of told.entries()) if (there[at]) assertSameRoot(model, there[at]);
  const isSame = told.every(({ root, position: own }, at) => there[at]?.root === root && there[at]?.position === own);
  if (isSame) return { models: withTrees(models, there.map(treeOf)), told: there };
  logger.warn('others have packed the read models otherwise: they are stated at a later position', { position });
  return undefined;
}

/** Asks for a wake-up, unless one comes by then. */
async function askAgain({ clock, wakeIn }: ProverDeps, memory: ProverMemory, wait: number): Promise<void> {
  const at = clock() + wait;
  if (memory.wakesAt > clock() && memory.wakesAt <= at) return;
  await wakeIn(wait);
  memory.wakesAt = at;
}
