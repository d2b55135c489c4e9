import type { Aggregate } from '../../domain/kernel/aggregate.ts';
import {
  listOf,
  listOfCeremony,
  listOfOrganization,
  listWithin,
  type Pointer,
} from '../../domain/projections/records.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { daysOf } from '../../domain/values/partial-date.ts';
import { parameterRefused } from '../http/parameters.ts';
import type { Filters } from '../http/read-parameters.ts';
import type { Matching } from './summarized.ts';

/** The filters that only this collection has: the body of a membership, the programme of an award. */
const withinOf = ({ lists = {} }: Aggregate, filters: Filters): [parameter: string, id: string][] =>
  Object.keys(lists).flatMap((parameter): [string, string][] => {
    const id = (filters as Record<string, unknown>)[parameter];
    return typeof id === 'string' ? [[parameter, id]] : [];
  });

/** @throws ProblemError 400 when no day can lie between `from` and `to`. */
export function checkPeriod({ from, to }: Filters): void {
  if (from !== undefined && to !== undefined && to < from) throw parameterRefused('to', 'is before `from`');
}

/** All ids of each organization that a request names: its own, and those of organizations that were merged with it. */
export type Merges = ReadonlyMap<string, readonly string[]>;

/** The organizations that filters name. */
export const organizationsIn = (filters: Filters): string[] =>
  Object.values(filters).filter(
    (value) => typeof value === 'string' && aggregateOf(value) === 'organization',
  ) as string[];

const idsIn = (merges: Merges, id: string): readonly string[] => merges.get(id) ?? [id];

/**
 * The lists to read: those of an organization, a body or a ceremony are shorter than the list of the collection. That of an
 * organization comes first, because no entry and no summary names all organizations that take part.
 */
export function partitionsFor(aggregate: Aggregate, filters: Filters, merges: Merges): string[] {
  const { collection } = aggregate;
  const { organization, ceremony } = filters;
  if (organization !== undefined) return idsIn(merges, organization).map((id) => listOfOrganization(collection, id));
  const [within] = withinOf(aggregate, filters);
  if (within) return idsIn(merges, within[1]).map((id) => listWithin(collection, within[0], id));
  return [ceremony === undefined ? listOf(collection) : listOfCeremony(collection, ceremony)];
}

/**
 * Which entries of these lists match the filters. One matches `from` and `to` when its fact may have happened between
 * them: a month matches if one of its days does, an undated fact never does.
 */
export function matching(aggregate: Aggregate, filters: Filters, merges: Merges): Matching<Pointer> {
  const { organization, ceremony, kind, state, standing, from, to } = filters;
  const within = withinOf(aggregate, filters);
  const isOfCeremony = ceremony !== undefined && organization === undefined && within.length === 0;
  const asksSummary = state !== undefined || standing !== undefined || (ceremony !== undefined && !isOfCeremony);
  return {
    entry: (pointer) =>
      within.every(([parameter, id]) => idsIn(merges, id).some((one) => pointer.within?.[parameter] === one)) &&
      (kind === undefined || pointer.kind === kind) &&
      overlaps(pointer, from, to),
    summary: asksSummary
      ? (summary) =>
          (ceremony === undefined || summary.ceremony === ceremony) &&
          (state === undefined || summary.state === state) &&
          (standing === undefined || summary.standing === standing)
      : undefined,
  };
}

function overlaps({ on }: Pointer, from: string | undefined, to: string | undefined): boolean {
  if (from === undefined && to === undefined) return true;
  if (on === undefined) return false;
  const { earliest, latest } = daysOf(on);
  return (from === undefined || latest >= from) && (to === undefined || earliest <= to);
}
