import { designations } from '../designations.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { isStatusOpenOn } from '../kernel/lifecycle.ts';
import { commands } from './commands.ts';
import { countedIn } from './counted.ts';
import { events, type MembershipEvent } from './events.ts';
import { membershipLifecycle, states } from './lifecycle.ts';
import { listed } from './listed.ts';
import { isLive } from './live.ts';
import { periods, seatOn } from './roster.ts';
import {
  days,
  due,
  dueDays,
  evolve,
  indexFields,
  type MembershipState,
  present,
  statusesIn,
  statusOn,
  timed,
} from './state.ts';

export const membership: Aggregate<MembershipState, MembershipEvent> = {
  ...designations.membership,
  commands,
  events,
  evolve,
  states,
  lifecycle: {
    statusOn,
    statusesOn: statusesIn,
    isOpenOn: (state, day) => isStatusOpenOn(membershipLifecycle, timed(state), day, statusOn(state, day)),
    days,
    due,
    dueDays,
    diagrams: { membership: membershipLifecycle },
  },
  indexFields,
  counted: countedIn,
  listed,
  present,
  identity: ({ body, organization }: Pick<MembershipState, 'body' | 'organization'>) => [body, organization],
  reads: ({ body, organization }) => [body, organization],
  lists: { body: 'organization' },
  periods: {
    of: periods,
    empty: ({ body, organization }) => ({ body, organization, facts: [] }),
    isLive,
    seatOn,
  },
  identifiable: true,
};
