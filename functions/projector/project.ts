import type { Logger } from '@aws-lambda-powertools/logger';
import type { Projection } from '../../domain/projections/projection.ts';
import { isTransientError } from '../runtime/aws-errors.ts';
import { type Backoff, RetryableError, retry } from '../runtime/backoff.ts';
import type { WorkProgress } from '../runtime/wake-up.ts';
import { type Build, buildName, buildOf, type Serving } from '../stores/builds.ts';
import { foreignTables, type Head, type TableNames } from '../stores/log-items.ts';
import { BEGINNING } from '../stores/view-items.ts';
import type { Views } from '../stores/views.ts';
import { reasonOf } from './limits.ts';
import { ProjectionBroken, type StepsDeps, stepsOf } from './steps.ts';
import { noteTried, type Tried, tryAnew } from './take-up.ts';
import { CheckpointMoved, createWriter, type Writer } from './writer.ts';
import { type BuildsStore, writtenBuilds } from './written.ts';

export interface ProjectorDeps extends StepsDeps {
  readonly log: StepsDeps['log'] & { readonly readHead: () => Promise<Head | undefined> };
  readonly views: BuildsStore & Pick<Views, 'asides' | 'get' | 'write' | 'replace' | 'flip'>;
  readonly tables: TableNames;
  readonly backoff: Backoff;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** What an instance of the function remembers of a build from one call to the next. */
interface BuildMemory {
  readonly tried: Tried;
  /** How many records are set aside, as far as it knows. */
  setAside: number;
}

/** By the names of builds. */
export type ProjectorMemory = Map<string, BuildMemory>;

const ATTEMPTS = 8;

/** For how long what is served waits while another build is made, in milliseconds. */
const SLICE = 250;

/**
 * Brings the builds of a read model from their checkpoints to HEAD, or as far as possible until `deadline` (milliseconds
 * since 1970). What is served goes first, and is brought to HEAD again and again while another build is made.
 * @throws ProjectionBroken when the projection cannot go on at a commit, after everything before it is written
 */
export async function project(deps: ProjectorDeps, memory: ProjectorMemory, deadline: number): Promise<WorkProgress> {
  const { clock, projection, views } = deps;
  const size = await sizeOf(deps);
  const { served, building, serving } = await writtenBuilds(projection, views);
  const noted = (build: Build) => memoryOf(memory, buildName(projection.name, build));
  for (const known of memory.keys()) {
    const isWritten = [served, building].some((build) => build && buildName(projection.name, build) === known);
    if (!isWritten) memory.delete(known);
  }
  let failure: { readonly error: unknown } | undefined;
  const late = () => failure !== undefined || clock() >= deadline;
  const bring = (build: Build, size: number, between?: () => Promise<void>) =>
    bringBuild({ ...deps, projection: { ...projection, ...build } }, noted(build), { size, late, between });
  const progress = served ? await bring(served, size) : 'current';
  if (!building || progress === 'more') return progress;

  let last = clock();
  const between = async () => {
    if (!served || clock() - last < SLICE) return;
    // What is wrong with what is served does not show in the checkpoint of what is made.
    await bring(served, await sizeOf(deps)).catch((error: unknown) => {
      failure = { error };
    });
    last = clock();
  };
  // Not beyond what is served, so that both come to stand at one position, at which they can be compared.
  const built = await bring(building, size, between);
  if (failure) throw failure.error;
  if (built === 'current' && !served && serving) await serveBuilt(deps, serving, building);
  return built;
}

function memoryOf(memory: ProjectorMemory, build: string): BuildMemory {
  const known = memory.get(build) ?? { tried: new Set<string>(), setAside: 0 };
  memory.set(build, known);
  return known;
}

async function sizeOf({ log, tables }: Pick<ProjectorDeps, 'log' | 'tables'>): Promise<number> {
  const head = await log.readHead();
  const foreign = foreignTables(head, tables);
  if (foreign !== undefined) throw new Error(foreign);
  return head?.size ?? 0;
}

/** A new revision is served as soon as it has come to the end of the log. */
async function serveBuilt({ projection, views, logger }: ProjectorDeps, serving: Serving, building: Build) {
  const { name } = projection;
  const old = await views.checkpoint({ ...projection, ...buildOf(serving) });
  if (!(await views.flip(name, serving, old))) return;
  const { position } = await views.checkpoint({ ...projection, ...building });
  const earlier = { ...buildOf(serving), position: old.position };
  logger.info('the read model was built anew', { projection: name, ...building, position, earlier });
}

/** The projection with the build whose rows are written. */
type BuildDeps = ProjectorDeps & { readonly projection: Projection & Build };

interface Way {
  /** How much of the log is applied. */
  readonly size: number;
  readonly late: () => boolean;
  /** Is called after each commit. */
  readonly between?: (() => Promise<void>) | undefined;
}

/**
 * Brings one build on. After lost races and cancelled transactions it starts over from the checkpoint; where something is
 * done in between, a lost race is the end.
 */
async function bringBuild(deps: BuildDeps, memory: BuildMemory, way: Way): Promise<WorkProgress> {
  const { projection, views, backoff } = deps;
  let written = 0;
  const wrote = () => {
    written += 1;
  };
  const attempt = async (): Promise<WorkProgress> => {
    for (;;) {
      const start = await views.checkpoint(projection);
      if (start.closed) throw new Error('registry doctor is at work on this read model');
      const asides = await views.asides(projection);
      const writer = createWriter({ ...deps, wrote }, { start, asides });
      try {
        const progress = await goOn(deps, { ...way, writer, memory });
        if (progress) return progress;
      } catch (error) {
        // Another invocation makes the build. If that one dies, the next wake-up goes on.
        if (error instanceof CheckpointMoved && way.between) return 'current';
        if (error instanceof ProjectionBroken) {
          await writer.stop({ position: error.position, reason: reasonOf(error.cause) });
        }
        throw error;
      } finally {
        noteTried(memory.tried, asides, writer.asides);
        memory.setAside = writer.asides.size;
      }
    }
  };
  const isTransient = (error: unknown) => error instanceof RetryableError || isTransientError(error);
  return retry(attempt, { attempts: ATTEMPTS, backoff, isTransient, progress: () => written });
}

interface Round extends Way {
  readonly writer: Writer;
  readonly memory: BuildMemory;
}

/** Goes on from the checkpoint that was read; undefined when the checkpoint has to be read again. */
async function goOn(
  deps: BuildDeps,
  { size, writer, memory, late, between }: Round,
): Promise<WorkProgress | undefined> {
  await tryAnew(deps, writer, memory.tried, late);
  const { position, part, complete } = writer.at();
  if (position >= size - 1) {
    if (!complete && (await writer.complete())) tellComplete(deps, writer);
    return 'current';
  }
  if (late()) return 'more';
  const span = { from: position + 1, to: size, asides: writer.asides, isBegun: part > 0 };
  await writeAll(stepsOf(deps, span), writer, late, between);
  return undefined;
}

/** Writes until the end or until it is late. Steps before one that fails are written first. */
async function writeAll(
  steps: ReturnType<typeof stepsOf>,
  writer: Writer,
  late: () => boolean,
  between: Round['between'],
): Promise<void> {
  try {
    for await (const step of steps) {
      await writer.add(step);
      if (late()) break;
      await between?.();
    }
  } catch (error) {
    if (!(error instanceof CheckpointMoved)) await writer.flush();
    throw error;
  }
  await writer.flush();
}

/** Says that a build has come to the end of the log for the first time. */
function tellComplete({ projection: { name, revision, build }, logger }: BuildDeps, writer: Writer): void {
  const { position } = writer.at();
  if (position === BEGINNING.position) return;
  logger.info('the read model was built', {
    projection: name,
    revision,
    build,
    position,
    setAside: writer.asides.size,
  });
}
