import { PROGRAMME_ROLES, SUMMARY_PARTIES } from '../bounds.ts';
import type { CeremonyState } from './state.ts';
import { hostsOf } from './state.ts';

/** Where it is, which one of its series it is, and who hosts it. What it is a part of is its `ceremony`. */
export function listed(state: CeremonyState): object {
  const { place, edition } = state;
  const { country, locality, venue } = place ?? {};
  const where = {
    ...(country !== undefined && { country }),
    ...(locality !== undefined && { locality }),
    ...(venue !== undefined && { venue }),
  };
  const hosts = [...new Set(hostsOf(state))];
  return {
    ...(Object.keys(where).length > 0 && { place: where }),
    ...(edition !== undefined && { edition }),
    ...(hosts.length > 0 && { hosts: hosts.slice(0, SUMMARY_PARTIES) }),
  };
}

/** Bytes of the roles in a programme beyond which they are told without remarks. */
const MOST_BYTES = 24_000;

const withoutNotes = <Holder extends { readonly notes?: unknown }>({ notes: _, ...holder }: Holder) => holder;

/** The first roles at it, and those whom its sources mention without naming them. */
export function programme({ roles, unnamed = [] }: CeremonyState) {
  const shown = roles.slice(0, PROGRAMME_ROLES);
  const isLarge = new TextEncoder().encode(JSON.stringify([shown, unnamed])).length > MOST_BYTES;
  return {
    roles: isLarge ? shown.map(withoutNotes) : shown,
    unnamed: isLarge ? unnamed.map(withoutNotes) : unnamed,
    ...(roles.length > shown.length && { moreRoles: true as const }),
  };
}
