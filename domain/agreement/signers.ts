import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { SignedParty } from '../kernel/signers.ts';
import { earliestOf } from '../values/partial-date.ts';
import { signaturesByParty } from './counted.ts';
import type { AgreementState } from './state.ts';

/** The parties that have signed, as far as sources name them: none of an agreement that was registered in error. */
export function signers({ state, isRetracted }: FoldedRecord<AgreementState>): readonly SignedParty[] {
  if (isRetracted) return [];
  return signaturesByParty(state).flatMap((signatures, place): SignedParty[] => {
    const party = state.parties[place];
    if (signatures.length === 0 || !party || !('organization' in party)) return [];
    const { organization, onBehalfOf } = party;
    return [{ organization, onBehalfOf, on: earliestOf(signatures.flatMap(({ on }) => on ?? [])) }];
  });
}
