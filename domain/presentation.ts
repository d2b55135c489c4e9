import type { FoldedRecord } from './kernel/aggregate.ts';
import { numberAt, numberOf, type SealedRecord } from './projections/projection.ts';
import { evidenceOf } from './record/evidence.ts';
import { heldIn } from './record/held.ts';
import { periodsOf, standingOf, statusOf } from './record/record.ts';
import { isContainer } from './values/container.ts';
import { escapePointer } from './values/ids.ts';
import { type Day, dayOf } from './values/partial-date.ts';

/** Raised whenever a history is shown otherwise: whoever has an earlier answer does not have this one. */
export const SHOWN_REVISION = 1;

/**
 * A record as readers see it, but for the names of what it refers to. State and standing are those of its last event;
 * where a day is asked for, the state is that of the day.
 */
export function presentRecord(sealed: SealedRecord, day?: Day, evidence = evidenceOf(sealed.record)) {
  const { record } = sealed;
  const { aggregate, state } = record;
  const last = dayOf(record.changedAt);
  const fields = aggregate.present?.(state, day ?? last) ?? (state as object);
  return {
    id: record.id,
    version: record.version,
    number: numberOf(sealed),
    ...(day === undefined ? { state: statusOf(record, last) } : stateOn(record, day)),
    standing: standingOf(record),
    recordedAt: record.recordedAt,
    submittedBy: record.submitter,
    ...(record.cohort === undefined ? {} : { cohort: record.cohort }),
    ...heldIn(fields, day ?? last, day !== undefined),
    evidence,
    ...saidSince(record),
    ...staysOf(sealed),
  };
}

/** What was said of the record beside its facts. */
function saidSince({ corrections, retractions, voices }: FoldedRecord): object {
  return {
    ...(corrections.length > 0 && { corrections }),
    ...(retractions.length > 0 && { retractions }),
    ...(voices.disputes.size > 0 && { disputes: [...voices.disputes.values()] }),
  };
}

/** The state on a day. It is certain where nothing that may have happened by then, and need not have, leads elsewhere. */
function stateOn(record: FoldedRecord, day: Day) {
  const { aggregate, state, isRetracted } = record;
  const [possible, certain] = [statusOf(record, day), statusOf(record, day, 'certain')];
  const isOpen = possible !== certain || (!isRetracted && aggregate.lifecycle.isOpenOn?.(state, day));
  return { state: possible, certainty: isOpen ? ('possible' as const) : ('certain' as const) };
}

/** The stays of a membership, each with its register number. */
function staysOf(sealed: SealedRecord): object {
  if (!sealed.record.aggregate.periods) return {};
  return {
    periods: periodsOf(sealed.record).map(({ version, from, to }) => ({ number: numberAt(sealed, version), from, to })),
  };
}

/** A place that differs: without `was` it is new, without `is` it is gone. */
export interface Change {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly was?: unknown;
  readonly is?: unknown;
}

/** Where two JSON values differ, as deep as both have the place. */
export function changesBetween(was: unknown, is: unknown): Change[] {
  const changes: Change[] = [];
  const compare = (was: unknown, is: unknown, pointer: string): void => {
    if (Object.is(was, is)) return;
    if (Array.isArray(was) && Array.isArray(is)) {
      for (let at = 0; at < Math.max(was.length, is.length); at += 1) {
        if (!Object.is(was[at], is[at])) compare(was[at], is[at], `${pointer}/${at}`);
      }
    } else if (isContainer(was) && isContainer(is) && Array.isArray(was) === Array.isArray(is)) {
      for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
        compare(was[key], is[key], `${pointer}/${escapePointer(key)}`);
      }
    } else changes.push({ pointer, ...(was !== undefined && { was }), ...(is !== undefined && { is }) });
  };
  compare(was, is, '');
  return changes;
}
