import type { Aggregate } from '../../domain/kernel/aggregate.ts';
import {
  listOf,
  listOfCeremony,
  listOfOrganization,
  listWithin,
  type Summary,
} from '../../domain/projections/records.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { daysOf } from '../../domain/values/partial-date.ts';
import { parameterRefused } from '../http/parameters.ts';
import type { Filters } from '../http/read-parameters.ts';

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

/** The lists to read: those of a body, an organization or a ceremony are shorter than the list of the collection. */
export function partitionsFor(aggregate: Aggregate, filters: Filters, merges: Merges): string[] {
  const { collection } = aggregate;
  const { organization, ceremony } = filters;
  const [within] = withinOf(aggregate, filters);
  if (within) return idsIn(merges, within[1]).map((id) => listWithin(collection, within[0], id));
  if (organization !== undefined) return idsIn(merges, organization).map((id) => listOfOrganization(collection, id));
  return [ceremony === undefined ? listOf(collection) : listOfCeremony(collection, ceremony)];
}

/**
 * Whether a row matches the filters. It matches `from` and `to` when its fact may have happened between them: a month
 * matches if one of its days does, an undated fact never does.
 */
export const matching =
  (aggregate: Aggregate, filters: Filters, merges: Merges) =>
  (row: Summary): boolean => {
    const { organization, ceremony, kind, state, standing, from, to } = filters;
    return (
      (organization === undefined || idsIn(merges, organization).some((id) => row.participants.includes(id))) &&
      withinOf(aggregate, filters).every(([parameter, id]) =>
        idsIn(merges, id).some((one) => row.within?.[parameter] === one),
      ) &&
      (ceremony === undefined || row.ceremony === ceremony) &&
      (kind === undefined || row.kind === kind) &&
      (state === undefined || row.state === state) &&
      (standing === undefined || row.standing === standing) &&
      overlaps(row, from, to)
    );
  };

function overlaps({ on }: Summary, from: string | undefined, to: string | undefined): boolean {
  if (from === undefined && to === undefined) return true;
  if (on === undefined) return false;
  const { earliest, latest } = daysOf(on);
  return (from === undefined || latest >= from) && (to === undefined || earliest <= to);
}
