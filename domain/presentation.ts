import type { FoldedRecord } from './aggregate.ts';
import { numberAt, numberOf, type SealedRecord } from './projections/projection.ts';
import { standingOf } from './record.ts';
import { escapePointer } from './values/ids.ts';
import type { Day } from './values/partial-date.ts';

/**
 * A record as readers see it, but for the names of what it refers to. State and standing are those of its last event;
 * where a day is asked for, the state is that of the day.
 */
export function present(sealed: SealedRecord, day?: Day) {
  const { record } = sealed;
  const { aggregate, state } = record;
  const fields = aggregate.present?.(state, day ?? dayOf(record)) ?? (state as object);
  return {
    id: record.id,
    version: record.version,
    number: numberOf(sealed),
    ...(day === undefined ? { state: aggregate.statusOn(state, dayOf(record)) } : stateOn(record, day)),
    standing: standingOf(record),
    recordedAt: record.recordedAt,
    ...(record.cohort === undefined ? {} : { cohort: record.cohort }),
    ...fields,
    ...periodsOf(sealed),
  };
}

/** The day of a record's last event. */
const dayOf = ({ changedAt }: FoldedRecord): Day => changedAt.slice(0, 10);

/** The state on a day. It is certain where it is the same whether each date is read as its first day or as its last. */
export function stateOn({ aggregate, state }: FoldedRecord, day: Day) {
  const [possible, certain] = [aggregate.statusOn(state, day), aggregate.statusOn(state, day, 'certain')];
  return { state: possible, certainty: possible === certain ? ('certain' as const) : ('possible' as const) };
}

/** The stays of a membership, each with its register number. */
function periodsOf(sealed: SealedRecord): object {
  const { aggregate, state } = sealed.record;
  const periods = aggregate.periods?.(state);
  if (!periods) return {};
  return { periods: periods.map(({ version, from, to }) => ({ number: numberAt(sealed, version), from, to })) };
}

/** A place that differs: without `was` it is new, without `is` it is gone. */
export interface Change {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly was?: unknown;
  readonly is?: unknown;
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Where two JSON values differ, as deep as both have the place. */
export function changesBetween(was: unknown, is: unknown, pointer = ''): Change[] {
  if (Object.is(was, is)) return [];
  if (isContainer(was) && isContainer(is) && Array.isArray(was) === Array.isArray(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return keys.flatMap((key) => changesBetween(was[key], is[key], `${pointer}/${escapePointer(key)}`));
  }
  return [{ pointer, ...(was !== undefined && { was }), ...(is !== undefined && { is }) }];
}
