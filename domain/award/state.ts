import type * as z from 'zod';
import type { Held, IndexFields } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { appended } from '../kernel/growing.ts';
import { daysOfChange, type Lifecycle, type Reading, statusBy } from '../kernel/lifecycle.ts';
import { type FactOf, factOf, openingOf } from '../kernel/recorded.ts';
import { type Day, LAST_DAY } from '../values/partial-date.ts';
import { categoryKey } from './category.ts';
import type { conferred, declined, reinstated, revoked } from './events.ts';
import { hasOtherRecipients, namedOnes, organizationsOf } from './recipients.ts';

type Conferred = z.infer<typeof conferred>;

export type AwardEvent =
  | RegistryEvent<'award.conferred', Conferred>
  | RegistryEvent<'award.declined', z.infer<typeof declined>>
  | RegistryEvent<'award.revoked', z.infer<typeof revoked>>
  | RegistryEvent<'award.reinstated', z.infer<typeof reinstated>>;

export type AwardFact =
  | FactOf<'award.conferred', Pick<Conferred, 'on'>>
  | FactOf<'award.declined', z.infer<typeof declined>>
  | FactOf<'award.revoked', z.infer<typeof revoked>>
  | FactOf<'award.reinstated', z.infer<typeof reinstated>>;

export interface AwardState extends Omit<Conferred, 'speaksAs' | 'evidence'> {
  readonly facts: readonly AwardFact[];
}

export const states = ['none', 'conferred', 'declined', 'revoked'] as const;

/** Only what was conferred can be declined or revoked. */
export const lifecycle: Lifecycle<(typeof states)[number], AwardFact['type']> = {
  start: 'none',
  steps: {
    'award.conferred': { after: ['none'], to: 'conferred' },
    'award.declined': { after: ['conferred'], to: 'declined', rule: 'not-conferred' },
    'award.revoked': { after: ['conferred'], to: 'revoked', rule: 'not-conferred' },
    'award.reinstated': { after: ['declined', 'revoked'], skips: ['conferred'], to: 'conferred' },
  },
};

export function evolve(state: AwardState | undefined, event: AwardEvent): AwardState {
  if (event.type === 'award.conferred') {
    const { speaksAs: _, evidence: __, ...said } = event.data;
    return { ...said, facts: [openingOf(event)] };
  }
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open an award`);
  switch (event.type) {
    case 'award.declined':
    case 'award.revoked':
    case 'award.reinstated':
      return { ...state, facts: appended(state.facts, factOf(event) as AwardFact) };
    default:
      return event satisfies never;
  }
}

export const statusOn = ({ facts }: AwardState, day: Day, reading?: Reading) =>
  statusBy(lifecycle, facts, day, reading);
export const days = ({ facts }: AwardState): Day[] => daysOfChange(facts);

/**
 * An award is conferred once in a programme and category on a recipient, until it is declined or revoked in the end. Such
 * an end is never still to come when it is recorded, so what is free to be conferred again does not stand any more. Those
 * who share an award hold it each. Earlier releases held it under the category as it was spelt.
 */
export function holds(state: AwardState): Held[] {
  if (statusOn(state, LAST_DAY) !== 'conferred') return [];
  const { programme, category = '' } = state;
  const compared = categoryKey(category);
  return namedOnes(state).map((whom) => ({
    kind: 'conferral',
    key: [programme, compared, whom],
    ...(compared === category ? {} : { formerly: [programme, category, whom] }),
  }));
}

export const indexFields = (state: AwardState): IndexFields => ({
  names: [],
  ...(state.on === undefined ? {} : { on: state.on }),
  ...(state.ceremony === undefined ? {} : { ceremony: state.ceremony }),
  within: { programme: state.programme },
  hosts: [],
  parties: organizationsOf(state),
  unnamedParty: hasOtherRecipients(state),
  participants: organizationsOf(state),
});
