import type { AgreementFact } from './events.ts';
import { hasLeft, isBound, type PartyStatus } from './lifecycle.ts';
import { type AgreementParty, isOriginal, partyIndex } from './parties.ts';

/** An entry into force, for all parties or for the one that it names. */
export type EntryFact = Extract<AgreementFact, { type: 'agreement.entered-into-force' }>;
type Entry = Pick<EntryFact, 'party' | 'provisional'>;

/** The place of the party that an entry is for; `undefined` for all. */
export const placeOf = (parties: readonly AgreementParty[], { party }: Entry): number | undefined =>
  party === undefined ? undefined : partyIndex(parties, party);

/** Whether an entry puts a party in force: one for all is for those that the agreement was made between. */
function isFor(parties: readonly AgreementParty[], entry: Entry, place: number): boolean {
  const party = parties[place];
  return entry.party === undefined ? party !== undefined && isOriginal(party) : placeOf(parties, entry) === place;
}

/** An agreement is in force for all at once, or as soon as it is for two parties. */
function isInForce(parties: readonly AgreementParty[], entries: readonly Entry[]): boolean {
  const places = entries.map((entry) => placeOf(parties, entry));
  return places.includes(undefined) || new Set(places).size >= 2;
}

/** What the entries that have happened make of the agreement. */
export function forceOf(
  parties: readonly AgreementParty[],
  entries: readonly Entry[],
): 'in-force' | 'provisional' | undefined {
  const definitive = entries.filter(({ provisional }) => !provisional);
  if (isInForce(parties, definitive)) return 'in-force';
  return isInForce(parties, entries) ? 'provisional' : undefined;
}

/** Whether a party counts as bound. One that it is in force for does so also where no source tells of its signature. */
export const countsAsBound = (
  parties: readonly AgreementParty[],
  entries: readonly Entry[],
  status: PartyStatus,
  place: number,
): boolean => isBound(status) || (status === 'none' && entries.some((entry) => isFor(parties, entry, place)));

/** Whether fewer than two are left, since somebody has left. */
export const isDeserted = (
  parties: readonly AgreementParty[],
  entries: readonly Entry[],
  statuses: readonly (PartyStatus | undefined)[],
): boolean =>
  statuses.some((status) => status !== undefined && hasLeft(status)) &&
  statuses.filter((status, place) => status !== undefined && countsAsBound(parties, entries, status, place)).length < 2;
