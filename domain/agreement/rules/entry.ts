import type { Context } from '../../kernel/aggregate.ts';
import { statusesAt } from '../../kernel/judging.ts';
import type { PartialDate } from '../../values/partial-date.ts';
import { placeOf } from '../entries.ts';
import { hasConsented, hasLeft, isBound, partyLifecycle } from '../lifecycle.ts';
import { isJoining, isOriginal, type PartyFact } from '../parties.ts';
import { factsByParty, factsOfParty } from '../standing.ts';
import { type AgreementState, factsOf } from '../state.ts';
import { afterEnd } from './end.ts';
import { at, type Findings, isBefore, nothing, refusal, signatureMissing, together } from './findings.ts';

export interface EntryIntoForce {
  readonly on?: PartialDate | undefined;
  readonly party?: string | undefined;
  readonly provisional?: boolean | undefined;
}

/** Entry into force does not come before the last required signature, unless it is provisional, and comes once. */
export function judgeEntry(state: AgreementState, entry: EntryIntoForce, context: Context, base = ''): Findings {
  const place = placeOf(state.parties, entry);
  if (place === -1) return refusal('not-a-party', `${base}/party`, 'an agreement enters into force for its parties');
  return together(
    repeated(state, entry, base),
    entry.provisional ? nothing : unsigned(state, entry, place, context, base),
    afterEnd(state, entry.on, `${base}/on`),
  );
}

/** Whether an entry into force leaves nothing to enter for another one. */
const includes = (one: EntryIntoForce, other: EntryIntoForce) => !one.provisional || other.provisional === true;

/** Whether an entry for all is for the party of another one too: a party that joined later has an entry of its own. */
function isForOriginal({ parties }: AgreementState, one: EntryIntoForce, other: EntryIntoForce): boolean {
  const party = parties[placeOf(parties, other) ?? -1];
  return one.party === undefined && party !== undefined && isOriginal(party);
}

/** Whether a party may have left between two days and joined again. */
function mayReturn(facts: readonly PartyFact[], from: PartialDate | undefined, to: PartialDate | undefined): boolean {
  const isBetween = (on: PartialDate | undefined) => !isBefore(on, from) && !isBefore(to, on);
  const isGone = (on: PartialDate | undefined) => [...statusesAt(partyLifecycle, facts, at(on))].some(hasLeft);
  const leaves = ({ type, on, ends }: PartyFact) =>
    (type === 'agreement.party-withdrew' && isBetween(on)) || (ends !== undefined && isBetween(ends) && isGone(ends));
  return facts.some((fact) => isJoining(fact) && isBetween(fact.on)) && facts.some(leaves);
}

/** Whether a party was certainly bound when an entry for all came, and has been since: another one is then not for it. */
function isIncluded(state: AgreementState, { on: came }: EntryIntoForce, { on, party }: EntryIntoForce): boolean {
  const facts = factsOfParty(state, placeOf(state.parties, { party }) ?? -1);
  const statuses = [...statusesAt(partyLifecycle, facts, at(came))];
  return statuses.every((status) => isBound(status) && hasConsented(status)) && !mayReturn(facts, came, on);
}

/** Of two entries for the same party, or of two for all, the rule by which one cannot stand beside the other. */
function clashOfSame(state: AgreementState, entry: EntryIntoForce, other: EntryIntoForce, place: number | undefined) {
  const facts = place === undefined ? [] : factsOfParty(state, place);
  if (mayReturn(facts, entry.on, other.on) || mayReturn(facts, other.on, entry.on)) return undefined;
  if (includes(entry, other) && includes(other, entry)) return 'already-in-force';
  if (includes(other, entry)) return isBefore(other.on, entry.on) ? 'already-in-force' : undefined;
  return isBefore(entry.on, other.on) ? 'contradicts-history' : undefined;
}

/** The rule by which an entry cannot stand beside one that is recorded. */
function clash(state: AgreementState, entry: EntryIntoForce, other: EntryIntoForce) {
  const place = placeOf(state.parties, entry);
  if (place === placeOf(state.parties, other)) return clashOfSame(state, entry, other, place);
  if (isForOriginal(state, other, entry) && includes(other, entry) && !isBefore(entry.on, other.on)) {
    return other.provisional || isIncluded(state, other, entry) ? 'already-in-force' : undefined;
  }
  const isLater = isForOriginal(state, entry, other) && includes(entry, other) && isBefore(entry.on, other.on);
  return isLater && (entry.provisional || isIncluded(state, entry, other)) ? 'contradicts-history' : undefined;
}

/** It enters into force once for those that have consented, and once for whoever consents later; first provisionally, where at all. */
function repeated(state: AgreementState, entry: EntryIntoForce, base: string): Findings {
  const clashes = new Set(factsOf(state, 'agreement.entered-into-force').map((other) => clash(state, entry, other)));
  if (clashes.has('already-in-force')) {
    return refusal('already-in-force', `${base}/on`, 'an entry into force that includes it is recorded');
  }
  return clashes.has('contradicts-history')
    ? refusal('contradicts-history', `${base}/on`, 'an entry into force that it includes is dated later')
    : nothing;
}

function unsigned(
  state: AgreementState,
  { on }: EntryIntoForce,
  place: number | undefined,
  context: Context,
  base: string,
): Findings {
  const required = factsByParty(state).filter((_, index) => {
    const party = state.parties[index];
    return place === undefined ? party !== undefined && isOriginal(party) : index === place;
  });
  const without = required.filter((facts) => ![...statusesAt(partyLifecycle, facts, at(on))].some(hasConsented));
  if (without.length === 0) return nothing;
  // What is open for signature enters into force between those that have consented by then.
  const isSignedLater =
    !(place === undefined && state.openForSignature) &&
    without.some(
      (facts) =>
        facts.some((fact) => fact.type === 'agreement.signed' && isBefore(on, fact.on)) &&
        !statusesAt(partyLifecycle, facts, at(on)).has('unconfirmed'),
    );
  return isSignedLater
    ? refusal('in-force-before-signed', `${base}/on`, 'not before the last required signature, unless provisional')
    : signatureMissing(on, context, base, 'not every party is recorded as having signed and consented');
}
