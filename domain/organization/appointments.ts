import type { Appointment, FoldedRecord } from '../kernel/aggregate.ts';
import type { OrganizationEvent, OrganizationState } from './state.ts';

/** The clients that an event makes act for the organization: the one that it appoints, or those of one that was absorbed. */
function clientsIn({ type, data }: OrganizationEvent): readonly string[] {
  if (type === 'organization.client-appointed') return [data.client];
  return type === 'organization.absorbed' ? (data.clients ?? []) : [];
}

/** The clients that act for an organization, each with the event since which it does. */
export function appointmentsOf({ state, events }: FoldedRecord<OrganizationState>): readonly Appointment[] {
  const acting = new Set(state.clients);
  const appointments = new Map<string, Appointment>();
  if (acting.size === 0) return [];
  for (const event of events as readonly OrganizationEvent[]) {
    for (const [rank, client] of clientsIn(event).entries()) {
      const { streamversion: version, time, data } = event;
      if (acting.has(client)) appointments.set(client, { client, version, rank, since: time, on: data.on });
    }
  }
  return [...appointments.values()];
}
