import type { Logger } from '@aws-lambda-powertools/logger';
import { digestAfter } from '../../domain/projections/digest.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { type Counters, rowKey, type SummedRow, summed } from '../../domain/projections/sums.ts';
import { packed } from '../../domain/values/lists.ts';
import { RetryableError } from '../runtime/backoff.ts';
import { sha256 } from '../runtime/sha256.ts';
import type { Build } from '../stores/builds.ts';
import type { Aside, AsideChanges, Asides, ViewCheckpoint } from '../stores/view-items.ts';
import { CHANGES_PER_WRITE, type RowChange, type Views } from '../stores/views.ts';
import { differenceOf, merge, type RowDifference } from './difference.ts';
import type { ProjectionStep } from './steps.ts';

/** AWS limit of a transaction is 4 MB; this leaves room for keys and for how DynamoDB counts. */
const BYTES_PER_WRITE = 2_500_000;

export interface WriterDeps {
  readonly projection: Projection & Build;
  readonly views: Pick<Views, 'get' | 'write' | 'replace'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Is called after each write. */
  readonly wrote: () => void;
}

/** What a transaction changes besides the checkpoint. */
type Changes = Omit<ProjectionStep, 'position'>;

/** A row that a record owns, or one that it shares with others. */
type Change = RowDifference | SummedRow;

const isSummed = (change: Change): change is SummedRow => 'add' in change;

const NOTHING: Changes = { differences: new Map(), sums: new Map(), asides: new Map() };

/** The checkpoint is not the one that was read: another projector runs. */
export class CheckpointMoved extends RetryableError {
  override readonly name = 'CheckpointMoved';
}

export type Writer = ReturnType<typeof createWriter>;

/**
 * Gathers steps into transactions. Each ends with a commit, or is one part of a very large commit. `start` and `asides`
 * are what was read.
 */
export function createWriter(
  { projection, views, logger, wrote }: WriterDeps,
  { start, asides: before }: { start: ViewCheckpoint; asides: Asides },
) {
  const asides = new Map(before);
  let at = start;
  let gathered = NOTHING;
  let reached = start.position;

  async function replace(to: ViewCheckpoint): Promise<boolean> {
    const isReplaced = await views.replace(projection, at, to);
    if (isReplaced) at = to;
    return isReplaced;
  }

  /** What adding makes of rows that records share: nobody changes these while the checkpoint stays. */
  async function resolved(changes: readonly Change[]): Promise<RowDifference[]> {
    const sums = changes.filter(isSummed);
    const stored = sums.length === 0 ? new Map() : await views.get<Counters>(projection, sums);
    return changes.flatMap((change) =>
      isSummed(change) ? (differenceOf(change, stored.get(rowKey(change))) ?? []) : change,
    );
  }

  async function write(
    rowChanges: readonly Change[],
    next: Pick<ViewCheckpoint, 'position' | 'part' | 'takingUp'>,
    changes: AsideChanges = new Map(),
  ): Promise<void> {
    const differences = await resolved(rowChanges);
    const gone = differences.flatMap(({ was }) => (was ? [was.text] : []));
    const came = differences.flatMap(({ is }) => (is ? [is.text] : []));
    const { closings, complete, rows } = at;
    const kept = {
      ...(closings !== undefined && { closings }),
      ...(complete && { complete }),
      ...(rows !== undefined && { rows: rows + came.length - gone.length }),
    };
    const to = { ...kept, ...next, digest: digestAfter(sha256, at.digest, gone, came) };
    if (!(await views.write(projection, differences.map(changeOf), at, to, changes)))
      throw new CheckpointMoved('another projector has moved the checkpoint');
    at = to;
    wrote();
    for (const change of changes) tell(...change);
  }

  function tell(record: string, aside: Aside | undefined): void {
    const was = asides.get(record);
    if (aside) asides.set(record, aside);
    else asides.delete(record);
    if (aside) logger.warn('a record was set aside', { projection: projection.name, record, ...aside });
    else if (was) logger.info('a record was taken up', { projection: projection.name, record, ...was });
  }

  async function flush(): Promise<void> {
    if (reached === at.position) return;
    await write(changesIn(gathered), { position: reached, part: 0 }, gathered.asides);
    gathered = NOTHING;
  }

  /**
   * After a crash the parts are cut the same way: the checkpoint says how many are written. A record is set aside or
   * taken up with the last part, so that until then the same is computed again.
   */
  async function writeInParts(
    changes: Changes,
    between: Pick<ViewCheckpoint, 'position' | 'takingUp'>,
    end: number,
  ): Promise<void> {
    const parts = partsOf(changes);
    for (let part = at.part; part < parts.length; part += 1) {
      const isLast = part === parts.length - 1;
      const next = isLast ? { position: end, part: 0 } : { ...between, part: part + 1 };
      await write(parts[part] ?? [], next, isLast ? changes.asides : undefined);
    }
  }

  async function add({ position, ...changes }: ProjectionStep): Promise<void> {
    if (at.part > 0 || !fits(changes)) {
      await flush();
      await writeInParts(changes, { position: at.position }, position);
    } else {
      const merged = mergeChanges(gathered, changes);
      if (fits(merged)) gathered = merged;
      else {
        await flush();
        gathered = changes;
      }
    }
    reached = position;
  }

  /** Writes the rows that a record lacks which was set aside. The position stays. */
  const takeUp = (record: string, { differences, sums }: Omit<Changes, 'asides'>): Promise<void> => {
    const changes = { differences, sums, asides: new Map([[record, undefined]]) };
    if (fits(changes) && at.part === 0) {
      return write(changesIn(changes), { position: at.position, part: 0 }, changes.asides);
    }
    return writeInParts(changes, { position: at.position, takingUp: record }, at.position);
  };

  /** Notes that the read model has come to the end of the log; returns whether it is noted. */
  const complete = (): Promise<boolean> => replace({ ...at, complete: true });

  /** Notes where the projection cannot go on, for whoever asks. Nothing depends on it. */
  async function stop(stopped: NonNullable<ViewCheckpoint['stopped']>): Promise<void> {
    const isNoted = at.stopped?.position === stopped.position && at.stopped.reason === stopped.reason;
    if (!isNoted) await replace({ ...at, stopped });
  }

  return { asides: asides as Asides, at: () => at, add, flush, takeUp, complete, stop };
}

const mergeChanges = (first: Changes, second: Changes): Changes => ({
  differences: merge(first.differences, second.differences),
  sums: summed([...first.sums.values(), ...second.sums.values()]),
  asides: new Map([...first.asides, ...second.asides]),
});

/** Of a row of counters whatever they are: after a crash the parts have to be cut the same way. */
const SUMMED_BYTES = 2_000;

const bytesOf = (change: Change): number =>
  isSummed(change) ? SUMMED_BYTES : 300 + (change.is ? Buffer.byteLength(change.is.text) : 0);

/**
 * First what is put, then what is added, then what is deleted, so that between two parts a record that moves in a list
 * stands there twice rather than not at all.
 */
function changesIn({ differences, sums }: Changes): Change[] {
  const { puts = [], deletes = [] } = Object.groupBy(differences.values(), ({ is }) => (is ? 'puts' : 'deletes'));
  return [...puts, ...sums.values(), ...deletes];
}

/** The changes in parts that each fit into one transaction with the records set aside. */
const partsOf = (changes: Changes): Change[][] => [
  ...packed(changesIn(changes), CHANGES_PER_WRITE - changes.asides.size, { of: bytesOf, max: BYTES_PER_WRITE }),
];

const fits = (changes: Changes): boolean => changes.asides.size < CHANGES_PER_WRITE && partsOf(changes).length <= 1;

function changeOf({ was, is }: RowDifference): RowChange {
  const row = is ?? was;
  if (!row) throw new Error('a difference has a row');
  return { partition: row.partition, sort: row.sort, value: is?.value };
}
