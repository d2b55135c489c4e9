import type * as z from 'zod';
import { type IndexFields, inRole, takingPart } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { appended } from '../kernel/growing.ts';
import { daysOfChange, type Lifecycle, type Reading, statusBy } from '../kernel/lifecycle.ts';
import { type FactOf, factOf, openingOf } from '../kernel/recorded.ts';
import { type Day, earliestOf } from '../values/partial-date.ts';
import type { closed, opened } from './events.ts';

type Opened = z.infer<typeof opened>;
type Closed = z.infer<typeof closed>;

export type AwardProgrammeEvent =
  | RegistryEvent<'award-programme.opened', Opened>
  | RegistryEvent<'award-programme.closed', Closed>;

export type AwardProgrammeFact =
  | FactOf<'award-programme.opened', Pick<Opened, 'on'>>
  | FactOf<'award-programme.closed', Closed>;

export interface AwardProgrammeState extends Omit<Opened, 'speaksAs' | 'evidence'> {
  readonly facts: readonly AwardProgrammeFact[];
}

export const states = ['open', 'closed'] as const;

/** A programme whose opening is not dated is as good as open from the beginning. */
export const lifecycle: Lifecycle<(typeof states)[number], AwardProgrammeFact['type']> = {
  start: 'open',
  steps: {
    'award-programme.opened': { after: ['open'], to: 'open' },
    'award-programme.closed': { after: ['open'], to: 'closed', rule: 'already-closed' },
  },
};

export function evolve(state: AwardProgrammeState | undefined, event: AwardProgrammeEvent): AwardProgrammeState {
  if (event.type === 'award-programme.opened') {
    const { speaksAs: _, evidence: __, ...said } = event.data;
    return { ...said, facts: [openingOf(event)] };
  }
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open an award programme`);
  switch (event.type) {
    case 'award-programme.closed':
      return { ...state, facts: appended(state.facts, factOf(event)) };
    default:
      return event satisfies never;
  }
}

export const statusOn = ({ facts }: AwardProgrammeState, day: Day, reading?: Reading) =>
  statusBy(lifecycle, facts, day, reading);
export const days = ({ facts }: AwardProgrammeState): Day[] => daysOfChange(facts);

export const indexFields = (state: AwardProgrammeState): IndexFields => {
  const closings = state.facts.filter(({ type }) => type === 'award-programme.closed');
  const closedOn = earliestOf(closings.flatMap(({ on }) => on ?? []));
  return {
    names: state.names,
    ...(state.on === undefined ? {} : { on: state.on }),
    ...(state.ceremony === undefined ? {} : { ceremony: state.ceremony }),
    hosts: state.conferredBy,
    parties: [],
    ...takingPart(inRole('conferrer', state.conferredBy)),
    ...(closedOn === undefined ? {} : { closedOn }),
  };
};
