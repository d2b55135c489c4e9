import { type Context, command, type Decision } from '../../kernel/aggregate.ts';
import { unless } from '../../kernel/decide-step.ts';
import { judgingRules } from '../../kernel/judging.ts';
import { submitted } from '../../kernel/recorded.ts';
import type { Result } from '../../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../../values/evidence.ts';
import { annulled, ended } from '../events.ts';
import { nothing, refusal, together } from '../rules/findings.ts';
import { judgeBegun, judgeTerm } from '../rules/term.ts';
import type { AgreementState } from '../state.ts';
import { termRunsAt } from '../term.ts';

const terminate = command({
  name: 'terminate-agreement',
  records: 'agreement.terminated',
  act: 'terminate',
  scope: 'registry/submit',
  summary: 'Record that the agreement was ended',
  rules: [...judgingRules, 'already-ended', 'after-termination'],
  schema: submitted(ended),
  example: { on: '2023-12-31', reason: 'By consent of the parties', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const type = 'agreement.terminated';
    return unless(judgeTerm(state, { type, on: data.on }, context), { type, data });
  },
});

const expire = command({
  name: 'expire-agreement',
  records: 'agreement.expired',
  act: 'expire',
  scope: 'registry/submit',
  summary: 'Record that the agreement ended because its term was over',
  rules: [...judgingRules, 'already-ended', 'term-runs', 'after-termination', 'signature-missing'],
  schema: submitted(ended),
  example: { on: '2023-12-31', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const type = 'agreement.expired';
    const early = termRunsAt(state, data.on ?? context.today)
      ? refusal('term-runs', '/on', 'the term that is recorded ends later')
      : nothing;
    const findings = together(
      judgeTerm(state, { type, on: data.on }, context),
      judgeBegun(state, data.on, context),
      early,
    );
    return unless(findings, { type, data });
  },
});

const annul = command({
  name: 'annul-agreement',
  records: 'agreement.annulled',
  act: 'annul',
  scope: 'registry/registrar',
  summary: 'Record that an authority declared the agreement void',
  rules: [...judgingRules, 'already-ended'],
  schema: submitted(annulled),
  example: { on: '2023-12-31', reason: 'A party lacked capacity', authority: 'The competent court', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const type = 'agreement.annulled';
    return unless(judgeTerm(state, { type, on: data.on }, context), { type, data });
  },
});

export const ending = [terminate, expire, annul];
