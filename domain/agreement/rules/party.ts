import type { Context } from '../../kernel/aggregate.ts';
import { judge, statusesAt } from '../../kernel/judging.ts';
import type { PartialDate } from '../../values/partial-date.ts';
import { type EntryFact, placeOf } from '../entries.ts';
import { partyLifecycle } from '../lifecycle.ts';
import { type AgreementParty, isOriginal, type PartyFact, partyIndex, signedTo } from '../parties.ts';
import { MAX_PARTIES } from '../party-reference.ts';
import { factsOfParty, isYetToSucceed } from '../standing.ts';
import { type AgreementState, factsOf } from '../state.ts';
import { termOf } from '../term.ts';
import { afterDesertion, afterEnd, wasEnded } from './end.ts';
import { at, type Findings, isBefore, nothing, refusal, together } from './findings.ts';
import { isParty } from './repeated.ts';

/** How a fact about one party fits to what is recorded of that party, and to the end of the agreement. */
export function judgeParty(
  state: AgreementState,
  party: string | number,
  fact: Omit<PartyFact, 'version'>,
  { id, opened }: Context,
  base = '',
): Findings {
  const pointer = `${base}/party`;
  const place = partyIndex(state.parties, party);
  if (place < 0) return refusal('not-a-party', pointer, 'only a party may');
  const facts = factsOfParty(state, place);
  if (isYetToSucceed(state.parties[place] as AgreementParty, facts, fact.on)) {
    return refusal('not-a-party', pointer, 'it took the place of a party only later');
  }
  const judged = judge(partyLifecycle, facts, fact, { id, opened, pointer });
  if (wasEnded(termOf(state), fact.on)) {
    return together(judged, refusal('after-termination', `${base}/on`, 'the agreement had ended by then'));
  }
  if (judged.refusals.length > 0) return judged;
  const leaver = fact.type === 'agreement.party-withdrew' ? place : undefined;
  return together(judged, afterDesertion(state, fact.on, `${base}/on`, leaver));
}

type Signing = { party: string | number; mode?: string | undefined; on?: PartialDate | undefined };

/** A party has one live signature; others sign only an agreement that is open for signature. */
export function judgeSigning(state: AgreementState, signing: Signing, context: Context, base = ''): Findings {
  const pointer = `${base}/party`;
  const place = partyIndex(state.parties, signing.party);
  if (place < 0 || isNewcomer(state, place, signing.on)) {
    if (!state.openForSignature || typeof signing.party !== 'string') {
      return refusal('not-a-party', pointer, 'only a party signs, unless the agreement is open for signature');
    }
    const { party: organization, on } = signing;
    return together(joins(state, { organization, on }, context, pointer), afterEnd(state, on, `${base}/on`));
  }
  const fact = { type: 'agreement.signed' as const, on: signing.on, leadsTo: signedTo(signing) };
  return together(
    judgeParty(state, signing.party, fact, context, base),
    signedTooLate(state, place, signing.on, `${base}/on`),
  );
}

/** Whether a party signs or accedes for itself, before it takes the place of another one. */
export const isNewcomer = (state: AgreementState, place: number, on: PartialDate | undefined): boolean =>
  isYetToSucceed(state.parties[place] as AgreementParty, factsOfParty(state, place), on);

/** An organization that is no party yet becomes a further one, unless it is a branch of one. */
export const joins = (
  { parties }: AgreementState,
  joining: { readonly organization: string; readonly on: PartialDate | undefined },
  context: Context,
  pointer: string,
): Findings =>
  partyIndex(parties, joining.organization) < 0
    ? together(takesPlaces(parties, pointer), isParty(parties, joining, context, pointer))
    : nothing;

/** How many parties there may be. */
export const takesPlaces = (parties: readonly AgreementParty[], pointer: string, count = 1): Findings =>
  parties.length + count > MAX_PARTIES
    ? refusal('cap-parties', pointer, `an agreement has at most ${MAX_PARTIES} parties`)
    : nothing;

/** The definitive entries into force for a party, or for all. */
const entriesFor = (state: AgreementState, place: number) =>
  factsOf(state, 'agreement.entered-into-force').filter(
    (entry) => !entry.provisional && (placeOf(state.parties, entry) ?? place) === place,
  );

const signaturesOf = (state: AgreementState, place: number) =>
  factsOfParty(state, place).filter(({ type }) => type === 'agreement.signed');

/** An agreement that is in force for all its parties has been signed by those that it was made between, unless it stays open. */
function signedTooLate(state: AgreementState, place: number, on: PartialDate | undefined, pointer: string): Findings {
  const party = state.parties[place];
  const isRequired = party !== undefined && isOriginal(party) && signaturesOf(state, place).length === 0;
  const isLate = entriesFor(state, place).some(
    (entry) => isBefore(entry.on, on) && !(entry.party === undefined && state.openForSignature),
  );
  return isRequired && isLate
    ? refusal('in-force-before-signed', pointer, 'the agreement had entered into force by then')
    : nothing;
}

/**
 * A signature is withdrawn only before being bound: an agreement in force needs those of the parties it was made between.
 * One whose approval is outstanding binds nobody.
 */
export function bound(state: AgreementState, party: string | number, on: PartialDate | undefined): Findings {
  const place = partyIndex(state.parties, party);
  if (statusesAt(partyLifecycle, factsOfParty(state, place), at(on)).has('unconfirmed')) return nothing;
  const signatures = signaturesOf(state, place);
  const isOnly = signatures.length === 1;
  const isSignedLater = (entry: EntryFact) => signatures.every((one) => isBefore(entry.on, one.on));
  const isBound = entriesFor(state, place).some(
    (entry) => (isOnly || isBefore(entry.on, on)) && !(entry.party === undefined && isSignedLater(entry)),
  );
  return isBound ? refusal('already-bound', '/party', 'the agreement is in force for this party') : nothing;
}
