import { type Context, command, type Decision } from '../../kernel/aggregate.ts';
import { unless } from '../../kernel/decide-step.ts';
import { submitted } from '../../kernel/recorded.ts';
import type { Result } from '../../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../../values/evidence.ts';
import { partyAdded } from '../events.ts';
import { together } from '../rules/findings.ts';
import { takesPlaces } from '../rules/party.ts';
import { branchesFollowed, organizationsActing, repeatedParties } from '../rules/repeated.ts';
import { type AgreementState, indexFields } from '../state.ts';

export const addParty = command({
  name: 'add-party',
  records: 'agreement.party-added',
  act: 'add-party',
  scope: 'registry/submit',
  summary: 'Add parties between which the agreement was made, and that its registration does not name',
  rules: ['party-repeated', 'cap-parties', 'cap-chain'],
  follows: ({ parties }, _, lookup) => branchesFollowed(organizationsActing(parties), lookup),
  schema: submitted(partyAdded),
  example: { parties: [{ organization: '#company' }, { unidentified: 'two more traders', lang: 'en' }], evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const findings = together(
      repeatedParties({ parties: data.parties, dates: [indexFields(state).on] }, state.parties, context),
      takesPlaces(state.parties, '/parties', data.parties.length),
    );
    return unless(findings, { type: 'agreement.party-added', data });
  },
});
