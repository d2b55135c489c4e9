import type { FoldedRecord } from './kernel/aggregate.ts';
import type { RegistryEvent } from './kernel/event.ts';
import { presentRecord } from './presentation.ts';
import type { SealedEvents, SealedRecord } from './projections/projection.ts';
import { onAnyRecord } from './record/events.ts';
import { evidenceOf } from './record/evidence.ts';
import { indexFieldsOf } from './record/record.ts';
import type { RecordList } from './record/shown.ts';
import type { Day } from './values/partial-date.ts';

/** An item of a list, and its place there: a whole number above that of the item before it, and above 0. */
export interface Listed {
  readonly place: number;
  readonly item: object;
}

/**
 * The items of a record's list, oldest first. Facts have the versions of their events for places, because retracting a
 * period takes some away; evidence and parties are counted.
 */
export function listedIn(
  list: RecordList,
  sealed: SealedRecord,
  commits: readonly SealedEvents[],
  day?: Day,
): readonly Listed[] {
  if (list === 'facts') return factsIn(sealed.record, commits);
  const items = list === 'evidence' ? evidenceOf(sealed.record) : partiesOf(sealed, day);
  return items.map((item, index) => ({ place: index + 1, item }));
}

/** Those that the record itself names as its parties; where it has no such list, the organizations that speak as parties. */
function partiesOf(sealed: SealedRecord, day: Day | undefined): readonly object[] {
  const { parties } = presentRecord(sealed, day) as { parties?: readonly object[] };
  return parties ?? indexFieldsOf(sealed.record).parties.map((organization) => ({ organization }));
}

/** What happened to a record, with its corrections applied, and what was said of it; without what was retracted. */
function factsIn(record: FoldedRecord, commits: readonly SealedEvents[]): Listed[] {
  const own = new Map(record.events.map((event) => [event.streamversion, event]));
  return commits.flatMap(({ events, position }) =>
    events.flatMap((event, index) => {
      const fact = onAnyRecord(record.aggregate, event) ? event : own.get(event.streamversion);
      return fact ? [{ place: event.streamversion, item: saidBy(fact, position + index) }] : [];
    }),
  );
}

function saidBy({ type, streamversion, time, actor, onbehalfof, data }: RegistryEvent, position: number): object {
  const { speaksAs: _, evidence: __, ...said } = data as { speaksAs?: unknown; evidence?: unknown };
  return {
    type,
    version: streamversion,
    position,
    recordedAt: time,
    actor,
    ...(onbehalfof !== undefined && { onbehalfof }),
    data: said,
  };
}
