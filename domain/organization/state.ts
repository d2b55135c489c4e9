import type * as z from 'zod';
import type { Facets } from '../aggregate.ts';
import type { RegistryEvent } from '../event.ts';
import { gathered } from '../values/evidence.ts';
import { type Name, sameName } from '../values/names.ts';
import type { clientAppointed, clientDismissed, nameAdded, nameEnded, registered } from './events.ts';

export type OrganizationEvent =
  | RegistryEvent<'organization.registered', z.infer<typeof registered>>
  | RegistryEvent<'organization.name-added', z.infer<typeof nameAdded>>
  | RegistryEvent<'organization.name-ended', z.infer<typeof nameEnded>>
  | RegistryEvent<'organization.client-appointed', z.infer<typeof clientAppointed>>
  | RegistryEvent<'organization.client-dismissed', z.infer<typeof clientDismissed>>;

type Registered = z.infer<typeof registered>;

export interface OrganizationState {
  readonly kind: Registered['kind'];
  readonly names: readonly Name[];
  readonly formerNames?: readonly Name[];
  readonly country?: Registered['country'];
  readonly identifiers?: Registered['identifiers'];
  readonly relations?: Registered['relations'];
  readonly operation?: Registered['operation'];
  readonly notes?: Registered['notes'];
  /** The clients that act for the organization. */
  readonly clients: readonly string[];
  readonly evidence: Registered['evidence'];
}

export function evolve(state: OrganizationState | undefined, event: OrganizationEvent): OrganizationState {
  if (event.type === 'organization.registered') {
    const { speaksAs: _, ...facts } = event.data;
    return { ...facts, clients: [] };
  }
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open an organization`);
  const evidence = gathered(state.evidence, event.data.evidence);
  switch (event.type) {
    case 'organization.name-added':
      return { ...state, evidence, names: [...state.names, event.data.name] };
    case 'organization.name-ended': {
      const ended = event.data.name;
      return {
        ...state,
        evidence,
        names: state.names.filter((name) => !sameName(name, ended)),
        formerNames: [...(state.formerNames ?? []), ...state.names.filter((name) => sameName(name, ended))],
      };
    }
    case 'organization.client-appointed':
      return { ...state, evidence, clients: [...state.clients, event.data.client] };
    case 'organization.client-dismissed':
      return { ...state, evidence, clients: state.clients.filter((client) => client !== event.data.client) };
    default:
      return event satisfies never;
  }
}

export const states = ['registered'] as const;
export const statusOn = (): (typeof states)[number] => 'registered';

export const facets = (state: OrganizationState): Facets => ({
  kind: state.kind,
  names: state.names,
  hosts: [],
  parties: [],
  participants: (state.relations ?? []).map(({ to }) => to),
});
