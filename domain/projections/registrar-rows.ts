import type { ClientEntry, DisputeEntry } from '../answers/lists.ts';
import { commitOf, positionAt, type Row, type SealedRecord, sortable } from './projection.ts';

/** What registrars look through: which client acts for which organization, and what is disputed. */

/** Their partitions; rows are sorted by the position of the event that began it. */
export const CLIENTS = 'clients';
export const DISPUTES = 'disputes';

export function clientRows(sealed: SealedRecord): Row[] {
  const { record } = sealed;
  const appointments = record.isRetracted ? [] : (record.aggregate.appointments?.(record) ?? []);
  return appointments.map(({ client, since, on, version, rank }): Row => {
    const value: ClientEntry = { client, organization: record.id, since, ...(on === undefined ? {} : { on }) };
    const sort = `${sortable(positionAt(sealed, version))}/${rank}/${record.id}`;
    return { partition: CLIENTS, sort, value };
  });
}

export function disputeRows(sealed: SealedRecord): Row[] {
  const { record } = sealed;
  if (record.isRetracted) return [];
  return [...record.voices.disputes.values()].map(({ by, version }): Row => {
    const value: DisputeEntry = { id: record.id, version, by, since: commitOf(sealed, version).recordedAt };
    return { partition: DISPUTES, sort: `${sortable(positionAt(sealed, version))}/${record.id}`, value };
  });
}
