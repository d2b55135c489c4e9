import type { Logger } from '@aws-lambda-powertools/logger';
import { isTransientError } from '../runtime/aws-errors.ts';
import { type Backoff, RetryableError, retry } from '../runtime/backoff.ts';
import type { WorkProgress } from '../runtime/wake-up.ts';
import { foreignTables, type Head, type TableNames } from '../stores/log-items.ts';
import { BEGINNING } from '../stores/view-items.ts';
import type { Views } from '../stores/views.ts';
import { reasonOf } from './limits.ts';
import { ProjectionBroken, type StepsDeps, stepsOf } from './steps.ts';
import { noteTried, type Tried, tryAnew } from './take-up.ts';
import { CheckpointMoved, createWriter, type Writer } from './writer.ts';

export interface ProjectorDeps extends StepsDeps {
  readonly log: StepsDeps['log'] & { readonly readHead: () => Promise<Head | undefined> };
  readonly views: Pick<Views, 'checkpoint' | 'asides' | 'get' | 'write' | 'replace'>;
  readonly tables: TableNames;
  readonly backoff: Backoff;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** What an instance of the function remembers from one call to the next. */
export interface ProjectorMemory {
  readonly tried: Tried;
  /** How many records are set aside, as far as it knows. */
  setAside: number;
}

const ATTEMPTS = 8;

/**
 * Brings a read model from its checkpoint to HEAD, or as far as possible until `deadline` (milliseconds since 1970).
 * After lost races and cancelled transactions it starts over from the checkpoint.
 * @throws ProjectionBroken when the projection cannot go on at a commit, after everything before it is written
 */
export async function project(deps: ProjectorDeps, memory: ProjectorMemory, deadline: number): Promise<WorkProgress> {
  const { projection, log, views, tables, clock, backoff } = deps;
  const head = await log.readHead();
  const size = head?.size ?? 0;
  const foreign = foreignTables(head, tables);
  if (foreign !== undefined) throw new Error(foreign);

  let written = 0;
  const wrote = () => {
    written += 1;
  };
  const late = () => clock() >= deadline;
  const attempt = async (): Promise<WorkProgress> => {
    for (;;) {
      const start = await views.checkpoint(projection);
      if (start.closed) throw new Error('registry doctor is at work on this read model');
      const asides = await views.asides(projection);
      const writer = createWriter({ ...deps, wrote }, { start, asides });
      try {
        const progress = await goOn(deps, { size, writer, memory, late });
        if (progress) return progress;
      } catch (error) {
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

interface Round {
  /** Of the log, as far as it is brought. */
  readonly size: number;
  readonly writer: Writer;
  readonly memory: ProjectorMemory;
  readonly late: () => boolean;
}

/** Goes on from the checkpoint that was read; undefined when the checkpoint has to be read again. */
async function goOn(deps: ProjectorDeps, { size, writer, memory, late }: Round): Promise<WorkProgress | undefined> {
  await tryAnew(deps, writer, memory.tried, late);
  const { position, part, complete } = writer.at();
  if (position >= size - 1) {
    if (!complete && (await writer.complete())) await tellComplete(deps, writer);
    return 'current';
  }
  if (late()) return 'more';
  const span = { from: position + 1, to: size, asides: writer.asides, isBegun: part > 0 };
  await writeAll(stepsOf(deps, span), writer, late);
  return undefined;
}

/** Writes until the end or until it is late. Steps before one that fails are written first. */
async function writeAll(steps: ReturnType<typeof stepsOf>, writer: Writer, late: () => boolean): Promise<void> {
  try {
    for await (const step of steps) {
      await writer.add(step);
      if (late()) break;
    }
  } catch (error) {
    if (!(error instanceof CheckpointMoved)) await writer.flush();
    throw error;
  }
  await writer.flush();
}

/** Says that a read model has come to the end of the log for the first time, and where its last revision stood. */
async function tellComplete({ projection, views, logger }: ProjectorDeps, writer: Writer): Promise<void> {
  if (writer.at().position === BEGINNING.position) return;
  const { name, revision } = projection;
  const built = { projection: name, revision, position: writer.at().position, setAside: writer.asides.size };
  for (let earlier = revision - 1; earlier > 0; earlier -= 1) {
    const { position } = await views.checkpoint({ ...projection, revision: earlier });
    if (position === BEGINNING.position) continue;
    return logger.info('the read model was built anew', { ...built, earlier: { revision: earlier, position } });
  }
  logger.info('the read model was built', built);
}
