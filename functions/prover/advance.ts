import type { Projection, SealedRecord } from '../../domain/projections/projection.ts';
import { addTo, change, type SummedRow, type Sums, summed } from '../../domain/projections/sums.ts';
import { added, difference, merge, type RowDifference, type Rows, rowsByKey } from '../projector/difference.ts';
import { ProjectionBroken, type StepsDeps, stepsOf } from '../projector/steps.ts';
import type { Asides } from '../stores/view-items.ts';
import { type ChangedRecord, type ChangedRecords, changedRecords, type LogSpan, type RecordsDeps } from './records.ts';

/** A projection, and the records that its rows have as of an earlier version. */
export interface Advancing {
  readonly projection: Projection;
  readonly asides: Asides;
}

/** What a span of the log changes in one read model. */
export interface Advance {
  /** How far it came: to the end of the span, unless the projection cannot go on. */
  readonly position: number;
  readonly differences: ReadonlyMap<string, RowDifference>;
  readonly sums: Sums;
  readonly asides: Asides;
  readonly stopped?: ProjectionBroken;
}

/** What is remembered of records between spans, since commits of one record tend to follow each other. */
export interface RecordMemory {
  readonly sealed: Map<string, SealedRecord>;
  readonly contributed: Map<string, Map<Projection, Contribution>>;
}

interface Contribution {
  readonly version: number;
  readonly rows: Rows;
  readonly sums: Sums;
}

export const noMemory = (): RecordMemory => ({ sealed: new Map(), contributed: new Map() });

const RECORDS_KEPT = 500;

/**
 * What a span of the log changes in each of these read models, which stand at one position. Each record is folded once,
 * and its rows are taken once, after its last commit of the span: what a projector that goes commit by commit does comes to
 * the same. Where a projection cannot take a record, it goes commit by commit, as the projector does.
 */
export async function advanced(
  deps: Omit<StepsDeps, 'projection'> & RecordsDeps,
  models: readonly Advancing[],
  span: LogSpan,
  memory: RecordMemory,
): Promise<{ readonly position: number; readonly advances: readonly Advance[] }> {
  const changed = await changedRecords(deps, memory.sealed, span);
  const { position, records } = changed;
  const advances: Advance[] = [];
  for (const model of models) {
    const advance = taken(model, changed, memory) ?? (await stepped(deps, model, span.from, position));
    advances.push(advance);
  }
  remember(memory, records);
  return { position, advances };
}

/** Undefined when the projection cannot take a record, or has not taken one before. */
function taken({ projection, asides }: Advancing, { position, records }: ChangedRecords, memory: RecordMemory) {
  const differences = new Map<string, RowDifference>();
  const sums = new Map<string, SummedRow>();
  try {
    for (const [id, { before, after, fault }] of records) {
      if (fault || !after || asides.has(id)) return undefined;
      const one = changeOf(projection, { before, after }, contributionsOf(memory, id));
      for (const [key, differs] of one.differences) differences.set(key, differs);
      addTo(sums, one.sums.values());
    }
  } catch {
    return undefined;
  }
  return { position, differences, sums, asides };
}

function contributionsOf({ contributed }: RecordMemory, id: string): Map<Projection, Contribution> {
  const known = contributed.get(id) ?? new Map<Projection, Contribution>();
  contributed.set(id, known);
  return known;
}

/** What more commits of a record change. @throws when the projection cannot take it */
function changeOf(
  projection: Projection,
  { before, after }: Pick<ChangedRecord, 'before'> & { readonly after: SealedRecord },
  known: Map<Projection, Contribution>,
) {
  const version = before?.record.version ?? 0;
  const last = known.get(projection);
  const was = last?.version === version ? last : contributionOf(projection, before);
  const is = contributionOf(projection, after);
  known.set(projection, is);
  const fresh = after.commits.slice(before?.commits.length ?? 0);
  const own = rowsByKey(fresh.flatMap((commit) => projection.ofCommit?.(after, commit) ?? []));
  return { differences: merge(difference(was.rows, is.rows), added(own)), sums: change(was.sums, is.sums) };
}

const contributionOf = ({ rows, sums = () => [] }: Projection, sealed: SealedRecord | undefined): Contribution => ({
  version: sealed?.record.version ?? 0,
  rows: rowsByKey(sealed ? rows(sealed) : []),
  sums: summed(sealed ? sums(sealed) : []),
});

/** Commit by commit, with the records that are set aside and taken up on the way. */
async function stepped(
  deps: Omit<StepsDeps, 'projection'>,
  { projection, asides: before }: Advancing,
  from: number,
  to: number,
): Promise<Advance> {
  let differences: ReadonlyMap<string, RowDifference> = new Map();
  const sums = new Map<string, SummedRow>();
  const asides = new Map(before);
  let position = from - 1;
  const result = () => ({ position, differences, sums, asides });
  try {
    for await (const step of stepsOf({ ...deps, projection }, { from, to: to + 1, asides: before, isBegun: false })) {
      if (step.position > to) break;
      ({ position } = step);
      differences = merge(differences, step.differences);
      addTo(sums, step.sums.values());
      for (const [id, aside] of step.asides) aside ? asides.set(id, aside) : asides.delete(id);
    }
  } catch (error) {
    if (error instanceof ProjectionBroken) return { ...result(), stopped: error };
    throw error;
  }
  return result();
}

function remember({ sealed, contributed }: RecordMemory, records: ChangedRecords['records']): void {
  for (const [id, { after }] of records) {
    sealed.delete(id);
    if (after) sealed.set(id, after);
  }
  for (const id of sealed.keys()) {
    if (sealed.size <= RECORDS_KEPT) break;
    sealed.delete(id);
  }
  for (const id of contributed.keys()) if (!sealed.has(id)) contributed.delete(id);
}
