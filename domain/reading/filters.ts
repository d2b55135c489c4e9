import type { Aggregate } from '../kernel/aggregate.ts';
import {
  listOf,
  listOfCeremony,
  listOfKind,
  listOfOrganization,
  listOfState,
  listWithin,
  type Pointer,
} from '../projections/list-rows.ts';
import { aggregateOf } from '../values/ids.ts';
import { daysOf } from '../values/partial-date.ts';
import type { Matching } from './summarized.ts';

/** What a list of a collection is filtered by. Some collections have further filters, which name a record: see `Aggregate.lists`. */
export interface Filters {
  readonly organization?: string | undefined;
  readonly ceremony?: string | undefined;
  readonly kind?: readonly string[] | undefined;
  readonly state?: readonly string[] | undefined;
  readonly standing?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The filters that only this collection has: the body of a membership, the programme of an award. */
const withinOf = ({ lists = {} }: Aggregate, filters: Filters): [parameter: string, id: string][] =>
  Object.keys(lists).flatMap((parameter): [string, string][] => {
    const id = (filters as Record<string, unknown>)[parameter];
    return typeof id === 'string' ? [[parameter, id]] : [];
  });

/** The records that filters name, each with its parameter. */
export const recordsNamedIn = (aggregate: Aggregate, filters: Filters): [parameter: string, id: string][] => [
  ...withinOf(aggregate, filters),
  ...(['organization', 'ceremony'] as const).flatMap((parameter): [string, string][] => {
    const id = filters[parameter];
    return id === undefined ? [] : [[parameter, id]];
  }),
];

/** All ids of each organization that a request names: its own, and those of organizations that were merged with it. */
export type Merges = ReadonlyMap<string, readonly string[]>;

/** Whether an id may stand for several: that of an organization may. */
export const isOrganization = (id: string): boolean => aggregateOf(id) === 'organization';

const idsIn = (merges: Merges, id: string): readonly string[] => merges.get(id) ?? [id];

/** What a list is chosen by; the other filters only leave out some of its entries. */
type Chosen = 'organization' | 'within' | 'ceremony' | 'state' | 'kind' | 'all';

/**
 * That of an organization comes first, because no entry and no summary names all organizations that take part; then what
 * few records share.
 */
function chosenBy(aggregate: Aggregate, filters: Filters): Chosen {
  if (filters.organization !== undefined) return 'organization';
  if (withinOf(aggregate, filters).length > 0) return 'within';
  return (['ceremony', 'state', 'kind'] as const).find((filter) => filters[filter] !== undefined) ?? 'all';
}

/** The lists to read, as one: those of the ids of an organization, of several states, or of several kinds. */
export function partitionsFor(aggregate: Aggregate, filters: Filters, merges: Merges): string[] {
  const { collection } = aggregate;
  const { organization = '', ceremony = '', state = [], kind = [] } = filters;
  switch (chosenBy(aggregate, filters)) {
    case 'organization':
      return idsIn(merges, organization).map((id) => listOfOrganization(collection, id));
    case 'within': {
      const [parameter, whole] = withinOf(aggregate, filters)[0] as [string, string];
      return idsIn(merges, whole).map((id) => listWithin(collection, parameter, id));
    }
    case 'ceremony':
      return [listOfCeremony(collection, ceremony)];
    case 'state':
      return [...new Set(state)].map((one) => listOfState(collection, one));
    case 'kind':
      return [...new Set(kind)].map((one) => listOfKind(collection, one));
    case 'all':
      return [listOf(collection)];
  }
}

/** Whether the lists that are read have no entries that the filters leave out, so that their lengths are the total. */
export function isWhole(aggregate: Aggregate, { standing, from, to, ...filters }: Filters): boolean {
  const { state, kind } = filters;
  const given = [...recordsNamedIn(aggregate, filters), ...[state, kind].filter((filter) => filter !== undefined)];
  return standing === undefined && from === undefined && to === undefined && given.length <= 1;
}

/**
 * Which entries of these lists match the filters. One matches `from` and `to` when its fact may have happened between
 * them: a month matches if one of its days does, an undated fact never does.
 */
export function matching(aggregate: Aggregate, filters: Filters, merges: Merges): Matching<Pointer> {
  if (isWhole(aggregate, filters)) return {};
  const { ceremony, kind, state, standing, from, to } = filters;
  const within = withinOf(aggregate, filters);
  const chosen = chosenBy(aggregate, filters);
  const [ofCeremony, inState] = [chosen === 'ceremony' ? undefined : ceremony, chosen === 'state' ? undefined : state];
  const asksSummary = inState !== undefined || standing !== undefined || ofCeremony !== undefined;
  return {
    entry: (pointer) =>
      within.every(([parameter, id]) => idsIn(merges, id).some((one) => pointer.within?.[parameter] === one)) &&
      among(kind, pointer.kind) &&
      overlaps(pointer, from, to),
    summary: asksSummary
      ? (summary) =>
          (ofCeremony === undefined || summary.ceremony === ofCeremony) &&
          among(inState, summary.state) &&
          among(standing, summary.standing)
      : undefined,
  };
}

/** Whether it is one of those that are asked for, if any are. */
export const among = (asked: readonly string[] | undefined, one: string | undefined): boolean =>
  asked === undefined || asked.some((value) => value === one);

function overlaps({ on }: Pointer, from: string | undefined, to: string | undefined): boolean {
  if (from === undefined && to === undefined) return true;
  if (on === undefined) return false;
  const { earliest, latest } = daysOf(on);
  return (from === undefined || latest >= from) && (to === undefined || earliest <= to);
}
