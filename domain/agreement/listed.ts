import { SUMMARY_PARTIES } from '../bounds.ts';
import { shortened } from '../values/shortened.ts';
import { type AgreementParty, partyIndex } from './parties.ts';
import { type AgreementState, factsOf } from './state.ts';

/** A party as its source gives it, without remarks. */
const asGiven = (party: AgreementParty): object =>
  'organization' in party
    ? { organization: party.organization, ...(party.onBehalfOf !== undefined && { onBehalfOf: party.onBehalfOf }) }
    : { unidentified: shortened(party.unidentified), lang: party.lang };

/** How many parties have signed, and have not withdrawn their signature since. */
function signaturesIn({ parties, facts }: AgreementState): number {
  const signed = new Set<number>();
  const withdrawn = factsOf({ facts }, 'agreement.signature-withdrawn');
  const lastWithdrawal = new Map(withdrawn.map(({ party, version }) => [partyIndex(parties, party), version]));
  for (const { party, version } of factsOf({ facts }, 'agreement.signed')) {
    const place = partyIndex(parties, party);
    if (version > (lastWithdrawal.get(place) ?? 0)) signed.add(place);
  }
  return signed.size;
}

export const listed = (state: AgreementState): object => ({
  parties: state.parties.slice(0, SUMMARY_PARTIES).map(asGiven),
  partyCount: state.parties.length,
  signatures: signaturesIn(state),
});
