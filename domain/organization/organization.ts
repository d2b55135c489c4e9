import { designations } from '../designations.ts';
import type { Aggregate, Held } from '../kernel/aggregate.ts';
import { daysOfChange, isStatusOpenOn } from '../kernel/lifecycle.ts';
import { appointmentsOf } from './appointments.ts';
import { leadingFrom, relatedIn, ringsClosed } from './chains.ts';
import { lifecycle, standing } from './closing.ts';
import { commands } from './commands.ts';
import { countedIn } from './counted.ts';
import { events, organizationKind } from './events.ts';
import { type Identifier, isPlaceholder } from './identifiers.ts';
import { listed } from './listed.ts';
import { matchKeysIn, matchKeysOf } from './match-keys.ts';
import { evolve, indexFields, type OrganizationEvent, type OrganizationState, states, statusOn } from './state.ts';

const identifierHeld = (identifier: Identifier): Held =>
  identifier.scheme === 'other'
    ? { kind: 'identifier', key: [identifier.issuer, identifier.value] }
    : { kind: identifier.scheme, key: identifier.value };

/** A live identifier belongs to one organization, unless it is a placeholder; a client acts for one organization. */
const holds = ({ identifiers = [], clients }: OrganizationState): Held[] => [
  ...identifiers.filter((one) => !isPlaceholder(one)).map(identifierHeld),
  ...clients.map((client): Held => ({ kind: 'client', key: client })),
];

export const organization: Aggregate<OrganizationState, OrganizationEvent> = {
  ...designations.organization,
  commands,
  events,
  evolve,
  states,
  kinds: organizationKind.options,
  lifecycle: {
    statusOn,
    isOpenOn: ({ facts, mergedInto }, day) =>
      mergedInto === undefined && isStatusOpenOn(lifecycle, standing(facts), day),
    days: ({ facts }) => daysOfChange(standing(facts)),
    diagrams: { organization: lifecycle },
  },
  indexFields,
  counted: countedIn,
  listed,
  holds,
  matching: { keys: matchKeysOf, keysIn: matchKeysIn },
  follows: (data, state, lookup) => leadingFrom(relatedIn(data, state as OrganizationState), lookup),
  result: {
    rules: ['relation-ring', 'cap-chain'],
    judge: ringsClosed,
  },
  appointments: appointmentsOf,
};
