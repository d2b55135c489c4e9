import { keptBeside } from '../kernel/beside.ts';
import type { DatedFact } from '../kernel/history.ts';
import { type Day, daysOf, LAST_DAY, type PartialDate } from '../values/partial-date.ts';
import type { Party } from '../values/party.ts';
import type { AgreementFact } from './events.ts';
import { type PartyStatus, type PartyStep, partyLifecycle } from './lifecycle.ts';

/** How an organization becomes a party later. */
export const joinings = ['by-signature', 'by-accession', 'by-succession'] as const;

/** A party as readers see it. One that signs an open agreement, accedes or succeeds another one becomes a party later. */
export type AgreementParty = Party & {
  readonly joined?: (typeof joinings)[number];
  /** The parties whose places it has taken. */
  readonly succeeds?: readonly Succession[];
};

export interface Succession {
  readonly party: string | number;
  readonly on?: PartialDate;
  /** Stream version of the event that says so. */
  readonly version: number;
}

/** What tells how the parties stand. */
export interface PartiesAndFacts {
  readonly parties: readonly AgreementParty[];
  readonly facts: readonly AgreementFact[];
}

/** Whether a party is one of those that the agreement was made between: it was registered with them, or they were added. */
export const isOriginal = ({ joined }: Pick<AgreementParty, 'joined'>): boolean => joined === undefined;

interface Places {
  /** Of organizations that are one of the parties, and of those that one signs on behalf of. */
  readonly own: Map<string, number>;
  readonly represented: Map<string, number>;
  /** Of the parties that have a number, from 1 on, and the numbers of these places. */
  readonly numbered: number[];
  readonly numbers: Map<number, number>;
}

/** Where organizations stand among the parties. */
const placesIn = keptBeside<AgreementParty, Places>(
  () => ({ own: new Map(), represented: new Map(), numbered: [], numbers: new Map() }),
  ({ own, represented, numbered, numbers }, party, place) => {
    if (isOriginal(party)) numbers.set(place, numbered.push(place));
    if (!('organization' in party)) return;
    const { organization, onBehalfOf } = party;
    if (!own.has(organization)) own.set(organization, place);
    if (onBehalfOf !== undefined && !represented.has(onBehalfOf)) represented.set(onBehalfOf, place);
  },
);

/**
 * The place of a party among the parties, from 0, or -1. A branch that signs on behalf of its legal entity is that entity.
 * Only parties that it was made between have a number: the places of others depend on who was recorded first.
 */
export function partyIndex(parties: readonly AgreementParty[], reference: string | number): number {
  const { own, represented, numbered } = placesIn(parties);
  if (typeof reference === 'number') return numbered[reference - 1] ?? -1;
  return own.get(reference) ?? represented.get(reference) ?? -1;
}

/** The number of the party at a place; `undefined` for one that joined later. */
export const partyNumber = (parties: readonly AgreementParty[], place: number): number | undefined =>
  placesIn(parties).numbers.get(place);

export interface PartyFact extends DatedFact<PartyStep> {
  /** Whether it is told of a party that this one has succeeded. */
  readonly inherited?: true;
}
type AboutParty = Extract<AgreementFact, { type: PartyStep }>;

const isAboutParty = (fact: AgreementFact): fact is AboutParty => Object.hasOwn(partyLifecycle.steps, fact.type);
export const isJoining = ({ type, inherited }: PartyFact) =>
  !inherited && (type === 'agreement.signed' || type === 'agreement.acceded');

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

interface Told {
  readonly facts: PartyFact[];
  /** Where each stands among all facts. */
  readonly places: number[];
}

/** What is told of parties, by the references under which it is. */
const toldOf = keptBeside<AgreementFact, Map<string | number, Told>>(
  () => new Map(),
  (told, fact, place) => {
    if (!isAboutParty(fact)) return;
    const reference = fact.type === 'agreement.acceded' ? fact.organization : fact.party;
    const { facts, places } = told.get(reference) ?? { facts: [], places: [] };
    facts.push(dated(fact));
    places.push(place);
    told.set(reference, { facts, places });
  },
);

/** What is told of the party at a place, under each of the references that mean it. */
function toldOfParty({ parties, facts }: PartiesAndFacts, place: number): Told[] {
  const [told, party] = [toldOf(facts), parties[place]];
  if (!party) return [];
  const number = partyNumber(parties, place);
  const found = number === undefined ? [] : [told.get(number)];
  if ('organization' in party) {
    const { organization, onBehalfOf } = party;
    for (const reference of onBehalfOf === organization ? [organization] : [organization, onBehalfOf]) {
      if (reference !== undefined && partyIndex(parties, reference) === place) found.push(told.get(reference));
    }
  }
  return found.flatMap((one) => one ?? []);
}

const NO_FACTS: readonly PartyFact[] = [];

/** The facts that are told of the party at a place itself. */
export function ownFactsOfParty(state: PartiesAndFacts, place: number): readonly PartyFact[] {
  const [first, ...others] = toldOfParty(state, place);
  if (!first || others.length === 0) return first?.facts ?? NO_FACTS;
  const all = [first, ...others].flatMap(({ facts, places }) =>
    facts.map((fact, at) => ({ fact, place: places[at] as number })),
  );
  return all.sort((a, b) => a.place - b.place).map(({ fact }) => fact);
}
