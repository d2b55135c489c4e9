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
import { parameterRefused, parametersRefused, unfit } from '../http/parameters.ts';
import type { Filters } from '../http/read-parameters.ts';
import type { Matching, SummariesReader } from './summarized.ts';

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

/** @throws ProblemError 400 when a filter names a record that the read model does not have */
export async function checkRecords(
  { cursor: _, ...filters }: Filters & { readonly cursor?: unknown },
  { summaries }: Pick<SummariesReader, 'summaries'>,
): Promise<void> {
  const named = Object.entries(filters).filter(
    (one): one is [string, string] => typeof one[1] === 'string' && aggregateOf(one[1]) !== undefined,
  );
  const found = named.length > 0 ? await summaries(named.map(([, id]) => id)) : new Map();
  const unknown = named.filter(([, id]) => !found.has(id));
  if (unknown.length === 0) return;
  throw parametersRefused(unknown.map(([name, id]) => unfit(name, `there is no record ${id}`)));
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
      among(kind, pointer.kind) &&
      overlaps(pointer, from, to),
    summary: asksSummary
      ? (summary) =>
          (ceremony === undefined || summary.ceremony === ceremony) &&
          among(state, summary.state) &&
          among(standing, summary.standing)
      : undefined,
  };
}

/** Whether it is one of those that are asked for, if any are. */
const among = (asked: readonly string[] | undefined, one: string | undefined): boolean =>
  asked === undefined || asked.some((value) => value === one);

function overlaps({ on }: Pointer, from: string | undefined, to: string | undefined): boolean {
  if (from === undefined && to === undefined) return true;
  if (on === undefined) return false;
  const { earliest, latest } = daysOf(on);
  return (from === undefined || latest >= from) && (to === undefined || earliest <= to);
}
