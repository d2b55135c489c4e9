import type { Context } from '../../kernel/aggregate.ts';
import { statusesAt } from '../../kernel/judging.ts';
import type { PartialDate } from '../../values/partial-date.ts';
import { placeOf } from '../entries.ts';
import { hasConsented, partyLifecycle } from '../lifecycle.ts';
import { type AgreementParty, factsByParty, isOriginal } from '../parties.ts';
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

/** Whether an entry for all is for this party too: a party that joined later has an entry of its own. */
const isForOriginal = (parties: readonly AgreementParty[], one: EntryIntoForce, other: EntryIntoForce) => {
  const party = parties[placeOf(parties, other) ?? -1];
  return one.party === undefined && party !== undefined && isOriginal(party);
};

/** The rule by which an entry cannot stand beside one that is recorded. */
function clash(parties: readonly AgreementParty[], entry: EntryIntoForce, other: EntryIntoForce) {
  if (placeOf(parties, entry) === placeOf(parties, other)) {
    if (includes(entry, other) && includes(other, entry)) return 'already-in-force';
    if (includes(other, entry)) return isBefore(other.on, entry.on) ? 'already-in-force' : undefined;
    return isBefore(entry.on, other.on) ? 'contradicts-history' : undefined;
  }
  if (isForOriginal(parties, other, entry) && includes(other, entry)) {
    return isBefore(entry.on, other.on) ? undefined : 'already-in-force';
  }
  const isLater = isForOriginal(parties, entry, other) && includes(entry, other) && isBefore(entry.on, other.on);
  return isLater ? 'contradicts-history' : undefined;
}

/** It enters into force once for all, or once for a party; first provisionally, where at all. */
function repeated(state: AgreementState, entry: EntryIntoForce, base: string): Findings {
  const clashes = new Set(
    factsOf(state, 'agreement.entered-into-force').map((other) => clash(state.parties, entry, other)),
  );
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
  const isSignedLater = without.some(
    (facts) =>
      facts.some((fact) => fact.type === 'agreement.signed' && isBefore(on, fact.on)) &&
      !statusesAt(partyLifecycle, facts, at(on)).has('unconfirmed'),
  );
  return isSignedLater
    ? refusal('in-force-before-signed', `${base}/on`, 'not before the last required signature, unless provisional')
    : signatureMissing(on, context, base, 'not every party is recorded as having signed and consented');
}
