import type * as z from 'zod';
import { type IndexFields, inRole, takingPart } from '../kernel/aggregate.ts';
import { keptBeside } from '../kernel/beside.ts';
import { countFirst } from '../kernel/bisect.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { appended } from '../kernel/growing.ts';
import { byRank, type Placed, placed, ranksIn } from '../kernel/history.ts';
import { daysOfChange, type Reading, statusBy } from '../kernel/lifecycle.ts';
import { memoized } from '../kernel/memoized.ts';
import { type FactOf, factOf } from '../kernel/recorded.ts';
import { type Name, nameKey } from '../values/names.ts';
import type { Day } from '../values/partial-date.ts';
import { withSince, withUntil } from '../values/times.ts';
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

const ranks = ranksIn(['launch.renamed']);

/** How many of renamings come before another one. Facts of one type are in the order of their days. */
const countBefore = (renamings: readonly Placed<Renaming>[], one: Placed<Renaming>): number =>
  countFirst(renamings.length, (place) => byRank(renamings[place] as Placed<Renaming>, one) <= 0);

/** The renamings in their order. */
const renamingsOf = keptBeside<LaunchFact, Placed<Renaming>[]>(
  () => [],
  (renamings, fact) => {
    if (!isRenaming(fact)) return;
    const one = placed(fact, ranks);
    renamings.splice(countBefore(renamings, one), 0, one);
  },
);

/** The names that it bore until a renaming, or bears: those of its opening, then those of each renaming by its day. */
function namesAfter(facts: LaunchState['facts'], renamings: number): readonly Name[] {
  return (renamings === 0 ? facts[0] : renamingsOf(facts)[renamings - 1]?.fact)?.names ?? [];
}

export const namesOf = ({ facts }: LaunchState): readonly Name[] => namesAfter(facts, renamingsOf(facts).length);

/** The names that a further renaming takes the place of. */
export const namesBefore = ({ facts }: LaunchState, renaming: Renaming): readonly Name[] =>
  namesAfter(facts, countBefore(renamingsOf(facts), placed(renaming, ranks)));

interface Borne {
  readonly names: readonly Name[];
  readonly formerNames: readonly Name[];
}

/** The names that it bears, and since when; and those that it no longer bears, each once for each time in which it did. */
const borne = memoized(({ facts }: LaunchState): Borne => {
  let names: readonly Name[] = facts[0].names ?? [];
  const former = new Map<string, Name>();
  for (const { fact } of renamingsOf(facts)) {
    const [before, after] = [new Map(names.map((name) => [nameKey(name), name])), new Set(fact.names.map(nameKey))];
    for (const name of names) {
      if (after.has(nameKey(name))) continue;
      const over = withUntil(name, fact.on);
      former.set(`${over.since} ${over.until} ${nameKey(over)}`, over);
    }
    names = fact.names.map((name) => {
      const known = before.get(nameKey(name));
      return known ? withSince(name, known.since) : withSince(name, fact.on);
    });
  }
  const borneNow = new Set(names.map(nameKey));
  return { names, formerNames: [...former.values()].filter((name) => name.until || !borneNow.has(nameKey(name))) };
});

export function indexFields(state: LaunchState): IndexFields {
  const { on, ceremony, by = [] } = publicationOf(state);
  return {
    kind: state.kind,
    ...borne(state),
    ...(on === undefined ? {} : { on }),
    ...(ceremony === undefined ? {} : { ceremony }),
    hosts: [],
    parties: by,
    ...takingPart([
      ...inRole('performer', by),
      ...inRole('established', state.establishes === undefined ? [] : [state.establishes]),
    ]),
  };
}

export function present(state: LaunchState): object {
  const { facts, ...fields } = state;
  const { names, formerNames } = borne(state);
  return {
    ...fields,
    ...(names.length > 0 && { names }),
    ...(formerNames.length > 0 && { formerNames }),
    ...publicationOf(state),
    facts,
  };
}
