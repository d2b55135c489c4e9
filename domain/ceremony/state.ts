import type * as z from 'zod';
import type { Facets } from '../aggregate.ts';
import type { RegistryEvent } from '../event.ts';
import { gathered } from '../values/evidence.ts';
import type { announced, held, roleAssigned, roleHolder, roleWithdrawn } from './events.ts';

type Facts = Omit<z.infer<typeof held>, 'speaksAs'>;
export type RoleHolder = z.infer<typeof roleHolder>;

export type CeremonyEvent =
  | RegistryEvent<'ceremony.announced', z.infer<typeof announced>>
  | RegistryEvent<'ceremony.recorded', z.infer<typeof held>>
  | RegistryEvent<'ceremony.role-assigned', z.infer<typeof roleAssigned>>
  | RegistryEvent<'ceremony.role-withdrawn', z.infer<typeof roleWithdrawn>>;

export interface CeremonyState extends Facts {
  readonly announcedOnly: boolean;
  readonly roles: RoleHolder[];
}

const open = (data: z.infer<typeof held>, announcedOnly: boolean): CeremonyState => {
  const { speaksAs: _, ...facts } = data;
  return { ...facts, roles: facts.roles ?? [], announcedOnly };
};

const isHolder = (holder: RoleHolder, other: Pick<RoleHolder, 'organization' | 'role'>) =>
  holder.organization === other.organization && holder.role === other.role;

export const holdsRole = (roles: readonly RoleHolder[], other: Pick<RoleHolder, 'organization' | 'role'>) =>
  roles.some((holder) => isHolder(holder, other));

export function evolve(state: CeremonyState | undefined, event: CeremonyEvent): CeremonyState {
  if (event.type === 'ceremony.announced') return open(event.data, true);
  if (event.type === 'ceremony.recorded') return open(event.data, false);
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open a ceremony`);
  const evidence = gathered(state.evidence, event.data.evidence);
  switch (event.type) {
    case 'ceremony.role-assigned': {
      const { speaksAs: _, evidence: __, on: ___, ...holder } = event.data;
      return { ...state, evidence, roles: [...state.roles, holder] };
    }
    case 'ceremony.role-withdrawn': {
      const withdrawn = event.data;
      return { ...state, evidence, roles: state.roles.filter((holder) => !isHolder(holder, withdrawn)) };
    }
    default:
      return event satisfies never;
  }
}

export const states = ['announced', 'held'] as const;
export const statusOn = (state: CeremonyState): (typeof states)[number] => (state.announcedOnly ? 'announced' : 'held');

export const facets = (state: CeremonyState): Facets => ({
  kind: state.kind,
  names: state.names ?? [],
  ...(state.on === undefined ? {} : { on: state.on }),
  ...(state.partOf === undefined ? {} : { ceremony: state.partOf }),
  hosts: state.roles.filter(({ role }) => role === 'host' || role === 'co-host').map((host) => host.organization),
  parties: [],
  participants: [
    ...state.roles.map(({ organization }) => organization),
    ...(state.subject === undefined ? [] : [state.subject]),
  ],
});

/** Whether it was only announced shows in its state. */
export const present = ({ announcedOnly: _, ...fields }: CeremonyState): object => fields;
