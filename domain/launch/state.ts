import type * as z from 'zod';
import type { IndexFields } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { appended } from '../kernel/growing.ts';
import { daysOfChange, inOrder, type Reading, statusBy } from '../kernel/lifecycle.ts';
import { type FactOf, factOf } from '../kernel/recorded.ts';
import { type Name, sameName } from '../values/names.ts';
import type { Day } from '../values/partial-date.ts';
import {
  type announced,
  type becameOperational,
  type cancelled,
  type discontinued,
  type held,
  type performed,
  type postponed,
  publication,
  type renamed,
  subject,
} from './events.ts';
import { type LaunchStatus, lifecycle } from './lifecycle.ts';

export type LaunchEvent =
  | RegistryEvent<'launch.announced', z.infer<typeof announced>>
  | RegistryEvent<'launch.performed', z.infer<typeof performed>>
  | RegistryEvent<'launch.became-operational', z.infer<typeof becameOperational>>
  | RegistryEvent<'launch.held', z.infer<typeof held>>
  | RegistryEvent<'launch.postponed', z.infer<typeof postponed>>
  | RegistryEvent<'launch.cancelled', z.infer<typeof cancelled>>
  | RegistryEvent<'launch.renamed', z.infer<typeof renamed>>
  | RegistryEvent<'launch.discontinued', z.infer<typeof discontinued>>;

type Launch = z.infer<typeof performed>;
export type Publication = Pick<Launch, keyof typeof publication>;
type Published = FactOf<'launch.announced' | 'launch.performed', Publication & Pick<Launch, 'names'>>;
type Renaming = FactOf<'launch.renamed', z.infer<typeof renamed>>;

export type LaunchFact =
  | Published
  | Renaming
  | FactOf<'launch.became-operational', z.infer<typeof becameOperational>>
  | FactOf<'launch.held', z.infer<typeof held>>
  | FactOf<'launch.postponed' | 'launch.cancelled' | 'launch.discontinued', z.infer<typeof postponed>>;

/** What was launched; its names, and when, where and by whom it was launched, follow from the facts. */
export interface LaunchState extends Pick<Launch, keyof typeof subject> {
  /** The first is that of the opening. */
  readonly facts: readonly [Published, ...LaunchFact[]];
}

/** The part of a value that these fields are, as far as they are there. */
export const pick = <Value extends object, Key extends keyof Value>(value: Value, keys: readonly Key[]) =>
  Object.fromEntries(keys.filter((key) => key in value).map((key) => [key, value[key]])) as Pick<Value, Key>;

const subjectKeys = Object.keys(subject) as (keyof typeof subject)[];
const publicationKeys = Object.keys(publication) as (keyof typeof publication)[];

const published = ({ type, streamversion, data }: RegistryEvent<Published['type'], Launch>): Published => ({
  type,
  version: streamversion,
  ...pick(data, ['names', ...publicationKeys]),
});

export function evolve(state: LaunchState | undefined, event: LaunchEvent): LaunchState {
  const added = (fact: LaunchFact): LaunchState => {
    if (!state) throw new Error(`${event.id}: ${event.type} cannot open a launch`);
    return { ...state, facts: appended(state.facts, fact) as LaunchState['facts'] };
  };
  switch (event.type) {
    case 'launch.announced':
    case 'launch.performed':
      return state ? added(published(event)) : { ...pick(event.data, subjectKeys), facts: [published(event)] };
    case 'launch.became-operational':
    case 'launch.held':
    case 'launch.postponed':
    case 'launch.cancelled':
    case 'launch.renamed':
    case 'launch.discontinued':
      return added(factOf(event) as LaunchFact);
    default:
      return event satisfies never;
  }
}

export const statusOn = ({ facts }: LaunchState, day: Day, reading?: Reading): LaunchStatus =>
  statusBy(lifecycle, facts, day, reading);
export const days = ({ facts }: LaunchState): Day[] => daysOfChange(facts);

const isRenaming = (fact: LaunchFact): fact is Renaming => fact.type === 'launch.renamed';

/** When, where and by whom it was launched; as long as nothing says so, how it was announced. */
export function publicationOf({ facts }: LaunchState): Publication {
  const said = facts.find(({ type }) => type === 'launch.performed') ?? facts[0];
  return pick(said as Published, publicationKeys);
}

/** The names that it has borne, one set after the other: those of its opening, then those of each renaming by its day. */
export const namings = ([opening, ...facts]: LaunchState['facts']): readonly (readonly Name[])[] => [
  opening.names ?? [],
  ...inOrder(facts.filter(isRenaming), ['launch.renamed']).map(({ names }) => names),
];

export const namesOf = ({ facts }: LaunchState): readonly Name[] => namings(facts).at(-1) ?? [];

function formerNamesOf(state: LaunchState): Name[] {
  const names = namesOf(state);
  const former = namings(state.facts)
    .flat()
    .filter((name) => !names.some((now) => sameName(now, name)));
  return former.filter((name, place) => former.findIndex((other) => sameName(other, name)) === place);
}

export function indexFields(state: LaunchState): IndexFields {
  const { on, ceremony, by = [] } = publicationOf(state);
  return {
    kind: state.kind,
    names: namesOf(state),
    ...(on === undefined ? {} : { on }),
    ...(ceremony === undefined ? {} : { ceremony }),
    hosts: [],
    parties: by,
    participants: [...by, ...(state.establishes === undefined ? [] : [state.establishes])],
  };
}

export function present(state: LaunchState): object {
  const { facts, ...fields } = state;
  const names = namesOf(state);
  const formerNames = formerNamesOf(state);
  return {
    ...fields,
    ...(names.length > 0 && { names }),
    ...(formerNames.length > 0 && { formerNames }),
    ...publicationOf(state),
    facts,
  };
}
