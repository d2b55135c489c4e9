import type * as z from 'zod';
import type { IndexFields } from '../kernel/aggregate.ts';
import { inOrder, type Lifecycle } from '../kernel/lifecycle.ts';
import type { FactOf } from '../kernel/recorded.ts';
import type { PartialDate } from '../values/partial-date.ts';
import type { closed, restored } from './events.ts';

/** An organization is closed, and may be restored, and closed again. */

type Closing = FactOf<'organization.closed', z.infer<typeof closed>>;
type Restoration = FactOf<'organization.restored', z.infer<typeof restored>>;
export type OrganizationFact = Closing | Restoration;

export const lifecycle: Lifecycle<'registered' | 'closed', OrganizationFact['type']> = {
  start: 'registered',
  steps: {
    'organization.closed': { after: ['registered'], to: 'closed', rule: 'already-closed' },
    // Of several closings the last may be recorded first.
    'organization.restored': { after: ['closed'], skips: ['registered'], to: 'registered' },
  },
};

const ordered = (facts: readonly OrganizationFact[]): OrganizationFact[] => inOrder(lifecycle, facts);

/** The facts without the closings that are deemed never to have been, and what undid them. */
export function standing(facts: readonly OrganizationFact[]): readonly OrganizationFact[] {
  if (!facts.some((fact) => fact.type === 'organization.restored' && fact.asIfNeverClosed)) return facts;
  const kept: OrganizationFact[] = [];
  for (const fact of ordered(facts)) {
    if (fact.type !== 'organization.restored' || !fact.asIfNeverClosed) kept.push(fact);
    else if (kept.at(-1)?.type === 'organization.closed') kept.pop();
  }
  return kept;
}

/** Since when it is closed, and between which days it was, where sources say so. */
export function closuresOf(facts: readonly OrganizationFact[]): Pick<IndexFields, 'closedOn' | 'closedBetween'> {
  const closedBetween: [PartialDate, PartialDate][] = [];
  let closedOn: PartialDate | undefined;
  for (const { type, on } of ordered(standing(facts))) {
    if (type === 'organization.restored' && closedOn !== undefined && on !== undefined)
      closedBetween.push([closedOn, on]);
    closedOn = type === 'organization.closed' ? on : undefined;
  }
  return {
    ...(closedOn === undefined ? {} : { closedOn }),
    ...(closedBetween.length > 0 && { closedBetween }),
  };
}
