import { happenedBy, type Reading, statusBy } from '../kernel/lifecycle.ts';
import { spend } from '../kernel/work.ts';
import { certainlyBefore, type Day, daysOf, LAST_DAY, type PartialDate } from '../values/partial-date.ts';
import type { AgreementFact } from './events.ts';
import { type PartyStatus, partyLifecycle } from './lifecycle.ts';
import {
  type AgreementParty,
  isJoining,
  isOriginal,
  ownFactsOfParty,
  type PartiesAndFacts,
  type PartyFact,
  partyIndex,
  type Succession,
} from './parties.ts';

/** How parties stand: each by what is told of it, and of those whose places it has taken. */

/** A party whose place another one has taken, to stand as it stood. */
interface Inheritance {
  readonly place: number;
  readonly on: PartialDate | undefined;
}

const certainEnd = (on: PartialDate | undefined): Day | undefined => {
  const days = on === undefined ? undefined : daysOf(on);
  return days?.exact ? days.latest : undefined;
};
const certainBeginning = (on: PartialDate | undefined): Day | undefined => {
  const days = on === undefined ? undefined : daysOf(on);
  return days?.exact ? days.earliest : undefined;
};
const first = (a: Day, b: Day): Day => (a < b ? a : b);

/** What is known of successors, made once for each list of facts. */
interface Known {
  readonly length: number;
  readonly inheritances: Map<number, readonly Inheritance[]>;
  readonly lines: Map<number, readonly number[]>;
  readonly facts: Map<number, readonly PartyFact[]>;
}

const kept = new WeakMap<readonly AgreementFact[], Known>();

function knownOf({ facts }: PartiesAndFacts): Known {
  const before = kept.get(facts);
  if (before?.length === facts.length) return before;
  const known = { length: facts.length, inheritances: new Map(), lines: new Map(), facts: new Map() };
  kept.set(facts, known);
  return known;
}

/** What a party inherits: nothing from one that it succeeded when it certainly was a party itself. */
export function inheritancesOf(state: PartiesAndFacts, place: number): readonly Inheritance[] {
  const party = state.parties[place];
  if (!party?.succeeds || isOriginal(party)) return [];
  const { inheritances } = knownOf(state);
  const made = inheritances.get(place) ?? inheritedBy(state, place, party.succeeds);
  inheritances.set(place, made);
  return made;
}

function inheritedBy(state: PartiesAndFacts, place: number, succeeds: readonly Succession[]): readonly Inheritance[] {
  const joinings = [...ownFactsOfParty(state, place).filter(isJoining), ...succeeds];
  const joined = joinings.reduce((day, { on }) => first(day, certainEnd(on) ?? LAST_DAY), LAST_DAY);
  spend(joinings.length);
  return succeeds.flatMap(({ party: predecessor, on }) => {
    const from = partyIndex(state.parties, predecessor);
    return from < 0 || joined < (certainBeginning(on) ?? '') ? [] : [{ place: from, on }];
  });
}

/** A party in whose line another one stands, and the first day on which its line certainly had left it. */
interface Ancestor {
  readonly place: number;
  readonly left: Day;
}

/** A party and all whom it inherits from, nearest first. Registers may hold successions that close a ring. */
function ancestorsOf(state: PartiesAndFacts, place: number): readonly Ancestor[] {
  const found = [{ place, left: LAST_DAY }];
  const seen = new Set([place]);
  for (const one of found) {
    for (const { place: from, on } of inheritancesOf(state, one.place)) {
      if (seen.has(from)) continue;
      seen.add(from);
      found.push({ place: from, left: first(one.left, certainEnd(on) ?? LAST_DAY) });
    }
  }
  spend(found.length);
  return found;
}

/** The place of a party, and the places of all whom it inherits from. */
export function lineOf(state: PartiesAndFacts, place: number): readonly number[] {
  if (!state.parties[place]?.succeeds) return [place];
  const { lines } = knownOf(state);
  const made = lines.get(place) ?? ancestorsOf(state, place).map((one) => one.place);
  lines.set(place, made);
  return made;
}

/** The facts of a party with those that it inherits, as they arrived. */
function withInherited(state: PartiesAndFacts, place: number): readonly PartyFact[] {
  const [, ...ancestors] = ancestorsOf(state, place);
  const inherited = ancestors.flatMap(({ place: from, left }) =>
    ownFactsOfParty(state, from)
      .filter(({ type, on }) => type !== 'agreement.party-succeeded' && (certainBeginning(on) ?? '') <= left)
      .map((fact): PartyFact => ({ ...fact, inherited: true })),
  );
  spend(inherited.length);
  const own = ownFactsOfParty(state, place);
  return inherited.length === 0 ? own : [...inherited, ...own].sort((a, b) => a.version - b.version);
}

/** The facts that tell how one party stands. */
export function factsOfParty(state: PartiesAndFacts, place: number): readonly PartyFact[] {
  if (!state.parties[place]?.succeeds) return ownFactsOfParty(state, place);
  const { facts } = knownOf(state);
  const made = facts.get(place) ?? withInherited(state, place);
  facts.set(place, made);
  return made;
}

const isBefore = (a: PartialDate | undefined, b: PartialDate | undefined): boolean =>
  a !== undefined && b !== undefined && certainlyBefore(a, b);

/** The facts that tell how each party stands, by its place. */
export const factsByParty = (state: PartiesAndFacts): (readonly PartyFact[])[] =>
  state.parties.map((_, place) => factsOfParty(state, place));

/** Before any day: only facts without a date count. */
export const NO_DAY: Day = '0000-00-00';

/** What a party joined by, where it is not one of those that the agreement was made between. */
const joiningsOf = ({ succeeds = [] }: AgreementParty, facts: readonly PartyFact[]) => [
  ...facts.filter(isJoining),
  ...succeeds,
];

/** The first day on which a party may be there; `undefined` for one that never joined. */
export function joinedOn(party: AgreementParty, facts: readonly PartyFact[]): Day | undefined {
  if (isOriginal(party)) return NO_DAY;
  return joiningsOf(party, facts)
    .map(({ on }) => (on === undefined ? NO_DAY : daysOf(on).earliest))
    .sort()[0];
}

/** Whether a party had certainly not joined when something happened, though what it has inherited may be older. */
export const isYetToSucceed = (party: AgreementParty, facts: readonly PartyFact[], on: PartialDate | undefined) =>
  party.succeeds !== undefined && !isOriginal(party) && joiningsOf(party, facts).every((one) => isBefore(on, one.on));

/** How a party with these facts stands on a day; one that joins only later does not stand at all. */
export function standingOn(
  party: AgreementParty,
  facts: readonly PartyFact[],
  day: Day,
  reading?: Reading,
): PartyStatus | undefined {
  const isThere = isOriginal(party) || joiningsOf(party, facts).some(happenedBy(day, reading));
  return isThere ? statusBy(partyLifecycle, facts, day, reading) : undefined;
}

/** How each party stands on a day, by its place. */
export function partyStatuses(state: PartiesAndFacts, day: Day, reading?: Reading): (PartyStatus | undefined)[] {
  const byParty = factsByParty(state);
  return state.parties.map((party, place) => standingOn(party, byParty[place] ?? [], day, reading));
}
