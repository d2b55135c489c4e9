import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { applyCommit, type SealedRecord } from '../../domain/projections/projection.ts';

/** Records as they are sealed: each event is a commit, in the order given. */
export function sealedRecords(events: readonly RegistryEvent[]): Map<string, SealedRecord> {
  const records = new Map<string, SealedRecord>();
  for (const [position, event] of events.entries()) {
    records.set(event.subject, applyCommit(records.get(event.subject), [event], position));
  }
  return records;
}
