import { digestAfter } from '../../domain/projections/digest.ts';
import { packed } from '../../domain/values/lists.ts';
import { isTransientError } from '../runtime/aws-errors.ts';
import { type Backoff, RetryableError, retry } from '../runtime/backoff.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { WorkProgress } from '../runtime/wake-up.ts';
import { foreignTables, type Head, type TableNames } from '../stores/log-items.ts';
import type { ViewCheckpoint } from '../stores/view-items.ts';
import { CHANGES_PER_WRITE, type RowChange, type Views } from '../stores/views.ts';
import { merge, type RowDifference } from './difference.ts';
import { type StepsDeps, stepsOf } from './steps.ts';

export interface ProjectorDeps extends StepsDeps {
  readonly log: StepsDeps['log'] & { readonly readHead: () => Promise<Head | undefined> };
  readonly views: Pick<Views, 'checkpoint' | 'write'>;
  readonly tables: TableNames;
  readonly backoff: Backoff;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** AWS limit of a transaction is 4 MB; this leaves room for keys and for how DynamoDB counts. */
const BYTES_PER_WRITE = 2_500_000;

const ATTEMPTS = 8;

type Differences = ReadonlyMap<string, RowDifference>;

/** The checkpoint is not the one that was read: another projector runs. */
class CheckpointMoved extends RetryableError {
  override readonly name = 'CheckpointMoved';
}

/**
 * Brings a read model from its checkpoint to HEAD, or as far as possible until `deadline` (milliseconds since 1970).
 * After lost races and cancelled transactions it starts over from the checkpoint.
 * @throws ProjectionBroken when the projection fails at a commit, after everything before it is written
 */
export async function project(deps: ProjectorDeps, deadline: number): Promise<WorkProgress> {
  const { projection, log, views, tables, clock, backoff } = deps;
  const head = await log.readHead();
  if (!head) return 'current';
  const foreign = foreignTables(head, tables);
  if (foreign !== undefined) throw new Error(foreign);

  let written = 0;
  const wrote = () => {
    written += 1;
  };
  const attempt = async (): Promise<WorkProgress> => {
    for (;;) {
      const checkpoint = await views.checkpoint(projection);
      if (checkpoint.closed) throw new Error('registry doctor is at work on this read model');
      if (checkpoint.position >= head.size - 1) return 'current';
      if (clock() >= deadline) return 'more';
      const steps = stepsOf(deps, checkpoint.position + 1, head.size);
      await writeAll(steps, createWriter(deps, checkpoint, wrote), () => clock() >= deadline);
    }
  };
  const isTransient = (error: unknown) => error instanceof RetryableError || isTransientError(error);
  return retry(attempt, { attempts: ATTEMPTS, backoff, isTransient, progress: () => written });
}

/** Writes until the end or until it is late. Steps before one that fails are written first. */
async function writeAll(steps: ReturnType<typeof stepsOf>, writer: Writer, late: () => boolean): Promise<void> {
  try {
    for await (const { position, differences } of steps) {
      await writer.add(position, differences);
      if (late()) break;
    }
  } catch (error) {
    if (!(error instanceof CheckpointMoved)) await writer.flush();
    throw error;
  }
  await writer.flush();
}

type Writer = ReturnType<typeof createWriter>;

/** Gathers steps into transactions. Each ends with a commit, or is one part of a very large commit. */
function createWriter({ projection, views }: ProjectorDeps, start: ViewCheckpoint, wrote: () => void) {
  let at = start;
  let gathered: Differences = new Map();
  let reached = start.position;

  async function write(differences: readonly RowDifference[], next: Pick<ViewCheckpoint, 'position' | 'part'>) {
    const gone = differences.flatMap(({ was }) => (was ? [was.text] : []));
    const came = differences.flatMap(({ is }) => (is ? [is.text] : []));
    const to = { ...next, digest: digestAfter(sha256, at.digest, gone, came) };
    if (!(await views.write(projection, differences.map(changeOf), at, to)))
      throw new CheckpointMoved('another projector has moved the checkpoint');
    at = to;
    wrote();
  }

  async function flush(): Promise<void> {
    if (reached === at.position) return;
    await write([...gathered.values()], { position: reached, part: 0 });
    gathered = new Map();
  }

  /** After a crash the parts are cut the same way: the checkpoint says how many are written. */
  async function writeInParts(position: number, differences: Differences): Promise<void> {
    const parts = partsOf(differences.values());
    for (let part = at.part; part < parts.length; part += 1) {
      const isLast = part === parts.length - 1;
      await write(parts[part] ?? [], isLast ? { position, part: 0 } : { position: at.position, part: part + 1 });
    }
    reached = position;
  }

  async function add(position: number, differences: Differences): Promise<void> {
    if (at.part > 0 || !fits(differences)) {
      await flush();
      return writeInParts(position, differences);
    }
    const merged = merge(gathered, differences);
    if (fits(merged)) gathered = merged;
    else {
      await flush();
      gathered = differences;
    }
    reached = position;
  }

  return { add, flush };
}

const bytesOf = ({ is }: RowDifference): number => 300 + (is ? Buffer.byteLength(is.text) : 0);

/**
 * Differences in parts that each fit into one transaction: first what is put, then what is deleted, so that between two
 * parts a record that moves in a list stands there twice rather than not at all.
 */
function partsOf(differences: Iterable<RowDifference>): RowDifference[][] {
  const { puts = [], deletes = [] } = Object.groupBy(differences, ({ is }) => (is ? 'puts' : 'deletes'));
  return [...packed([...puts, ...deletes], CHANGES_PER_WRITE, { of: bytesOf, max: BYTES_PER_WRITE })];
}

const fits = (differences: Differences): boolean => partsOf(differences.values()).length <= 1;

function changeOf({ was, is }: RowDifference): RowChange {
  const row = is ?? was;
  if (!row) throw new Error('a difference has a row');
  return { partition: row.partition, sort: row.sort, value: is?.value };
}
