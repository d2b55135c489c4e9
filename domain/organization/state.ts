import type * as z from 'zod';
import { type IndexFields, inRole, takingPart } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { appended } from '../kernel/growing.ts';
import { type Reading, statusBy } from '../kernel/lifecycle.ts';
import { factOf } from '../kernel/recorded.ts';
import { type Name, sameName } from '../values/names.ts';
import type { Day, PartialDate } from '../values/partial-date.ts';
import { areApart, withSince, withUntil } from '../values/times.ts';
import { closuresOf, lifecycle, type OrganizationFact, standing } from './closing.ts';
import type {
  absorbed,
  clientAppointed,
  clientDismissed,
  closed,
  identifierLinked,
  identifierUnlinked,
  merged,
  nameAdded,
  nameEnded,
  registered,
  related,
  relation,
  relationEnded,
  restored,
} from './events.ts';
import { type Identifier, sameIdentifier } from './identifiers.ts';

export type OrganizationEvent =
  | RegistryEvent<'organization.registered', z.infer<typeof registered>>
  | RegistryEvent<'organization.name-added', z.infer<typeof nameAdded>>
  | RegistryEvent<'organization.name-ended', z.infer<typeof nameEnded>>
  | RegistryEvent<'organization.related', z.infer<typeof related>>
  | RegistryEvent<'organization.relation-ended', z.infer<typeof relationEnded>>
  | RegistryEvent<'organization.identifier-linked', z.infer<typeof identifierLinked>>
  | RegistryEvent<'organization.identifier-unlinked', z.infer<typeof identifierUnlinked>>
  | RegistryEvent<'organization.closed', z.infer<typeof closed>>
  | RegistryEvent<'organization.restored', z.infer<typeof restored>>
  | RegistryEvent<'organization.client-appointed', z.infer<typeof clientAppointed>>
  | RegistryEvent<'organization.client-dismissed', z.infer<typeof clientDismissed>>
  | RegistryEvent<'organization.merged', z.infer<typeof merged>>
  | RegistryEvent<'organization.absorbed', z.infer<typeof absorbed>>;

type Registered = z.infer<typeof registered>;

export type Relation = z.infer<typeof relation>;
/** When it was linked, and of a former one when it was unlinked, where an event of its own says so. */
type LinkedIdentifier = Identifier & { readonly on?: PartialDate; readonly endedOn?: PartialDate };

export interface OrganizationState {
  readonly kind: Registered['kind'];
  readonly names: readonly Name[];
  readonly formerNames?: readonly Name[];
  readonly country?: Registered['country'];
  readonly identifiers?: readonly LinkedIdentifier[] | undefined;
  readonly formerIdentifiers?: readonly LinkedIdentifier[];
  readonly relations?: readonly Relation[] | undefined;
  readonly formerRelations?: readonly Relation[];
  readonly operation?: Registered['operation'];
  readonly notes?: Registered['notes'];
  /** The clients that act for the organization. */
  readonly clients: readonly string[];
  /** The organization that it was merged into: the last one, which itself is not merged. */
  readonly mergedInto?: string;
  /** Every organization that was merged into this one, also by way of another. */
  readonly absorbed?: readonly string[];
  readonly facts: readonly OrganizationFact[];
}

/** Whether the one states the other again, and not another time in which it held. */
export const repeatsRelation = (a: Relation, b: Relation): boolean => sameRelation(a, b) && !areApart(a, b);

export const sameRelation = (a: Pick<Relation, 'type' | 'to'>, b: Pick<Relation, 'type' | 'to'>): boolean =>
  a.type === b.type && a.to === b.to;

/** The relations that are ended: those of which nobody has said until when, or else all between the two. */
export function relationsEnded(relations: readonly Relation[], ending: Pick<Relation, 'type' | 'to'>) {
  const same = relations.filter((one) => sameRelation(one, ending));
  const open = same.filter(({ until }) => until === undefined);
  return open.length > 0 ? open : same;
}

/** The names that are ended: the one of the very words, or else those that differ from it in what names are not compared by. */
export function borneAs(names: readonly Name[], ended: Pick<Name, 'value' | 'lang'>): readonly Name[] {
  const exact = names.filter(({ value, lang }) => value === ended.value && lang === ended.lang);
  return exact.length > 0 ? exact : names.filter((name) => sameName(name, ended));
}

export function evolve(state: OrganizationState | undefined, event: OrganizationEvent): OrganizationState {
  if (event.type === 'organization.registered') {
    const { speaksAs: _, evidence: __, ...said } = event.data;
    return { ...said, clients: [], facts: [] };
  }
  if (!state) throw new Error(`${event.id}: ${event.type} cannot open an organization`);
  switch (event.type) {
    case 'organization.name-added':
      return { ...state, names: appended(state.names, withSince(event.data.name, event.data.on)) };
    case 'organization.name-ended': {
      const over = borneAs(state.names, event.data.name);
      return {
        ...state,
        names: state.names.filter((name) => !over.includes(name)),
        formerNames: appended(state.formerNames ?? [], ...over.map((name) => withUntil(name, event.data.on))),
      };
    }
    case 'organization.related': {
      const { speaksAs: _, evidence: __, on, ...said } = event.data;
      return { ...state, relations: appended(state.relations ?? [], withSince(said, on)) };
    }
    case 'organization.relation-ended': {
      const { relations = [], formerRelations = [] } = state;
      const over = relationsEnded(relations, event.data);
      return {
        ...state,
        relations: relations.filter((one) => !over.includes(one)),
        formerRelations: appended(formerRelations, ...over.map((one) => withUntil(one, event.data.on))),
      };
    }
    case 'organization.identifier-linked': {
      const { identifier, on } = event.data;
      const linked = { ...identifier, ...(on === undefined ? {} : { on }) };
      return { ...state, identifiers: appended(state.identifiers ?? [], linked) };
    }
    case 'organization.identifier-unlinked': {
      const { identifier, on } = event.data;
      const isOver = (one: Identifier) => sameIdentifier(one, identifier);
      const { identifiers = [], formerIdentifiers = [] } = state;
      const over = identifiers.filter(isOver).map((one) => ({ ...one, ...(on === undefined ? {} : { endedOn: on }) }));
      return {
        ...state,
        identifiers: identifiers.filter((one) => !isOver(one)),
        formerIdentifiers: appended(formerIdentifiers, ...over),
      };
    }
    case 'organization.closed':
    case 'organization.restored':
      return { ...state, facts: appended(state.facts, factOf(event)) };
    case 'organization.client-appointed':
      return { ...state, clients: appended(state.clients, event.data.client) };
    case 'organization.client-dismissed':
      return { ...state, clients: state.clients.filter((client) => client !== event.data.client) };
    case 'organization.merged':
      return { ...state, identifiers: [], clients: [], mergedInto: event.data.into };
    case 'organization.absorbed': {
      const { organization, identifiers = [], clients = [] } = event.data;
      return {
        ...state,
        ...(identifiers.length > 0 && { identifiers: appended(state.identifiers ?? [], ...identifiers) }),
        clients: appended(state.clients, ...clients),
        absorbed: appended(state.absorbed ?? [], organization),
      };
    }
    default:
      return event satisfies never;
  }
}

export const states = ['registered', 'closed', 'merged'] as const;
export type OrganizationStatus = (typeof states)[number];

export const statusOn = (state: OrganizationState, day: Day, reading?: Reading): OrganizationStatus =>
  state.mergedInto === undefined ? statusBy(lifecycle, standing(state.facts), day, reading) : 'merged';

export function indexFields(state: OrganizationState): IndexFields {
  const { relations = [], facts, mergedInto, absorbed } = state;
  const successors = facts.flatMap((fact) => (fact.type === 'organization.closed' ? (fact.successor ?? []) : []));
  return {
    kind: state.kind,
    names: state.names,
    ...(state.formerNames && { formerNames: state.formerNames }),
    hosts: [],
    parties: [],
    // Former relations may be any number; the record tells them.
    ...takingPart([
      ...relations.map(({ to, type }) => ({ organization: to, role: type })),
      ...inRole('successor', successors),
    ]),
    ...closuresOf(facts),
    ...(mergedInto === undefined ? {} : { mergedInto }),
    ...(absorbed === undefined ? {} : { absorbed }),
  };
}
