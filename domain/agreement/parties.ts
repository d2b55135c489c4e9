import type { DatedFact } from '../kernel/history.ts';
import { happenedBy, type Reading, statusBy } from '../kernel/lifecycle.ts';
import { type Day, daysOf, LAST_DAY, type PartialDate } from '../values/partial-date.ts';
import type { Party } from '../values/party.ts';
import type { AgreementFact } from './events.ts';
import { type PartyStatus, type PartyStep, partyLifecycle } from './lifecycle.ts';

/** A party as readers see it. An organization that signs an open agreement, or accedes, becomes one later. */
export type AgreementParty = Party & { readonly joined?: 'by-signature' | 'by-accession' };

/** What tells how the parties stand. */
interface PartiesAndFacts {
  readonly parties: readonly AgreementParty[];
  readonly facts: readonly AgreementFact[];
}

/** Whether a party is one of those that the agreement was made between. */
export const isOriginal = ({ joined }: Pick<AgreementParty, 'joined'>): boolean => joined === undefined;

/**
 * The place of a party among the parties, from 0, or -1. A branch that signs on behalf of its legal entity is that entity.
 * Only parties that it was registered with have a number: the places of others depend on who was recorded first.
 */
export function partyIndex(parties: readonly AgreementParty[], reference: string | number): number {
  if (typeof reference === 'number') {
    const party = parties[reference - 1];
    return party && isOriginal(party) ? reference - 1 : -1;
  }
  const itself = parties.findIndex((party) => 'organization' in party && party.organization === reference);
  if (itself >= 0) return itself;
  return parties.findIndex((party) => 'organization' in party && party.onBehalfOf === reference);
}

export type PartyFact = DatedFact<PartyStep>;
type AboutParty = Extract<AgreementFact, { type: PartyStep }>;

const isAboutParty = (fact: AgreementFact): fact is AboutParty => Object.hasOwn(partyLifecycle.steps, fact.type);
const isJoining = ({ type }: PartyFact) => type === 'agreement.signed' || type === 'agreement.acceded';

/** Where a signature leads: an approval that is outstanding, or consent; open where its mode is not stated. */
export const signedTo = ({ mode }: { mode?: string | undefined }): PartyStatus =>
  mode === undefined ? 'signed' : mode === 'definitive' ? 'consenting' : 'unconfirmed';

/** The day on which a notice has certainly taken effect; `undefined` where its end is open. */
export function effectOf(takesEffectOn: PartialDate): Day | undefined {
  const { latest } = daysOf(takesEffectOn);
  return latest === LAST_DAY ? undefined : latest;
}

function dated(fact: AboutParty): PartyFact {
  const { type, on, version } = fact;
  if (type === 'agreement.signed') return { type, on, version, leadsTo: signedTo(fact) };
  if (type === 'agreement.withdrawal-notified') return { type, on, version, ends: effectOf(fact.takesEffectOn) };
  return { type, on, version };
}

/** The facts that tell how each party stands, by its place. */
export function factsByParty({ parties, facts }: PartiesAndFacts): PartyFact[][] {
  const byParty = parties.map((): PartyFact[] => []);
  for (const fact of facts) {
    if (!isAboutParty(fact)) continue;
    const place = partyIndex(parties, fact.type === 'agreement.acceded' ? fact.organization : fact.party);
    byParty[place]?.push(dated(fact));
  }
  return byParty;
}

/** The facts that tell how one party stands. */
export const factsOfParty = (state: PartiesAndFacts, place: number): PartyFact[] => factsByParty(state)[place] ?? [];

/** How a party with these facts stands on a day; one that joins only later does not stand at all. */
export function standingOn(
  party: AgreementParty,
  facts: readonly PartyFact[],
  day: Day,
  reading?: Reading,
): PartyStatus | undefined {
  const isThere = isOriginal(party) || facts.filter(isJoining).some(happenedBy(day, reading));
  return isThere ? statusBy(partyLifecycle, facts, day, reading) : undefined;
}

/** How each party stands on a day, by its place. */
export function partyStatuses(state: PartiesAndFacts, day: Day, reading?: Reading): (PartyStatus | undefined)[] {
  const byParty = factsByParty(state);
  return state.parties.map((party, place) => standingOn(party, byParty[place] ?? [], day, reading));
}
