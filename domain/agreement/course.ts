import { countFirst } from '../kernel/bisect.ts';
import { daysOfChange, happenedBy, type Reading, statusesByDay } from '../kernel/lifecycle.ts';
import { memoized } from '../kernel/memoized.ts';
import { type Day, daysOf, FIRST_DAY } from '../values/partial-date.ts';
import { countsAsBound, type EntryFact, placeOf } from './entries.ts';
import { hasLeft, hasSigned, type PartyStatus, partyLifecycle } from './lifecycle.ts';
import { type AgreementParty, isOriginal } from './parties.ts';
import { factsOfParty, joinedOn, lineOf, NO_DAY, partyStatuses } from './standing.ts';
import { type AgreementState, factsOf } from './state.ts';

/** What the parties make of an agreement, from day to day. */

type ByItsParties =
  | 'announced'
  | 'open-for-signature'
  | 'partly-signed'
  | 'signed'
  | 'provisional'
  | 'in-force'
  | 'terminated';

/** How many parties stand where, kept up to date while single ones move. */
interface Tally {
  readonly move: (place: number, status: PartyStatus | undefined) => void;
  readonly enter: (entry: EntryFact) => void;
  /** Whether fewer than two are left, since somebody has left. */
  readonly isDeserted: () => boolean;
  readonly status: () => ByItsParties;
}

function emptyTally(state: AgreementState): Tally {
  const { parties, openForSignature } = state;
  /** The place of each party, and the places of all whom it stands for. */
  const lines = parties.map((_, place) => lineOf(state, place));
  /** Those for whom it is in force where it is for the party at a place: itself and its successors. */
  const heirs = parties.map((_, place) => [place]);
  for (const [heir = -1, ...places] of lines) for (const place of places) heirs[place]?.push(heir);
  const statuses = parties.map((): PartyStatus | undefined => undefined);
  /** For whom it has entered into force; `undefined` is for all that it was made between. */
  const [entered, definitively] = [new Set<number | undefined>(), new Set<number | undefined>()];
  const count = { there: 0, signed: 0, left: 0, bound: 0 };

  function weigh(place: number, by: 1 | -1): void {
    const status = statuses[place];
    if (status === undefined || status === 'succeeded') return;
    const isCovered = (lines[place] ?? []).some(
      (one) => entered.has(one) || (entered.has(undefined) && isOriginal(parties[one] as AgreementParty)),
    );
    count.there += by;
    if (hasSigned(status)) count.signed += by;
    if (hasLeft(status)) count.left += by;
    if (countsAsBound(status, isCovered)) count.bound += by;
  }

  function move(place: number, status: PartyStatus | undefined): void {
    weigh(place, -1);
    statuses[place] = status;
    weigh(place, 1);
  }

  function enter(entry: EntryFact): void {
    const place = placeOf(parties, entry);
    const concerned = entered.has(place) ? [] : place === undefined ? [...parties.keys()] : (heirs[place] ?? []);
    for (const one of concerned) weigh(one, -1);
    entered.add(place);
    for (const one of concerned) weigh(one, 1);
    if (!entry.provisional) definitively.add(place);
  }

  /** An agreement is in force for all at once, or as soon as it is for two parties. */
  const isInForce = (places: ReadonlySet<number | undefined>) => places.has(undefined) || places.size >= 2;
  const isDeserted = () => count.left > 0 && count.bound < 2;

  function status(): ByItsParties {
    if (isDeserted()) return 'terminated';
    if (isInForce(definitively)) return 'in-force';
    if (isInForce(entered)) return 'provisional';
    if (count.signed === count.there) return 'signed';
    if (count.signed > 0) return 'partly-signed';
    return openForSignature ? 'open-for-signature' : 'announced';
  }

  return { move, enter, isDeserted, status };
}

/** The tally of one day. */
export function tallyOn(state: AgreementState, day: Day, reading?: Reading): Tally {
  const tally = emptyTally(state);
  for (const [place, status] of partyStatuses(state, day, reading).entries()) tally.move(place, status);
  const entered = factsOf(state, 'agreement.entered-into-force').filter(happenedBy(day, reading));
  for (const entry of entered) tally.enter(entry);
  return tally;
}

/** A day from which the parties make something else of an agreement, or may: what may have happened by then counts. */
interface Turn {
  readonly day: Day;
  readonly status: ByItsParties;
  readonly isDeserted: boolean;
  /** Whether the notice of a party takes effect on it. */
  readonly someoneGoes: boolean;
}

interface Move {
  readonly place: number;
  readonly status: PartyStatus | undefined;
}

/** How one party stands from each day on on which that may change. */
function movesOf(state: AgreementState, place: number): (Move & { readonly day: Day })[] {
  const facts = factsOfParty(state, place);
  const joined = joinedOn(state.parties[place] as AgreementParty, facts);
  const days = [...new Set([NO_DAY, joined ?? NO_DAY, ...daysOfChange(facts)])].sort();
  const statuses = statusesByDay(partyLifecycle, facts, days);
  return days.map((day, at) => ({
    day,
    place,
    status: joined !== undefined && joined <= day ? statuses[at] : undefined,
  }));
}

/** The days on which parties move or it enters into force, the first of them before all others. */
export const turnsOf = memoized((state: AgreementState): readonly Turn[] => {
  const entered = factsOf(state, 'agreement.entered-into-force');
  const moves = Map.groupBy(
    state.parties.flatMap((_, place) => movesOf(state, place)),
    ({ day }) => day,
  );
  const entries = Map.groupBy(entered, ({ on }) => (on === undefined ? NO_DAY : daysOf(on).earliest));
  const tally = emptyTally(state);
  return [...new Set([NO_DAY, ...moves.keys(), ...entries.keys()])].sort().map((day) => {
    const moved = moves.get(day) ?? [];
    for (const { place, status } of moved) tally.move(place, status);
    for (const entry of entries.get(day) ?? []) tally.enter(entry);
    return {
      day,
      status: tally.status(),
      isDeserted: tally.isDeserted(),
      someoneGoes: day !== NO_DAY && moved.some(({ status }) => status === 'gone'),
    };
  });
});

/** The last turn that comes before a day, or on it. */
export function turnBy(turns: readonly Turn[], day: Day, { orOn }: { orOn: boolean }): Turn {
  const come = countFirst(turns.length, (place) => {
    const at = (turns[place] as Turn).day;
    return at < day || (orOn && at === day);
  });
  return turns[come - 1] as Turn;
}

/** The days on which the parties make something else of the agreement, or a notice takes effect. */
export function daysOfParties(state: AgreementState): Day[] {
  const turns = turnsOf(state);
  return turns.flatMap(({ day, status, someoneGoes }, at) => {
    const before = turns[at - 1];
    const hasChanged = before !== undefined && day !== FIRST_DAY && status !== before.status;
    return hasChanged || someoneGoes ? [day] : [];
  });
}
