import { keptBeside } from '../kernel/beside.ts';
import type { DatedFact } from '../kernel/history.ts';
import { happenedBy, isStatusOpenOn, statusBy } from '../kernel/lifecycle.ts';
import type { Day } from '../values/partial-date.ts';
import type { AgreementFact } from './events.ts';
import { type StatementStatus, type StatementStep, statementLifecycle } from './lifecycle.ts';
import type { AgreementState } from './state.ts';

/** What parties have stated: reservations, declarations and objections. */

const kinds = {
  'agreement.reservation-made': 'reservation',
  'agreement.declaration-made': 'declaration',
  'agreement.objected': 'objection',
} as const;
type Made = Extract<AgreementFact, { type: keyof typeof kinds }>;
type StatementKind = (typeof kinds)[keyof typeof kinds];

export interface Statement {
  readonly kind: StatementKind;
  readonly made: Made;
  /** That it was made, and withdrawn. */
  readonly facts: readonly DatedFact<StatementStep>[];
}

const isMade = (fact: AgreementFact): fact is Made => Object.hasOwn(kinds, fact.type);

type Withdrawal = Extract<AgreementFact, { type: Exclude<StatementStep, Made['type']> }>;
const isWithdrawal = (fact: AgreementFact): fact is Withdrawal =>
  !isMade(fact) && Object.hasOwn(statementLifecycle.steps, fact.type);

/** The version of the event by which the statement was made that is withdrawn. */
function withdrawn(fact: Withdrawal): number {
  if (fact.type === 'agreement.reservation-withdrawn') return fact.reservation;
  return fact.type === 'agreement.declaration-withdrawn' ? fact.declaration : fact.objection;
}

const dated = ({ type, on, version }: Extract<AgreementFact, { type: StatementStep }>): DatedFact<StatementStep> => ({
  type,
  on,
  version,
});

/** The statements by the versions of the events by which they were made. */
export const statementsIn = keptBeside<
  AgreementFact,
  Map<number, Statement & { readonly facts: DatedFact<StatementStep>[] }>
>(
  () => new Map(),
  (statements, fact) => {
    if (isMade(fact)) statements.set(fact.version, { kind: kinds[fact.type], made: fact, facts: [dated(fact)] });
    // What a correction has left without its statement withdraws nothing.
    if (isWithdrawal(fact)) statements.get(withdrawn(fact))?.facts.push(dated(fact));
  },
);

interface StatementShown extends Omit<Made, 'type'> {
  readonly kind: StatementKind;
  readonly state: StatementStatus;
  readonly certainty: 'certain' | 'possible';
}

/** The statements that may have been made by a day, each as it stands then. */
export const statementsOn = ({ facts }: AgreementState, day: Day): StatementShown[] =>
  [...statementsIn(facts).values()].flatMap(({ kind, made: { type: _, ...said }, facts: told }) => {
    if (!happenedBy(day)(said)) return [];
    const [state, certain] = [
      statusBy(statementLifecycle, told, day),
      statusBy(statementLifecycle, told, day, 'certain'),
    ];
    const isOpen = state !== certain || isStatusOpenOn(statementLifecycle, told, day);
    return [{ kind, ...said, state, certainty: isOpen ? ('possible' as const) : ('certain' as const) }];
  });
