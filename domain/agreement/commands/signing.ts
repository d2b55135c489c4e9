import { type Context, command, type Decision } from '../../kernel/aggregate.ts';
import { unless } from '../../kernel/decide-step.ts';
import { submitted } from '../../kernel/recorded.ts';
import type { Result } from '../../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../../values/evidence.ts';
import { byName } from '../../values/person.ts';
import { acceded, declined, namedSignatory, signatureConfirmed, signatureWithdrawn, signed } from '../events.ts';
import { partyIndex } from '../parties.ts';
import { afterEnd } from '../rules/end.ts';
import { refusal, together } from '../rules/findings.ts';
import { bound, isNewcomer, joins, judgeParty, judgeSigning } from '../rules/party.ts';
import { branchesFollowed } from '../rules/repeated.ts';
import type { AgreementState } from '../state.ts';
import { byParty, concerns, partyRules } from './decision.ts';

const isPartyIn = (state: unknown, organization: string): boolean =>
  state !== undefined && partyIndex((state as AgreementState).parties, organization) >= 0;

const sign = command({
  name: 'sign-agreement',
  records: 'agreement.signed',
  act: 'sign',
  scope: 'registry/submit',
  summary: 'Record the signature of a party',
  rules: [...partyRules, 'already-signed', 'party-repeated', 'cap-parties', 'cap-chain', 'in-force-before-signed'],
  follows: ({ party }, state, lookup) =>
    typeof party === 'string' && !isPartyIn(state, party) ? branchesFollowed([party], lookup) : [],
  schema: byName(submitted(signed), namedSignatory),
  concerns,
  example: {
    party: '#bank',
    signatory: { name: 'Chen Example' },
    capacity: 'President of the branch',
    mode: 'definitive',
    on: '2023-02-23?',
    evidence,
  },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    return unless(judgeSigning(state, data, context), { type: 'agreement.signed', data });
  },
});

const decline = command({
  name: 'decline-signature',
  records: 'agreement.signature-declined',
  act: 'decline',
  scope: 'registry/submit',
  summary: 'Record that a party declined to sign',
  rules: [...partyRules, 'already-signed'],
  schema: submitted(declined),
  concerns,
  example: { party: '#bank', on: '2023-03-01', evidence },
  decide: byParty('agreement.signature-declined'),
});

const withdrawSignature = command({
  name: 'withdraw-signature',
  records: 'agreement.signature-withdrawn',
  act: 'withdraw-signature',
  scope: 'registry/submit',
  summary: 'Record that a party withdrew its signature before it was bound',
  rules: [...partyRules, 'not-signed', 'already-bound'],
  schema: submitted(signatureWithdrawn),
  concerns,
  example: { party: '#bank', on: '2023-03-01', evidence },
  decide: byParty('agreement.signature-withdrawn', (state, { party, on }) => bound(state, party, on)),
});

const confirmSignature = command({
  name: 'confirm-signature',
  records: 'agreement.signature-confirmed',
  act: 'confirm-signature',
  scope: 'registry/submit',
  summary: 'Record that a party confirmed a signature that was subject to approval',
  rules: [...partyRules, 'nothing-to-confirm'],
  schema: submitted(signatureConfirmed),
  concerns,
  example: { party: '#bank', on: '2023-03-01', by: 'approval', evidence },
  decide: byParty('agreement.signature-confirmed'),
});

const accede = command({
  name: 'accede',
  records: 'agreement.acceded',
  act: 'accede',
  scope: 'registry/submit',
  summary: 'Record that an organization acceded to an agreement that is open for accession',
  rules: [...partyRules, 'not-open-for-accession', 'already-signed', 'party-repeated', 'cap-parties', 'cap-chain'],
  follows: ({ organization }, state, lookup) =>
    isPartyIn(state, organization) ? [] : branchesFollowed([organization], lookup),
  schema: submitted(acceded),
  concerns: ({ organization }) => organization,
  example: { organization: '#company', on: '2023-03-01', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const event = { type: 'agreement.acceded' as const, data };
    const { organization, on } = data;
    if (!state.openForAccession) {
      return unless(refusal('not-open-for-accession', '/organization', 'it was not registered as open'), event);
    }
    const place = partyIndex(state.parties, organization);
    if (place < 0 || isNewcomer(state, place, on)) {
      const findings = together(
        joins(state, { organization, on }, context, '/organization'),
        afterEnd(state, on, '/on'),
      );
      return unless(findings, event);
    }
    const { refusals, warnings } = judgeParty(state, organization, { type: event.type, on }, context);
    const placed = refusals.map((fault) =>
      fault.pointer === '/party' ? { ...fault, pointer: '/organization' } : fault,
    );
    return unless({ refusals: placed, warnings }, event);
  },
});

export const signing = [sign, decline, withdrawSignature, confirmSignature, accede];
