import { type Context, command, type Decision } from '../../kernel/aggregate.ts';
import { unless } from '../../kernel/decide-step.ts';
import { NEXT } from '../../kernel/judging.ts';
import { submitted } from '../../kernel/recorded.ts';
import type { Result } from '../../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../../values/evidence.ts';
import { noticeRevoked, partyWithdrew, withdrawalNotified } from '../events.ts';
import { effectOf } from '../parties.ts';
import { strandedByLeaving } from '../rules/end.ts';
import { isBefore, nothing, refusal, together } from '../rules/findings.ts';
import { judgeParty } from '../rules/party.ts';
import type { AgreementState } from '../state.ts';
import { byParty, concerns, factAt, partyRules } from './decision.ts';

const notifyWithdrawal = command({
  name: 'notify-withdrawal',
  records: 'agreement.withdrawal-notified',
  act: 'notify-withdrawal',
  scope: 'registry/submit',
  summary: 'Record that a party gave notice of its withdrawal',
  rules: [...partyRules, 'not-signed', 'effect-before-notice'],
  schema: submitted(withdrawalNotified),
  concerns,
  example: { party: '#bank', on: '2023-03-01', takesEffectOn: '2023-09-01', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const type = 'agreement.withdrawal-notified';
    const { on, takesEffectOn } = data;
    const early = isBefore(takesEffectOn, on)
      ? refusal('effect-before-notice', '/takesEffectOn', `the notice was given on ${on}`)
      : nothing;
    const fact = { type, on, ends: effectOf(takesEffectOn) } as const;
    return unless(together(judgeParty(state, data.party, fact, context), early), { type, data });
  },
});

const revokeNotice = command({
  name: 'revoke-notice',
  records: 'agreement.notice-revoked',
  act: 'revoke-notice',
  scope: 'registry/submit',
  summary: 'Record that a party revoked its notice of withdrawal',
  rules: [...partyRules, 'no-notice'],
  schema: submitted(noticeRevoked),
  concerns,
  example: { party: '#bank', on: '2023-04-01', evidence },
  decide: byParty('agreement.notice-revoked'),
});

const recordWithdrawal = command({
  name: 'record-withdrawal',
  records: 'agreement.party-withdrew',
  act: 'record-withdrawal',
  scope: 'registry/submit',
  summary: 'Record that a party withdrew from the agreement',
  rules: [...partyRules, 'not-signed'],
  schema: submitted(partyWithdrew),
  concerns,
  example: { party: '#bank', on: '2023-09-01', evidence },
  decide: byParty('agreement.party-withdrew', (state, data) =>
    strandedByLeaving(state, factAt(NEXT, 'agreement.party-withdrew', data)),
  ),
});

export const leaving = [notifyWithdrawal, revokeNotice, recordWithdrawal];
