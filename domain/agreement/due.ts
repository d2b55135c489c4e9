import type { EventDraft } from '../kernel/event.ts';
import type { DatedFact } from '../kernel/history.ts';
import { lastBy, lastByDay, statusBy, statusesByDay } from '../kernel/lifecycle.ts';
import type { Day } from '../values/partial-date.ts';
import { turnBy, turnsOf } from './course.ts';
import type { AgreementFact } from './events.ts';
import { isEnd, partyLifecycle, termLifecycle } from './lifecycle.ts';
import { type AgreementParty, type PartyFact, partyNumber } from './parties.ts';
import { factsOfParty, joinedOn, standingOn } from './standing.ts';
import type { AgreementState } from './state.ts';
import { wasDesertedBefore } from './status.ts';
import { type TermFact, termFacts } from './term.ts';

/** What a day brings about by having come: a term is over, a suspension ends, a notice takes effect. */

export function due(state: AgreementState, day: Day): EventDraft | undefined {
  const draft = dueOfTerm(state, day) ?? dueOfParty(state, day);
  return draft && !wasDesertedBefore(state, day) ? draft : undefined;
}

function bySelf(type: AgreementFact['type'], { version }: DatedFact, on: Day, data: object = {}): EventDraft {
  const evidence = [{ source: { locator: `version ${version} of this record` }, basis: 'inferred' }];
  return { type, data: { ...data, on, evidence } };
}

const expires = (last: TermFact | undefined, day: Day) => last?.bySelf === true && last.on === day;

function dueOfTerm(state: AgreementState, day: Day): EventDraft | undefined {
  const last = lastBy(termLifecycle, termFacts(state), day);
  if (last && expires(last, day)) return bySelf('agreement.expired', last, day);
  return last?.ends === day ? bySelf('agreement.suspension-ended', last, day) : undefined;
}

function dueOfParty(state: AgreementState, day: Day): EventDraft | undefined {
  if (isEnd(statusBy(termLifecycle, termFacts(state), day))) return undefined;
  for (const [place, party] of state.parties.entries()) {
    const facts = factsOfParty(state, place);
    // A notice has no effect before its party joined.
    const mayLeave = facts.some(({ ends }) => ends === day) && standingOn(party, facts, day) !== undefined;
    const notice = mayLeave ? lastBy(partyLifecycle, facts, day) : undefined;
    const reference = 'organization' in party ? party.organization : partyNumber(state.parties, place);
    if (notice?.ends === day) return bySelf('agreement.party-withdrew', notice, day, { party: reference });
  }
  return undefined;
}

const inOrder = (days: readonly (Day | undefined)[]): Day[] => [...new Set(days.flatMap((day) => day ?? []))].sort();

/** The days on which a party's notice takes effect. */
function effects(party: AgreementParty, facts: readonly PartyFact[]): Day[] {
  const days = inOrder(facts.map(({ ends }) => ends));
  const joined = joinedOn(party, facts);
  const last = days.length === 0 || joined === undefined ? [] : lastByDay(partyLifecycle, facts, days);
  return days.filter((day, at) => joined !== undefined && joined <= day && last[at]?.ends === day);
}

/** The days on which something is due. */
export function dueDays(state: AgreementState): Day[] {
  const term = termFacts(state);
  const leaving = new Set(state.parties.flatMap((party, place) => effects(party, factsOfParty(state, place))));
  const days = inOrder([...term.flatMap(({ bySelf, on, ends }) => [bySelf && on, ends]), ...leaving]);
  if (days.length === 0) return [];
  const [statuses, last] = [statusesByDay(termLifecycle, term, days), lastByDay(termLifecycle, term, days)];
  const turns = turnsOf(state);
  return days.filter((day, at) => {
    const ofTerm = expires(last[at], day) || last[at]?.ends === day;
    const ofParty = leaving.has(day) && !isEnd(statuses[at] ?? 'running');
    return (ofTerm || ofParty) && !turnBy(turns, day, { orOn: false }).isDeserted;
  });
}
