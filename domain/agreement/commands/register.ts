import * as z from 'zod';
import { type Context, command, type Decision } from '../../kernel/aggregate.ts';
import { unless } from '../../kernel/decide-step.ts';
import { growing } from '../../kernel/growing.ts';
import { submitted } from '../../kernel/recorded.ts';
import type { Result } from '../../kernel/refusal.ts';
import { atMost } from '../../values/cap.ts';
import { exampleEvidence as evidence } from '../../values/evidence.ts';
import { byName } from '../../values/person.ts';
import { entryIntoForce, namedSignatory, registered, signature } from '../events.ts';
import { MAX_PARTIES } from '../party-reference.ts';
import { judgeEntry } from '../rules/entry.ts';
import { nothing, together } from '../rules/findings.ts';
import { judgeSigning } from '../rules/party.ts';
import { branchesFollowed, organizationsActing, repeatedParties } from '../rules/repeated.ts';
import { type AgreementState, withFact } from '../state.ts';
import { factAt, partyRules } from './decision.ts';

const registerSchema = z.strictObject({
  ...submitted(registered).shape,
  signatures: atMost(z.array(byName(signature, namedSignatory)).min(1), MAX_PARTIES, 'cap-parties')
    .optional()
    .meta({ description: 'The signatures that the source states' }),
  entryIntoForce: entryIntoForce.optional().meta({ description: 'The entry into force, when the source states it' }),
});

export const registerAgreement = command({
  name: 'register-agreement',
  records: 'agreement.registered',
  alsoMakes: ['agreement.signed', 'agreement.entered-into-force'],
  default: true,
  scope: 'registry/submit',
  summary: 'Enter an agreement in the register, with the signatures and the entry into force that its source states',
  rules: [
    ...partyRules,
    'party-repeated',
    'already-signed',
    'cap-parties',
    'cap-chain',
    'in-force-before-signed',
    'signature-missing',
  ],
  follows: ({ parties, signatures = [] }, _, lookup) => {
    const signers = signatures.flatMap(({ party }) => (typeof party === 'string' ? [party] : []));
    return branchesFollowed([...organizationsActing(parties), ...signers], lookup);
  },
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
    const findings = growing(() => {
      let state: AgreementState = { ...facts, facts: [] };
      const dates = [...signatures, ...(entry ? [entry] : [])].map(({ on }) => on);
      const found = [repeatedParties({ parties: data.parties, dates }, [], context)];
      for (const [index, signing] of signatures.entries()) {
        found.push(judgeSigning(state, signing, context, `/signatures/${index}`));
        state = withFact(state, factAt(index + 2, 'agreement.signed', signing));
      }
      return [...found, entry ? judgeEntry(state, entry, context, '/entryIntoForce') : nothing];
    });
    return unless(
      together(...findings),
      { type: 'agreement.registered', data: facts },
      ...signatures.map((stated) => ({ type: 'agreement.signed', data: { ...stated, evidence: data.evidence } })),
      ...(entry ? [{ type: 'agreement.entered-into-force', data: { ...entry, evidence: data.evidence } }] : []),
    );
  },
});
