import type { Aggregate, Reservation } from '../aggregate.ts';
import type { EventDraft } from '../event.ts';
import { commands } from './commands.ts';
import { events } from './events.ts';
import type { Identifier } from './identifiers.ts';
import { evolve, facets, type OrganizationEvent, type OrganizationState, states, statusOn } from './state.ts';

const identifierKey = (identifier: Identifier, pointer: string): Omit<Reservation, 'action'> =>
  identifier.scheme === 'other'
    ? { kind: 'identifier', key: [identifier.issuer, identifier.value], pointer }
    : { kind: identifier.scheme, key: identifier.value, pointer };

/** A live identifier belongs to one organization; a client acts for one organization. */
function reservations(event: EventDraft): Reservation[] {
  const { type, data } = event as Pick<OrganizationEvent, 'type' | 'data'> as OrganizationEvent;
  switch (type) {
    case 'organization.registered':
      return (data.identifiers ?? []).map((identifier, index) => ({
        action: 'reserve',
        ...identifierKey(identifier, `/identifiers/${index}`),
      }));
    case 'organization.client-appointed':
      return [{ action: 'reserve', kind: 'client', key: data.client, pointer: '/client' }];
    case 'organization.client-dismissed':
      return [{ action: 'release', kind: 'client', key: data.client, pointer: '/client' }];
    default:
      return [];
  }
}

export const organization: Aggregate<OrganizationState, OrganizationEvent> = {
  name: 'organization',
  collection: 'organizations',
  letter: 'O',
  commands,
  events,
  evolve,
  states,
  statusOn,
  facets,
  reservations,
};
