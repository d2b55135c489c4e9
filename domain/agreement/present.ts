import { memoized } from '../kernel/memoized.ts';
import type { Day } from '../values/partial-date.ts';
import type { AgreementFact } from './events.ts';
import { type AgreementState, factsOf } from './state.ts';
import { statementsOn } from './statements.ts';
import { partiesOn } from './story.ts';

const untyped = memoized(({ type: _, ...fact }: AgreementFact): object => fact);

/** Facts that stand in fields of their own. */
export const shownApart = [
  'agreement.signed',
  'agreement.entered-into-force',
  'agreement.reservation-made',
  'agreement.declaration-made',
  'agreement.objected',
] as const satisfies readonly AgreementFact['type'][];
const isShownApart = (type: string) => (shownApart as readonly string[]).includes(type);

/**
 * Each party and each statement of one with its state on a day. Signatures, entries into force and statements have fields
 * of their own; what else happened stands under `facts`.
 */
export function present(state: AgreementState, day: Day): object {
  const { facts, ...fields } = state;
  const statements = statementsOn(state, day);
  return {
    ...fields,
    parties: partiesOn(state, day),
    signatures: factsOf({ facts }, 'agreement.signed').map(untyped),
    entriesIntoForce: factsOf({ facts }, 'agreement.entered-into-force').map(untyped),
    ...(statements.length > 0 && { statements }),
    facts: facts.filter(({ type }) => !isShownApart(type)),
  };
}
