import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { Counted, CountedFor } from '../kernel/counted.ts';
import { inOrder } from '../kernel/lifecycle.ts';
import { earliestOf, type PartialDate } from '../values/partial-date.ts';
import { partyLifecycle } from './lifecycle.ts';
import type { PartyFact } from './parties.ts';
import { factsOfParty } from './standing.ts';
import type { AgreementState } from './state.ts';

/** The signatures of a party that stand: none that was withdrawn. One that a party has left by stands. */
function standing(facts: readonly PartyFact[]): PartyFact[] {
  const signatures: PartyFact[] = [];
  for (const fact of inOrder(partyLifecycle, facts)) {
    if (fact.type === 'agreement.signed') signatures.push(fact);
    if (fact.type === 'agreement.signature-withdrawn') signatures.pop();
  }
  return signatures;
}

/** The own signatures of each party that stand, by its place. A successor may withdraw those that it has inherited. */
function signaturesByParty(state: AgreementState): (readonly PartyFact[])[] {
  const all = state.parties.map((_, place) => factsOfParty(state, place));
  const stand = all.map(standing);
  const isInherited = ({ inherited }: PartyFact) => inherited === true;
  const passedOn = new Set(all.flatMap((facts) => facts.filter(isInherited)).map(({ version }) => version));
  const kept = new Set(stand.flatMap((facts) => facts.filter(isInherited)).map(({ version }) => version));
  return stand.map((facts) =>
    facts.filter((fact) => !isInherited(fact) && (!passedOn.has(fact.version) || kept.has(fact.version))),
  );
}

const firstOf = (signatures: readonly PartyFact[]): PartialDate | undefined =>
  earliestOf(signatures.flatMap(({ on }) => on ?? []));

/**
 * A signing is an agreement with a signature that stands, dated by the first; it counts for those that have signed, each
 * by the date of its own signature, and for whom a branch has signed.
 */
export function countedIn({ state, isRetracted, cohort }: FoldedRecord<AgreementState>): Counted[] {
  const byParty = isRetracted ? [] : signaturesByParty(state);
  const signatures = byParty.flat();
  if (signatures.length === 0) return [];
  const signers = new Map<string, CountedFor>();
  for (const [place, own] of byParty.entries()) {
    const party = state.parties[place];
    if (own.length === 0 || !party || !('organization' in party)) continue;
    for (const organization of [party.organization, party.onBehalfOf ?? party.organization]) {
      const on = earliestOf([signers.get(organization)?.on ?? [], firstOf(own) ?? []].flat());
      signers.set(organization, { organization, on });
    }
  }
  return [
    {
      measure: 'signings',
      on: firstOf(signatures),
      kind: state.kind,
      ceremony: state.ceremony,
      organizations: [...signers.values()],
      inCohort: cohort !== undefined,
    },
  ];
}
