import * as z from 'zod';
import { type Context, command, type Decision } from '../../aggregate.ts';
import { submitted } from '../../recorded.ts';
import type { Refusal, Result } from '../../refusal.ts';
import { atMost } from '../../values/cap.ts';
import { exampleEvidence as evidence } from '../../values/evidence.ts';
import type { Party } from '../../values/party.ts';
import { entryIntoForce, MAX_PARTIES, registered, signature } from '../events.ts';
import { type Findings, judgeEntry, judgeSigning, nothing, together } from '../rules.ts';
import { type AgreementState, partyIndex, withFact } from '../state.ts';
import { factAt, partyRules, unless } from './decision.ts';

const registerSchema = z.strictObject({
  ...submitted(registered).shape,
  signatures: atMost(z.array(signature).min(1), MAX_PARTIES, 'cap-parties')
    .optional()
    .meta({ description: 'The signatures that the source states' }),
  entryIntoForce: entryIntoForce.optional().meta({ description: 'The entry into force, when the source states it' }),
});

/** The same organization cannot stand twice among the parties: an agreement has two distinct ones. */
const repeatedParties = (parties: readonly Party[]): Findings => ({
  refusals: parties.flatMap((party, index): Refusal[] =>
    'organization' in party && partyIndex(parties, party.organization) < index
      ? [{ rule: 'party-repeated', pointer: `/parties/${index}`, detail: 'the organization stands here twice' }]
      : [],
  ),
  warnings: [],
});

export const registerAgreement = command({
  name: 'register-agreement',
  records: 'agreement.registered',
  default: true,
  scope: 'registry/submit',
  summary: 'Enter an agreement in the register, with the signatures and the entry into force that its source states',
  rules: [
    ...partyRules,
    'party-repeated',
    'already-signed',
    'cap-parties',
    'in-force-before-signed',
    'signature-missing',
  ],
  schema: registerSchema,
  example: {
    kind: 'cooperation',
    titles: [{ value: 'Strategic Cooperation Project', lang: 'en' }],
    parties: [{ organization: '#exchange' }, { organization: '#bank' }],
    signatures: [{ party: '#exchange', mode: 'definitive', on: '2023-02-23?' }],
    evidence,
  },
  decide(data, _none: undefined, context: Context): Result<Decision> {
    const { signatures = [], entryIntoForce: entry, ...facts } = data;
    let state: AgreementState = { ...facts, facts: [] };
    const findings = [repeatedParties(data.parties)];
    for (const [index, signing] of signatures.entries()) {
      findings.push(judgeSigning(state, signing, context, `/signatures/${index}`));
      state = withFact(state, factAt(index + 2, 'agreement.signed', signing));
    }
    findings.push(entry ? judgeEntry(state, entry, context, '/entryIntoForce') : nothing);
    return unless(
      together(...findings),
      { type: 'agreement.registered', data: facts },
      ...signatures.map((stated) => ({ type: 'agreement.signed', data: { ...stated, evidence: data.evidence } })),
      ...(entry ? [{ type: 'agreement.entered-into-force', data: { ...entry, evidence: data.evidence } }] : []),
    );
  },
});
