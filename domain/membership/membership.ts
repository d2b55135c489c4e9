import type { Aggregate } from '../kernel/aggregate.ts';
import { isStatusOpenOn } from '../kernel/lifecycle.ts';
import { commands } from './commands.ts';
import { events, type MembershipEvent } from './events.ts';
import { membershipLifecycle, states } from './lifecycle.ts';
import { periods } from './roster.ts';
import { days, due, evolve, indexFields, type MembershipState, present, statusOn, timed } from './state.ts';

export const membership: Aggregate<MembershipState, MembershipEvent> = {
  name: 'membership',
  collection: 'memberships',
  letter: 'M',
  commands,
  events,
  evolve,
  states,
  statusOn,
  isOpenOn: (state, day) => isStatusOpenOn(membershipLifecycle, timed(state), day),
  indexFields,
  present,
  identity: ({ body, organization }: Pick<MembershipState, 'body' | 'organization'>) => [body, organization],
  days,
  due,
  reads: ({ body, organization }) => [body, organization],
  lists: { body: 'organization' },
  periods,
  empty: ({ body, organization }) => ({ body, organization, facts: [], evidence: [] }),
  identifiable: true,
  lifecycles: { membership: membershipLifecycle },
};
