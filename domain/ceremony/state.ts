import type * as z from 'zod';
import { type IndexFields, inRole, takingPart } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { appended } from '../kernel/growing.ts';
import { inOrder, type Reading, statusBy } from '../kernel/lifecycle.ts';
import { factOf, openingOf } from '../kernel/recorded.ts';
import { certainlyBefore, type Day, type PartialDate } from '../values/partial-date.ts';
import { areApart, withSince, withUntil } from '../values/times.ts';
import type {
  announced,
  cancelled,
  concluded,
  held,
  opened,
  postponed,
  rescheduled,
  roleAssigned,
  roleHolder,
  roleWithdrawn,
} from './events.ts';
import { type CeremonyFact, type CeremonyStatus, type CeremonyStep, lifecycle } from './lifecycle.ts';

type Said = Omit<z.infer<typeof held>, 'speaksAs' | 'evidence' | 'roles'>;
export type RoleHolder = z.infer<typeof roleHolder>;

export type CeremonyEvent =
  | RegistryEvent<'ceremony.announced', z.infer<typeof announced>>
  | RegistryEvent<'ceremony.recorded', z.infer<typeof held>>
  | RegistryEvent<'ceremony.role-assigned', z.infer<typeof roleAssigned>>
  | RegistryEvent<'ceremony.role-withdrawn', z.infer<typeof roleWithdrawn>>
  | RegistryEvent<'ceremony.rescheduled', z.infer<typeof rescheduled>>
  | RegistryEvent<'ceremony.postponed', z.infer<typeof postponed>>
  | RegistryEvent<'ceremony.cancelled', z.infer<typeof cancelled>>
  | RegistryEvent<'ceremony.opened', z.infer<typeof opened>>
  | RegistryEvent<'ceremony.concluded', z.infer<typeof concluded>>;

/** Its `on` is that of the opening fact; `spanOf` tells which date counts. */
export interface CeremonyState extends Said {
  readonly roles: readonly RoleHolder[];
  readonly formerRoles?: readonly RoleHolder[];
  readonly facts: readonly CeremonyFact[];
}

const open = (data: z.infer<typeof held>, facts: readonly CeremonyFact[]): CeremonyState => {
  const { speaksAs: _, evidence: __, roles = [], ...said } = data;
  return { ...said, roles, facts };
};

const isHolder = (holder: RoleHolder, other: Pick<RoleHolder, 'organization' | 'role'>) =>
  holder.organization === other.organization && holder.role === other.role;

/** Whether an organization has a role in which it is to be again, unless that was over by then. */
export const holdsRole = (roles: readonly RoleHolder[], other: RoleHolder): boolean =>
  roles.some((holder) => isHolder(holder, other) && !areApart(holder, other));

export const hasRole = (roles: readonly RoleHolder[], other: Pick<RoleHolder, 'organization' | 'role'>): boolean =>
  roles.some((holder) => isHolder(holder, other));

export function evolve(state: CeremonyState | undefined, event: CeremonyEvent): CeremonyState {
  if (event.type === 'ceremony.announced') return open(event.data, []);
  if (event.type === 'ceremony.recorded') return open(event.data, [openingOf(event)]);
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open a ceremony`);
  switch (event.type) {
    case 'ceremony.role-assigned': {
      const { speaksAs: _, evidence: __, on, ...holder } = event.data;
      return { ...state, roles: appended(state.roles, withSince(holder, on)) };
    }
    case 'ceremony.role-withdrawn': {
      const { roles, formerRoles = [] } = state;
      const withdrawn = roles.filter((holder) => isHolder(holder, event.data));
      return {
        ...state,
        roles: roles.filter((holder) => !withdrawn.includes(holder)),
        formerRoles: appended(formerRoles, ...withdrawn.map((holder) => withUntil(holder, event.data.on))),
      };
    }
    case 'ceremony.rescheduled':
    case 'ceremony.postponed':
    case 'ceremony.cancelled':
    case 'ceremony.opened':
    case 'ceremony.concluded':
      return { ...state, facts: appended(state.facts, factOf(event)) };
    default:
      return event satisfies never;
  }
}

export const statusOn = (state: CeremonyState, day: Day, reading?: Reading): CeremonyStatus =>
  statusBy(lifecycle, state.facts, day, reading);

/** From when to when a ceremony lasts: two dates within which all of its days lie, or the one date of both. */
interface Span {
  readonly from?: PartialDate | undefined;
  readonly to?: PartialDate | undefined;
}

const mayBeWithin = (date: PartialDate, span: PartialDate) =>
  !certainlyBefore(date, span) && !certainlyBefore(span, date);

const isDay = (date: PartialDate | undefined): date is Day => date !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(date);

/**
 * The date of what was held is what its record says. What was announced counts for the date last planned until it has
 * opened; then for the day of its opening, unless several days were planned and that is one of them. Once the days of
 * its opening and of its end are known, no plan counts.
 */
export function spanOf({ on, facts }: CeremonyState): Span {
  const ordered = inOrder(lifecycle, facts);
  const last = (step: CeremonyStep) => ordered.findLast(({ type }) => type === step);
  const planned = last('ceremony.rescheduled')?.to ?? on;
  const [opening, end] = [last('ceremony.opened')?.on, last('ceremony.concluded')?.on];
  if (on !== undefined && last('ceremony.recorded')) return { from: on, to: on };
  if (isDay(opening) && isDay(end)) return { from: opening, to: end };
  const isKept = planned?.includes('/') && opening !== undefined && mayBeWithin(opening, planned);
  if (opening === undefined || isKept) return { from: planned, to: planned };
  return { from: opening, to: end };
}

/** The one date of a ceremony: all of its days where the first and the last are known, else the date of its beginning. */
function dateOf(state: CeremonyState): PartialDate | undefined {
  const { from, to } = spanOf(state);
  return isDay(from) && isDay(to) && from < to ? `${from}/${to}` : from;
}

export const hostsOf = ({ roles }: Pick<CeremonyState, 'roles'>): string[] =>
  roles.filter(({ role }) => role === 'host' || role === 'co-host').map((host) => host.organization);

export const indexFields = (state: CeremonyState): IndexFields => {
  const on = dateOf(state);
  return {
    kind: state.kind,
    names: state.names ?? [],
    ...(on === undefined ? {} : { on }),
    ...(state.partOf === undefined ? {} : { ceremony: state.partOf }),
    hosts: hostsOf(state),
    parties: [],
    ...takingPart([
      ...state.roles.map(({ organization, role }) => ({ organization, role })),
      ...inRole('subject', state.subject === undefined ? [] : [state.subject]),
    ]),
  };
};

/** Its `on` is the date that counts; `announcedFor` the one that it was first announced for, where that is another. */
export function present({ on: first, ...fields }: CeremonyState): object {
  const on = dateOf({ ...fields, on: first });
  return {
    ...fields,
    ...(on === undefined ? {} : { on }),
    ...(first === undefined || first === on ? {} : { announcedFor: first }),
  };
}
