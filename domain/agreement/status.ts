import {
  daysOfChange,
  isStatusOpenOn as isOpen,
  lastBy,
  lastByDay,
  type Reading,
  statusBy,
  statusesByDay,
} from '../kernel/lifecycle.ts';
import type { Day } from '../values/partial-date.ts';
import { daysOfParties, tallyOn, turnBy, turnsOf } from './course.ts';
import { isEnd, partyLifecycle, termLifecycle } from './lifecycle.ts';
import { factsByParty } from './standing.ts';
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

/** Derived from the facts, never set by hand. An agreement that fewer than two are left in is at its end. */
export function statusOn(state: AgreementState, day: Day, reading?: Reading): Status {
  const facts = termFacts(state);
  const term = statusBy(termLifecycle, facts, day, reading);
  if (isEnd(term)) {
    const end = lastBy(termLifecycle, facts, day, reading);
    const isTooLate = end?.bySelf && end.on !== undefined && wasDesertedBefore(state, end.on, reading);
    return isTooLate ? 'terminated' : term;
  }
  const status = tallyOn(state, day, reading).status();
  return term === 'suspended' && status !== 'terminated' ? term : status;
}

/** The same for several days in their order: what may have happened by then counts. */
export function statusesOn(state: AgreementState, days: readonly Day[]): Status[] {
  const facts = termFacts(state);
  const [terms, ends] = [statusesByDay(termLifecycle, facts, days), lastByDay(termLifecycle, facts, days)];
  const turns = turnsOf(state);
  return days.map((day, at): Status => {
    const [term = 'running', end] = [terms[at], ends[at]];
    if (isEnd(term)) {
      const isTooLate = end?.bySelf && end.on !== undefined && turnBy(turns, end.on, { orOn: false }).isDeserted;
      return isTooLate ? 'terminated' : term;
    }
    const { status } = turnBy(turns, day, { orOn: true });
    return term === 'suspended' && status !== 'terminated' ? term : status;
  });
}

/** Whether the dates leave open how the whole or one of its parties stood: a state that rests on them is open too. */
export function isOpenOn(state: AgreementState, day: Day): boolean {
  const open = isOpen(termLifecycle, termFacts(state), day);
  return open || factsByParty(state).some((facts) => isOpen(partyLifecycle, facts, day));
}

const dayBefore = (day: Day): Day => new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** Whether fewer than two were left before a day came that brings about something by itself. */
export const wasDesertedBefore = (state: AgreementState, day: Day, reading?: Reading): boolean =>
  tallyOn(state, dayBefore(day), reading).isDeserted();

/** The days on which facts about the whole count from, or on which a suspension or a term ends. */
const daysOfTheWhole = (state: AgreementState): Day[] =>
  daysOfChange([...termFacts(state), ...factsOf(state, 'agreement.entered-into-force')]);

/** The days on which the state may change, or a notice takes effect: of the parties' days only those that matter. */
export const days = (state: AgreementState): Day[] =>
  [...new Set([...daysOfTheWhole(state), ...daysOfParties(state)])].sort();
