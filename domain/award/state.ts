import type * as z from 'zod';
import { type Held, type IndexFields, inRole, takingPart } from '../kernel/aggregate.ts';
import { appended } from '../kernel/growing.ts';
import { daysOfChange } from '../kernel/lifecycle.ts';
import { factOf, openingOf } from '../kernel/recorded.ts';
import { type Day, LAST_DAY } from '../values/partial-date.ts';
import { categoryKey } from './category.ts';
import type { AwardEvent, AwardFact, conferred } from './events.ts';
import { partStatus, statesOfParts } from './parts.ts';
import { hasOtherRecipients, namedOnes, organizationsOf } from './recipients.ts';

export interface AwardState extends Omit<z.infer<typeof conferred>, 'speaksAs' | 'evidence'> {
  readonly facts: readonly AwardFact[];
}

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

export const days = ({ facts }: AwardState): Day[] => daysOfChange(facts);

/**
 * An award is conferred once in a programme and category on a recipient, until it is declined or revoked in the end. Such
 * an end is never still to come when it is recorded, so what is free to be conferred again does not stand any more. Those
 * who share an award hold it each. Earlier releases held it under the category as it was spelt.
 */
export function holds(state: AwardState): Held[] {
  const { programme, category = '' } = state;
  const compared = categoryKey(category);
  return namedOnes(state)
    .filter(({ part }) => partStatus(state, part, LAST_DAY) === 'conferred')
    .map(({ whom }) => ({
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
  ...takingPart(inRole('recipient', organizationsOf(state))),
});

/** The award, and how each part of it stands once they stand differently. */
export function present(state: AwardState, day: Day): object {
  const parts = statesOfParts(state, day);
  if (!parts || !state.recipients) return state;
  return { ...state, recipients: state.recipients.map((one, place) => ({ ...one, state: parts[place] })) };
}
