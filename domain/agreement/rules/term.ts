import type { Context } from '../../kernel/aggregate.ts';
import { judge, NEXT, statusesAt } from '../../kernel/judging.ts';
import type { PartialDate } from '../../values/partial-date.ts';
import type { AgreementFact } from '../events.ts';
import { endSteps, hasSigned, partyLifecycle, termLifecycle } from '../lifecycle.ts';
import { factsOfParty } from '../standing.ts';
import { type AgreementState, factsOf } from '../state.ts';
import { type TermFact, termOf } from '../term.ts';
import { afterDesertion, dateOf, stranding, wasEnded } from './end.ts';
import { at, type Findings, isBefore, nothing, refusal, signatureMissing, together } from './findings.ts';

/** Judges a fact about the whole agreement. An end is refused when a later fact is recorded that it would rule out. */
export function judgeTerm(state: AgreementState, fact: Omit<TermFact, 'version'>, { id, opened }: Context): Findings {
  // An expiry that would follow by itself (`bySelf`) does not count when this fact records it, or is dated before it.
  const holds = (other: TermFact) => !other.bySelf || (fact.type !== other.type && !isBefore(fact.on, other.on));
  const { own, bySelf } = termOf(state);
  const term = { own, bySelf: bySelf.filter(holds) };
  const judged = judge(termLifecycle, own, fact, { id, opened }, term.bySelf);
  // An agreement that has ended may still be annulled.
  const isOver = judged.refusals.length === 0 && fact.type !== 'agreement.annulled';
  const findings = together(judged, isOver ? afterDesertion(state, fact.on, '/on') : nothing);
  if (!endSteps.includes(fact.type)) return findings;
  const now = { own, bySelf: [...term.bySelf, { ...fact, version: NEXT }] };
  const isStranded = onEachDate((on) => wasEnded(now, on) && !wasEnded(term, on));
  return together(findings, stranding(state.facts.filter((other) => !isTermFact(other) && isStranded(dateOf(other)))));
}

/** The answer for a date, found once. */
function onEachDate<Value>(answer: (on: PartialDate | undefined) => Value): (on: PartialDate | undefined) => Value {
  const known = new Map<PartialDate | undefined, Value>();
  return (on) => {
    const value = known.has(on) ? (known.get(on) as Value) : answer(on);
    known.set(on, value);
    return value;
  };
}

const isTermFact = ({ type }: AgreementFact) => Object.hasOwn(termLifecycle.steps, type);

/** An agreement that nobody has signed can be neither suspended nor renewed, amended or expired. */
export function judgeBegun(state: AgreementState, on: PartialDate | undefined, context: Context): Findings {
  const mayBeInForce = factsOf(state, 'agreement.entered-into-force').some((entry) => !isBefore(on, entry.on));
  const maySigned = (): boolean =>
    state.parties.some((_, place) =>
      [...statusesAt(partyLifecycle, factsOfParty(state, place), at(on))].some(hasSigned),
    );
  return mayBeInForce || maySigned() ? nothing : signatureMissing(on, context, '', 'nobody had signed it by then');
}

/** An end is not dated before its beginning. */
export const endsFirst = (until: PartialDate | undefined, on: PartialDate | undefined): Findings =>
  isBefore(until, on) ? refusal('ends-before-it-begins', '/until', `it begins on ${on}`) : nothing;
