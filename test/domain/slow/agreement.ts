import type { AgreementFact } from '../../../domain/agreement/events.ts';
import {
  hasLeft,
  hasSigned,
  isBound,
  isEnd,
  type PartyStatus,
  partyLifecycle,
  type TermStep,
  termLifecycle,
} from '../../../domain/agreement/lifecycle.ts';
import {
  type AgreementParty,
  effectOf,
  isOriginal,
  type PartyFact,
  signedTo,
} from '../../../domain/agreement/parties.ts';
import type { AgreementState } from '../../../domain/agreement/state.ts';
import type { TermFact } from '../../../domain/agreement/term.ts';
import type { EventDraft } from '../../../domain/kernel/event.ts';
import type { DatedFact } from '../../../domain/kernel/history.ts';
import { daysOfChange, happenedBy, lastBy, type Reading, statusBy } from '../../../domain/kernel/lifecycle.ts';
import {
  certainlyBefore,
  type Day,
  dayAfter,
  daysOf,
  FIRST_DAY,
  type PartialDate,
} from '../../../domain/values/partial-date.ts';

/** How an agreement and its parties stand, word for word as it is defined: every question goes over all facts again. */

type EntryFact = Extract<AgreementFact, { type: 'agreement.entered-into-force' }>;
type AboutParty = Extract<AgreementFact, { type: PartyFact['type'] }>;

export function partyIndex(parties: readonly AgreementParty[], reference: string | number): number {
  if (typeof reference === 'number') {
    const numbered = [...parties.entries()].filter(([, party]) => isOriginal(party));
    return numbered[reference - 1]?.[0] ?? -1;
  }
  const itself = parties.findIndex((party) => 'organization' in party && party.organization === reference);
  if (itself >= 0) return itself;
  return parties.findIndex((party) => 'organization' in party && party.onBehalfOf === reference);
}

const isAboutParty = (fact: AgreementFact): fact is AboutParty => Object.hasOwn(partyLifecycle.steps, fact.type);
const isJoining = ({ type, inherited }: PartyFact) =>
  !inherited && (type === 'agreement.signed' || type === 'agreement.acceded');

function dated(fact: AboutParty): PartyFact {
  const { type, on, version } = fact;
  if (type === 'agreement.signed') return { type, on, version, leadsTo: signedTo(fact) };
  if (type === 'agreement.withdrawal-notified') return { type, on, version, ends: effectOf(fact.takesEffectOn) };
  return { type, on, version };
}

type PartiesAndFacts = Pick<AgreementState, 'parties' | 'facts'>;

const ownFacts = ({ parties, facts }: PartiesAndFacts, place: number): PartyFact[] =>
  facts
    .filter(isAboutParty)
    .filter((fact) => partyIndex(parties, fact.type === 'agreement.acceded' ? fact.organization : fact.party) === place)
    .map(dated);

const isBefore = (a: PartialDate | undefined, b: PartialDate | undefined) =>
  a !== undefined && b !== undefined && certainlyBefore(a, b);

/** The successions by which the party at a place stands as another one stood: it was certainly no party before. */
function successionsOf(state: PartiesAndFacts, place: number) {
  const party = state.parties[place] as AgreementParty;
  const all = state.facts.filter((fact) => fact.type === 'agreement.party-succeeded');
  const own = all.filter(({ successor }) => partyIndex(state.parties, successor) === place);
  const joined = [...ownFacts(state, place).filter(isJoining), ...own];
  return own.filter(
    (one) =>
      !isOriginal(party) &&
      partyIndex(state.parties, one.party) >= 0 &&
      !joined.some((other) => isBefore(other.on, one.on)),
  );
}

/** The party at a place and all in whose line it stands, nearest first, each with the days on which its line left it. */
function line(state: PartiesAndFacts, place: number): { place: number; left: (PartialDate | undefined)[] }[] {
  const found: { place: number; left: (PartialDate | undefined)[] }[] = [{ place, left: [] }];
  for (let at = 0; at < found.length; at++) {
    const { place: heir, left } = found[at] as (typeof found)[0];
    for (const { party, on } of successionsOf(state, heir)) {
      const from = partyIndex(state.parties, party);
      if (!found.some((one) => one.place === from)) found.push({ place: from, left: [...left, on] });
    }
  }
  return found;
}

const factsOfParty = (state: PartiesAndFacts, place: number): PartyFact[] =>
  line(state, place)
    .flatMap(({ place: one, left }) =>
      one === place
        ? ownFacts(state, one)
        : ownFacts(state, one)
            .filter(({ type, on }) => type !== 'agreement.party-succeeded' && !left.some((day) => isBefore(day, on)))
            .map((fact): PartyFact => ({ ...fact, inherited: true })),
    )
    .sort((a, b) => a.version - b.version);

export const factsByParty = (state: PartiesAndFacts): PartyFact[][] =>
  state.parties.map((_, place) => factsOfParty(state, place));

/** What a party joined by, its own signatures and accessions and its successions. */
function joinings(state: PartiesAndFacts, place: number): { readonly on?: PartialDate | undefined }[] {
  const successions = state.facts.filter(
    (fact) => fact.type === 'agreement.party-succeeded' && partyIndex(state.parties, fact.successor) === place,
  );
  return [...ownFacts(state, place).filter(isJoining), ...successions] as { on?: PartialDate }[];
}

function standingOn(state: PartiesAndFacts, place: number, day: Day, reading?: Reading): PartyStatus | undefined {
  const party = state.parties[place] as AgreementParty;
  const isThere = isOriginal(party) || joinings(state, place).some(happenedBy(day, reading));
  return isThere ? statusBy(partyLifecycle, factsOfParty(state, place), day, reading) : undefined;
}

const partyStatuses = (state: AgreementState, day: Day, reading?: Reading): (PartyStatus | undefined)[] =>
  state.parties.map((_, place) => standingOn(state, place, day, reading));

type Entry = Pick<EntryFact, 'party' | 'provisional'>;

const placeOf = (parties: readonly AgreementParty[], { party }: Entry): number | undefined =>
  party === undefined ? undefined : partyIndex(parties, party);

function isFor(state: PartiesAndFacts, entry: Entry, place: number): boolean {
  return line(state, place).some(({ place: one }) => {
    const party = state.parties[one];
    return entry.party === undefined ? party !== undefined && isOriginal(party) : placeOf(state.parties, entry) === one;
  });
}

function isInForce(parties: readonly AgreementParty[], entries: readonly Entry[]): boolean {
  const places = entries.map((entry) => placeOf(parties, entry));
  return places.includes(undefined) || new Set(places).size >= 2;
}

function forceOf(
  parties: readonly AgreementParty[],
  entries: readonly Entry[],
): 'in-force' | 'provisional' | undefined {
  const definitive = entries.filter(({ provisional }) => !provisional);
  if (isInForce(parties, definitive)) return 'in-force';
  return isInForce(parties, entries) ? 'provisional' : undefined;
}

const countsAsBound = (
  state: PartiesAndFacts,
  entries: readonly Entry[],
  status: PartyStatus,
  place: number,
): boolean => isBound(status) || (status === 'none' && entries.some((entry) => isFor(state, entry, place)));

const isDeserted = (
  state: PartiesAndFacts,
  entries: readonly Entry[],
  statuses: readonly (PartyStatus | undefined)[],
): boolean =>
  statuses.some((status) => status !== undefined && hasLeft(status)) &&
  statuses.filter((status, place) => status !== undefined && countsAsBound(state, entries, status, place)).length < 2;

interface Term {
  readonly version: number;
  /** The first day that it covers no more; without it, it is open. */
  readonly end: Day | undefined;
  /** The first day on which it may count: a renewal may come after the end of the term before. */
  readonly from: Day | undefined;
  readonly renewal?: TermFact;
}

type Renewal = Extract<AgreementFact, { type: 'agreement.renewed' }>;
const isRenewal = (fact: AgreementFact): fact is Renewal => fact.type === 'agreement.renewed';

const earliest = (on: PartialDate | undefined): Day | undefined => (on === undefined ? undefined : daysOf(on).earliest);

/** The terms of an agreement, the one of its registration first, each in force until the next one is. */
function termsOf(until: PartialDate | undefined, facts: readonly AgreementFact[]): Term[] {
  const renewals = facts
    .filter(isRenewal)
    .map((fact) => ({ version: fact.version, end: dayAfter(fact.until), from: earliest(fact.on), renewal: fact }));
  const key = ({ from = '', renewal }: { from: Day | undefined; renewal: Renewal }) =>
    `${from} ${renewal.on ?? ''} ${renewal.until}`;
  renewals.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.version - b.version));
  const first: Term[] = until === undefined ? [] : [{ version: 1, end: dayAfter(until), from: undefined }];
  return [...first, ...renewals];
}

/** Terms that ended before the next one began, or that are the last, with the day of the end and the renewal after it. */
function expiries(until: PartialDate | undefined, facts: readonly AgreementFact[]) {
  const terms = termsOf(until, facts);
  return terms.flatMap(({ end, version }, index) => {
    const next = terms[index + 1];
    const ended = end !== undefined && (next === undefined || (next.from !== undefined && next.from >= end));
    return ended ? [{ end, version, revivedBy: next?.renewal }] : [];
  });
}

function termRunsAt(until: PartialDate | undefined, facts: readonly AgreementFact[], on: PartialDate): boolean {
  const { latest } = daysOf(on);
  const term = termsOf(until, facts).findLast(({ from }) => from === undefined || from <= latest);
  const next = dayAfter(on);
  return term?.end !== undefined && next !== undefined && next < term.end;
}

function tellsOf({ type, on }: TermFact, end: Day): boolean {
  if (type !== 'agreement.expired') return false;
  if (on === undefined) return true;
  const next = dayAfter(on);
  return daysOf(on).earliest <= end && (next === undefined || next >= end);
}

const endsBy = ({ type, on }: TermFact, end: Day): boolean =>
  (type === 'agreement.terminated' || type === 'agreement.annulled') &&
  (on === undefined || daysOf(on).earliest <= end);

const steps: readonly string[] = [
  'agreement.suspended',
  'agreement.suspension-ended',
  'agreement.resumed',
  'agreement.expired',
  'agreement.renewed',
  'agreement.terminated',
  'agreement.annulled',
] satisfies TermStep[];

export function termFacts(until: PartialDate | undefined, facts: readonly AgreementFact[]): TermFact[] {
  const ends = expiries(until, facts);
  const own = facts.filter(({ type }) => steps.includes(type)) as TermFact[];
  const kept = own.flatMap((fact): TermFact[] => {
    const { type, on, version } = fact;
    if (type === 'agreement.suspended') {
      const { until: pause } = fact as { until?: PartialDate };
      return [{ type, on, version, ends: pause === undefined ? undefined : dayAfter(pause) }];
    }
    if (type === 'agreement.renewed') {
      const revives = ends.some(({ revivedBy }) => revivedBy?.version === version);
      return [{ type, on, version, ...(revives && { leadsTo: 'running' }) }];
    }
    if (type !== 'agreement.expired' || on === undefined) return [{ type, on, version }];
    return termRunsAt(until, facts, on) ? [] : [{ type, on, version }];
  });
  const bySelf = ends
    .filter(({ end }) => !kept.some((fact) => tellsOf(fact, end) || endsBy(fact, end)))
    .map(({ end, version }): TermFact => ({ type: 'agreement.expired', on: end, version, bySelf: true }));
  return [...kept, ...bySelf];
}

const factsOf = <Type extends AgreementFact['type']>({ facts }: Pick<AgreementState, 'facts'>, type: Type) =>
  facts.filter((fact): fact is Extract<AgreementFact, { type: Type }> => fact.type === type);

const entriesBy = (state: AgreementState, day: Day, reading?: Reading) =>
  factsOf(state, 'agreement.entered-into-force').filter(happenedBy(day, reading));

type Statuses = ReturnType<typeof partyStatuses>;

function byItsParties(state: AgreementState, entries: readonly EntryFact[], statuses: Statuses) {
  if (isDeserted(state, entries, statuses)) return 'terminated';
  const force = forceOf(state.parties, entries);
  if (force) return force;
  // Who has taken the place of another one stands there instead.
  const there = statuses.filter((status) => status !== undefined && status !== 'succeeded');
  if (there.every(hasSigned)) return 'signed';
  if (there.some(hasSigned)) return 'partly-signed';
  return state.openForSignature ? 'open-for-signature' : 'announced';
}

export function statusOn(state: AgreementState, day: Day, reading?: Reading) {
  const facts = termFacts(state.until, state.facts);
  const term = statusBy(termLifecycle, facts, day, reading);
  if (isEnd(term)) {
    const end = lastBy(termLifecycle, facts, day, reading);
    const isTooLate = end?.bySelf && end.on !== undefined && wasDesertedBefore(state, end.on, reading);
    return isTooLate ? 'terminated' : term;
  }
  const status = byItsParties(state, entriesBy(state, day, reading), partyStatuses(state, day, reading));
  return term === 'suspended' && status !== 'terminated' ? term : status;
}

const dayBefore = (day: Day): Day => new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

function wasDesertedBefore(state: AgreementState, day: Day, reading?: Reading): boolean {
  const before = dayBefore(day);
  return isDeserted(state, entriesBy(state, before, reading), partyStatuses(state, before, reading));
}

const daysOfTheWhole = (state: AgreementState): Day[] =>
  daysOfChange([...termFacts(state.until, state.facts), ...factsOf(state, 'agreement.entered-into-force')]);

export function days(state: AgreementState): Day[] {
  const byParty = factsByParty(state);
  const changes = byParty.flatMap((facts, place) =>
    daysOfChange([...facts, ...joinings(state, place).map((one) => ({ ...one, version: 0 }))]).map((day) => ({
      day,
      place,
    })),
  );
  const changing = Map.groupBy(changes, ({ day }) => day);
  const ofTheWhole = new Set(daysOfTheWhole(state));
  const statuses = partyStatuses(state, FIRST_DAY);
  let before = byItsParties(state, entriesBy(state, FIRST_DAY), statuses);
  return [...new Set([...changing.keys(), ...ofTheWhole])].sort().filter((day) => {
    const places = (changing.get(day) ?? []).map(({ place }) => place);
    for (const place of places) statuses[place] = standingOn(state, place, day);
    const now = byItsParties(state, entriesBy(state, day), statuses);
    const matters = now !== before || ofTheWhole.has(day) || places.some((place) => statuses[place] === 'gone');
    before = now;
    return matters;
  });
}

export function due(state: AgreementState, day: Day): EventDraft | undefined {
  const draft = dueOfTerm(state, day) ?? dueOfParty(state, day);
  return draft && !wasDesertedBefore(state, day) ? draft : undefined;
}

function bySelf(type: AgreementFact['type'], { version }: DatedFact, on: Day, data: object = {}): EventDraft {
  const evidence = [{ source: { locator: `version ${version} of this record` }, basis: 'inferred' }];
  return { type, data: { ...data, on, evidence } };
}

function dueOfTerm(state: AgreementState, day: Day): EventDraft | undefined {
  const last = lastBy(termLifecycle, termFacts(state.until, state.facts), day);
  if (last?.bySelf && last.on === day) return bySelf('agreement.expired', last, day);
  return last?.ends === day ? bySelf('agreement.suspension-ended', last, day) : undefined;
}

function dueOfParty(state: AgreementState, day: Day): EventDraft | undefined {
  if (isEnd(statusBy(termLifecycle, termFacts(state.until, state.facts), day))) return undefined;
  for (const [place, facts] of factsByParty(state).entries()) {
    const party = state.parties[place] as AgreementParty;
    // A notice has no effect before its party joined.
    const mayLeave = facts.some(({ ends }) => ends === day) && standingOn(state, place, day) !== undefined;
    const notice = mayLeave ? lastBy(partyLifecycle, facts, day) : undefined;
    const number = state.parties.slice(0, place + 1).filter(isOriginal).length;
    const reference = 'organization' in party ? party.organization : number;
    if (notice?.ends === day) return bySelf('agreement.party-withdrew', notice, day, { party: reference });
  }
  return undefined;
}
