import type { EventDraft } from '../kernel/event.ts';
import type { DatedFact } from '../kernel/history.ts';
import {
  daysOfChange,
  happenedBy,
  isStatusOpenOn as isOpen,
  lastBy,
  type Reading,
  statusBy,
} from '../kernel/lifecycle.ts';
import { type Day, FIRST_DAY } from '../values/partial-date.ts';
import { type EntryFact, forceOf, isDeserted } from './entries.ts';
import type { AgreementFact } from './events.ts';
import { hasSigned, isEnd, partyLifecycle, termLifecycle } from './lifecycle.ts';
import { type AgreementParty, factsByParty, partyStatuses, standingOn } from './parties.ts';
import { type AgreementState, factsOf } from './state.ts';
import { termFacts } from './term.ts';

export const states = [
  'announced',
  'open-for-signature',
  'partly-signed',
  'signed',
  'provisional',
  'in-force',
  'suspended',
  'terminated',
  'expired',
  'annulled',
] as const;

type Status = (typeof states)[number];

const entriesBy = (state: AgreementState, day: Day, reading?: Reading) =>
  factsOf(state, 'agreement.entered-into-force').filter(happenedBy(day, reading));

type Statuses = ReturnType<typeof partyStatuses>;

/** What the parties make of an agreement. One that fewer than two are left in is at its end. */
function byItsParties(
  { parties, openForSignature }: AgreementState,
  entries: readonly EntryFact[],
  statuses: Statuses,
) {
  if (isDeserted(parties, entries, statuses)) return 'terminated';
  const force = forceOf(parties, entries);
  if (force) return force;
  const there = statuses.filter((status) => status !== undefined);
  if (there.every(hasSigned)) return 'signed';
  if (there.some(hasSigned)) return 'partly-signed';
  return openForSignature ? 'open-for-signature' : 'announced';
}

/** Derived from the facts, never set by hand. */
export function statusOn(state: AgreementState, day: Day, reading?: Reading): Status {
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

/** Whether the dates leave open how the whole or one of its parties stood: a state that rests on them is open too. */
export function isOpenOn(state: AgreementState, day: Day): boolean {
  const open = isOpen(termLifecycle, termFacts(state.until, state.facts), day);
  return open || factsByParty(state).some((facts) => isOpen(partyLifecycle, facts, day));
}

const dayBefore = (day: Day): Day => new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** Whether fewer than two were left before a day came that brings about something by itself. */
function wasDesertedBefore(state: AgreementState, day: Day, reading?: Reading): boolean {
  const before = dayBefore(day);
  return isDeserted(state.parties, entriesBy(state, before, reading), partyStatuses(state, before, reading));
}

/** The days on which facts about the whole count from, or on which a suspension or a term ends. */
const daysOfTheWhole = (state: AgreementState): Day[] =>
  daysOfChange([...termFacts(state.until, state.facts), ...factsOf(state, 'agreement.entered-into-force')]);

/** The days on which the state may change, or a notice takes effect: of the parties' days only those that matter. */
export function days(state: AgreementState): Day[] {
  const { parties } = state;
  const byParty = factsByParty(state);
  const changes = byParty.flatMap((facts, place) => daysOfChange(facts).map((day) => ({ day, place })));
  const changing = Map.groupBy(changes, ({ day }) => day);
  const ofTheWhole = new Set(daysOfTheWhole(state));
  const statuses = partyStatuses(state, FIRST_DAY);
  let before = byItsParties(state, entriesBy(state, FIRST_DAY), statuses);
  return [...new Set([...changing.keys(), ...ofTheWhole])].sort().filter((day) => {
    const places = (changing.get(day) ?? []).map(({ place }) => place);
    for (const place of places)
      statuses[place] = standingOn(parties[place] as AgreementParty, byParty[place] ?? [], day);
    const now = byItsParties(state, entriesBy(state, day), statuses);
    const matters = now !== before || ofTheWhole.has(day) || places.some((place) => statuses[place] === 'gone');
    before = now;
    return matters;
  });
}

/** What a day brings about by having come: a term is over, a suspension ends, a notice takes effect. */
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
    const mayLeave = facts.some(({ ends }) => ends === day) && standingOn(party, facts, day) !== undefined;
    const notice = mayLeave ? lastBy(partyLifecycle, facts, day) : undefined;
    const reference = 'organization' in party ? party.organization : place + 1;
    if (notice?.ends === day) return bySelf('agreement.party-withdrew', notice, day, { party: reference });
  }
  return undefined;
}
