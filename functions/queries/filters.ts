import * as z from 'zod';
import type { Aggregate } from '../../domain/aggregate.ts';
import { listOf, listOfCeremony, listOfOrganization, type Summary } from '../../domain/projections/records.ts';
import { ref } from '../../domain/values/ids.ts';
import { day, daysOf } from '../../domain/values/partial-date.ts';

/** The parameters that filter a collection's list. */
export const filtersOf = ({ states }: Aggregate) => ({
  organization: ref('organization').optional(),
  ceremony: ref('ceremony').optional(),
  kind: z.string().max(40).optional(),
  state: z.enum(states).optional(),
  standing: z.enum(['reported', 'hosted', 'confirmed']).optional(),
  from: day.optional(),
  to: day.optional(),
});

export type Filters = z.output<z.ZodObject<ReturnType<typeof filtersOf>>>;

/** The list to look through: an organization's or a ceremony's own list is shorter than the whole. */
export function partitionFor({ collection }: Aggregate, { organization, ceremony }: Filters): string {
  if (organization !== undefined) return listOfOrganization(collection, organization);
  return ceremony === undefined ? listOf(collection) : listOfCeremony(collection, ceremony);
}

/**
 * Whether a row passes. `from` and `to` let pass what may have happened in between: a month passes if one of its days
 * does; what has no date does not.
 */
export const matching =
  ({ ceremony, kind, state, standing, from, to }: Filters) =>
  (row: Summary): boolean =>
    (ceremony === undefined || row.ceremony === ceremony) &&
    (kind === undefined || row.kind === kind) &&
    (state === undefined || row.state === state) &&
    (standing === undefined || row.standing === standing) &&
    overlaps(row, from, to);

function overlaps({ on }: Summary, from: string | undefined, to: string | undefined): boolean {
  if (from === undefined && to === undefined) return true;
  if (on === undefined) return false;
  const { earliest, latest } = daysOf(on);
  return (from === undefined || latest >= from) && (to === undefined || earliest <= to);
}
