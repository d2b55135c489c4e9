import type { Context } from '../../kernel/aggregate.ts';
import { judge, statusesAt } from '../../kernel/judging.ts';
import type { PartialDate } from '../../values/partial-date.ts';
import { hasLeft, partyLifecycle, type StatementStep, statementLifecycle } from '../lifecycle.ts';
import { type AgreementParty, partyIndex } from '../parties.ts';
import { factsOfParty, isYetToSucceed, lineOf } from '../standing.ts';
import type { AgreementState } from '../state.ts';
import { type Statement, statementsIn } from '../statements.ts';
import { afterEnd } from './end.ts';
import { at, type Findings, isBefore, nothing, refusal, together } from './findings.ts';

/** What parties may state, and withdraw. */

interface Stated {
  readonly party: string | number;
  readonly on?: PartialDate | undefined;
  readonly words?: unknown;
  readonly document?: unknown;
}

/** A party states something, as long as it certainly has neither left the agreement nor given up its place. */
export function judgeStating(state: AgreementState, { party, on }: Stated): Findings {
  const place = partyIndex(state.parties, party);
  if (place < 0) return refusal('not-a-party', '/party', 'only a party may');
  const facts = factsOfParty(state, place);
  if (isYetToSucceed(state.parties[place] as AgreementParty, facts, on)) {
    return refusal('not-a-party', '/party', 'it took the place of a party only later');
  }
  const isOut = [...statusesAt(partyLifecycle, facts, at(on))].every((one) => hasLeft(one) || one === 'succeeded');
  return together(
    isOut ? refusal('already-left', '/party', 'it had left the agreement by then') : nothing,
    afterEnd(state, on, '/on'),
  );
}

/** What is stated has words, or a document. */
export const wordless = ({ words, document }: Stated): Findings =>
  words === undefined && document === undefined
    ? refusal('value-missing', '/words', 'its words, or the document that has them')
    : nothing;

/** The statement of one of these kinds that a version stands for. */
export function statementAt(
  { facts }: AgreementState,
  version: number,
  kinds: readonly Statement['kind'][],
): Statement | undefined {
  const found = statementsIn(facts).get(version);
  return found && kinds.includes(found.kind) ? found : undefined;
}

export const noSuchStatement = (pointer: string, kinds: readonly Statement['kind'][]): Findings =>
  refusal('no-such-event', pointer, `no ${kinds.join(' or ')} was made by the event of this version`);

/** Whether one party is another one, or has succeeded it. */
const standsFor = (state: AgreementState, party: string | number, other: string | number): boolean =>
  lineOf(state, partyIndex(state.parties, party)).includes(partyIndex(state.parties, other));

/** An objection is to what another party stated by then. */
export function judgeObjection(state: AgreementState, { made }: Statement, { party, on }: Stated): Findings {
  if (standsFor(state, party, made.party)) return refusal('own-statement', '/party', 'the statement is its own');
  return isBefore(on, made.on) ? refusal('not-standing', '/on', `the statement was made on ${made.on}`) : nothing;
}

/** Who made a statement withdraws it, once. */
export function judgeStatementWithdrawal(
  state: AgreementState,
  { made, facts }: Statement,
  { type, party, on }: Stated & { readonly type: StatementStep },
  { id, opened }: Context,
): Findings {
  if (!standsFor(state, party, made.party)) {
    return refusal('not-its-own', '/party', 'only who made the statement withdraws it');
  }
  if (isBefore(on, made.on)) return refusal('not-standing', '/on', `the statement was made on ${made.on}`);
  return judge(statementLifecycle, facts, { type, on }, { id, opened });
}
