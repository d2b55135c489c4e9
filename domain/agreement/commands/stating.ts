import type * as z from 'zod';
import {
  type CommandDefinition,
  type CommandType,
  type Context,
  command,
  type Decision,
} from '../../kernel/aggregate.ts';
import { unless } from '../../kernel/decide-step.ts';
import { type recorded, submitted } from '../../kernel/recorded.ts';
import type { Result } from '../../kernel/refusal.ts';
import type { Rule } from '../../problems.ts';
import { exampleEvidence as evidence } from '../../values/evidence.ts';
import type { StatementStep } from '../lifecycle.ts';
import { together } from '../rules/findings.ts';
import {
  judgeObjection,
  judgeStatementWithdrawal,
  judgeStating,
  noSuchStatement,
  statementAt,
  wordless,
} from '../rules/statement.ts';
import type { AgreementState } from '../state.ts';
import {
  declarationMade,
  declarationWithdrawn,
  objected,
  objectionWithdrawn,
  reservationMade,
  reservationWithdrawn,
} from '../statement-events.ts';
import type { Statement } from '../statements.ts';
import { concerns } from './decision.ts';

/** Reservations, declarations and objections, and what becomes of them. */

const rules: readonly Rule[] = ['not-a-party', 'already-left', 'after-termination'];
const words = [{ text: 'Article 5 does not apply to it.', lang: 'en' }];

const making = <const Kind extends 'reservation' | 'declaration'>(kind: Kind, schema: typeof reservationMade) =>
  command({
    name: `make-${kind}`,
    records: `agreement.${kind}-made`,
    act: `make-${kind}`,
    scope: 'registry/submit',
    summary: `Record a ${kind} of a party`,
    rules: [...rules, 'value-missing'],
    schema: submitted(schema),
    concerns,
    example: { party: '#bank', on: '2023-02-23', words, evidence },
    decide(data, state: AgreementState): Result<Decision> {
      return unless(together(judgeStating(state, data), wordless(data)), { type: `agreement.${kind}-made`, data });
    },
  });

const object = command({
  name: 'object',
  records: 'agreement.objected',
  act: 'object',
  scope: 'registry/submit',
  summary: 'Record that a party objected to the reservation or declaration of another one',
  rules: [...rules, 'value-missing', 'no-such-event', 'own-statement', 'not-standing'],
  schema: submitted(objected),
  concerns,
  example: { party: '#exchange', statement: 3, on: '2023-03-01', words, evidence },
  decide(data, state: AgreementState): Result<Decision> {
    const kinds = ['reservation', 'declaration'] as const;
    const statement = statementAt(state, data.statement, kinds);
    const findings = together(
      judgeStating(state, data),
      wordless(data),
      statement ? judgeObjection(state, statement, data) : noSuchStatement('/statement', kinds),
    );
    return unless(findings, { type: 'agreement.objected', data });
  },
});

type Withdrawing<Kind extends string, Schema extends z.ZodObject<typeof recorded>> = CommandDefinition<AgreementState> &
  CommandType<`withdraw-${Kind}`, ReturnType<typeof submitted<Schema['shape']>>, `withdraw-${Kind}`>;

const withdrawing = <
  const Kind extends Statement['kind'],
  Schema extends typeof reservationWithdrawn | typeof declarationWithdrawn | typeof objectionWithdrawn,
>(
  kind: Kind,
  schema: Schema,
) =>
  command({
    name: `withdraw-${kind}`,
    records: `agreement.${kind}-withdrawn`,
    act: `withdraw-${kind}`,
    scope: 'registry/submit',
    summary: `Record that a party withdrew its ${kind}`,
    rules: [...rules, 'no-such-event', 'not-its-own', 'not-standing', 'contradicts-history'],
    schema: submitted(schema as typeof reservationWithdrawn),
    concerns,
    example: { party: '#bank', [kind]: kind === 'objection' ? 4 : 3, on: '2023-04-01', evidence },
    decide(data, state: AgreementState, context: Context): Result<Decision> {
      const type = `agreement.${kind}-withdrawn` as StatementStep;
      const version = (data as unknown as Record<string, number>)[kind] as number;
      const statement = statementAt(state, version, [kind]);
      const findings = together(
        judgeStating(state, data),
        statement
          ? judgeStatementWithdrawal(state, statement, { ...data, type }, context)
          : noSuchStatement(`/${kind}`, [kind]),
      );
      return unless(findings, { type, data });
    },
  }) as unknown as Withdrawing<Kind, Schema>;

export const stating = [
  making('reservation', reservationMade),
  making('declaration', declarationMade),
  object,
  withdrawing('reservation', reservationWithdrawn),
  withdrawing('declaration', declarationWithdrawn),
  withdrawing('objection', objectionWithdrawn),
];
