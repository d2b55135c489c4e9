import { inOrder } from '../kernel/lifecycle.ts';
import type { Day } from '../values/partial-date.ts';
import { membershipLifecycle } from './lifecycle.ts';
import { periods } from './roster.ts';
import { classOn, type MembershipState, timed } from './state.ts';

/** The member of the body (`within`), its class on a day, and since when and until when the last stay was one, as far as sources tell. */
export function listed(state: MembershipState, day: Day): object {
  const membershipClass = classOn(inOrder(membershipLifecycle, timed(state)), day);
  const stay = periods(state).findLast(({ from }) => from !== undefined);
  return {
    organization: state.organization,
    ...(membershipClass !== undefined && { class: membershipClass }),
    ...(stay?.from !== undefined && { since: stay.from }),
    ...(stay?.to !== undefined && { until: stay.to }),
  };
}
