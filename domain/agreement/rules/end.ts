import { statusesAt } from '../../kernel/judging.ts';
import type { PartialDate } from '../../values/partial-date.ts';
import { countsAsBound, coveredBy } from '../entries.ts';
import type { AgreementFact } from '../events.ts';
import { hasLeft, isEnd, partyLifecycle, termLifecycle } from '../lifecycle.ts';
import { partyIndex } from '../parties.ts';
import { factsOfParty, isYetToSucceed } from '../standing.ts';
import { type AgreementState, factsOf, withFact } from '../state.ts';
import { type TermHistory, termOf } from '../term.ts';
import { at, type Findings, isBefore, nothing, refusal, together } from './findings.ts';

/** What may happen to an agreement that is at its end, whether somebody ended it or fewer than two are left. */

/** The day of a fact: of an amendment, that of its effect. */
export const dateOf = (fact: AgreementFact): PartialDate | undefined =>
  fact.type === 'agreement.amended' ? fact.effectiveOn : fact.on;

/** Whether an agreement had certainly been ended when something happened. */
export const wasEnded = ({ own, bySelf }: TermHistory, on: PartialDate | undefined): boolean =>
  [...statusesAt(termLifecycle, own, at(on), bySelf)].every(isEnd);

/**
 * A question put to many facts of one history: whether certainly fewer than two were left when something happened. A
 * party whose notice has taken effect may still be said to have withdrawn: it is the `leaver`.
 */
function desertion(state: AgreementState) {
  const { parties } = state;
  const entered = factsOf(state, 'agreement.entered-into-force');
  return (on: PartialDate | undefined, leaver?: number): boolean => {
    const entries = entered.filter((entry) => !isBefore(on, entry.on));
    const isCovered = coveredBy(state, entries);
    let [someLeft, bound] = [false, 0];
    for (const [place, party] of parties.entries()) {
      const facts = factsOfParty(state, place);
      if (isYetToSucceed(party, facts, on)) continue;
      const statuses = [...statusesAt(partyLifecycle, facts, at(on))];
      const mayLeave = place === leaver && statuses.includes('gone');
      if (mayLeave || statuses.some((status) => countsAsBound(status, isCovered(place)))) bound += 1;
      else someLeft ||= statuses.every(hasLeft);
      if (bound >= 2) return false;
    }
    return someLeft;
  };
}

/** Nothing happens to an agreement that fewer than two are left in. */
export const afterDesertion = (
  state: AgreementState,
  on: PartialDate | undefined,
  pointer: string,
  leaver?: number,
): Findings =>
  desertion(state)(on, leaver)
    ? refusal('after-termination', pointer, 'fewer than two parties were left by then')
    : nothing;

/** Nothing happens to an agreement after its end. */
export const afterEnd = (state: AgreementState, on: PartialDate | undefined, pointer: string): Findings =>
  wasEnded(termOf(state), on)
    ? refusal('after-termination', pointer, 'the agreement had ended by then')
    : afterDesertion(state, on, pointer);

/** An end must not make impossible what is recorded to have happened later. */
export const stranding = (stranded: readonly AgreementFact[]): Findings =>
  together(
    ...stranded.map(({ type, version }) =>
      refusal('contradicts-history', '/on', `${type} at version ${version} is dated later`),
    ),
  );

/** What a withdrawal strands since it leaves fewer than two. What has ended may still be annulled. */
export function strandedByLeaving(state: AgreementState, withdrawal: AgreementFact): Findings {
  const [before, now] = [desertion(state), desertion(withFact(state, withdrawal))];
  const leaverOf = (fact: AgreementFact) =>
    fact.type === 'agreement.party-withdrew' ? partyIndex(state.parties, fact.party) : undefined;
  const isStranded = (fact: AgreementFact) =>
    fact.type !== 'agreement.annulled' && now(dateOf(fact), leaverOf(fact)) && !before(dateOf(fact), leaverOf(fact));
  return stranding(state.facts.filter(isStranded));
}
