import { designations } from '../designations.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { aggregateOf, referencesIn } from '../values/ids.ts';
import { commands } from './commands.ts';
import { countedIn } from './counted.ts';
import { due, dueDays } from './due.ts';
import { type AgreementEvent, agreementKind, events } from './events.ts';
import { partyLifecycle, statementLifecycle, termLifecycle } from './lifecycle.ts';
import { listed } from './listed.ts';
import { present } from './present.ts';
import { branchesFollowed } from './rules/repeated.ts';
import { type AgreementState, evolve, indexFields } from './state.ts';
import { days, isOpenOn, states, statusesOn, statusOn } from './status.ts';

const organizationsIn = (data: object): string[] =>
  referencesIn({ ...data, evidence: undefined })
    .map(({ id }) => id)
    .filter((id) => aggregateOf(id) === 'organization');

export const agreement: Aggregate<AgreementState, AgreementEvent> = {
  ...designations.agreement,
  commands,
  events,
  evolve,
  states,
  kinds: agreementKind.options,
  lifecycle: {
    statusOn,
    statusesOn,
    isOpenOn,
    days,
    due,
    dueDays,
    diagrams: {
      'each party': partyLifecycle,
      'each reservation, declaration and objection': statementLifecycle,
      'the agreement as a whole': termLifecycle,
    },
  },
  indexFields,
  counted: countedIn,
  listed,
  follows: (data, _, lookup) => branchesFollowed(organizationsIn(data), lookup),
  present,
  identifiable: true,
};
