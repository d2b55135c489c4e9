import type { AgreementFact } from './events.ts';
import { isBound, type PartyStatus } from './lifecycle.ts';
import { type AgreementParty, isOriginal, type PartiesAndFacts, partyIndex } from './parties.ts';
import { lineOf } from './standing.ts';

/** An entry into force, for all parties or for the one that it names. */
export type EntryFact = Extract<AgreementFact, { type: 'agreement.entered-into-force' }>;
type Entry = Pick<EntryFact, 'party' | 'provisional'>;

/** The place of the party that an entry is for; `undefined` for all. */
export const placeOf = (parties: readonly AgreementParty[], { party }: Entry): number | undefined =>
  party === undefined ? undefined : partyIndex(parties, party);

/**
 * Which parties entries put in force: one for all is for those that the agreement was made between. What was in force for a
 * party is so for its successor.
 */
export function coveredBy(state: PartiesAndFacts, entries: readonly Entry[]): (place: number) => boolean {
  const { parties } = state;
  const places = new Set(entries.map((entry) => placeOf(parties, entry)));
  const isCovered = (place: number) =>
    places.has(place) || (places.has(undefined) && isOriginal(parties[place] as AgreementParty));
  return (place) => lineOf(state, place).some(isCovered);
}

/** Whether a party counts as bound. One that it is in force for does so also where no source tells of its signature. */
export const countsAsBound = (status: PartyStatus, isCovered: boolean): boolean =>
  isBound(status) || (status === 'none' && isCovered);
