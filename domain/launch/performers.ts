import type { Refusal } from '../kernel/refusal.ts';
import type { Rule } from '../problems.ts';
import type { Publication } from './state.ts';

export const performerRules: readonly Rule[] = ['performers-unclear', 'joint-needs-two', 'sole-needs-one'];

/** Either the performers are named, or the source does not say who they are; several of them act jointly, one alone. */
export function performerFaults({ by, performersNotStated, mode }: Publication): Refusal[] {
  if (by === undefined && !performersNotStated) {
    const detail = 'name who launched it, or state performersNotStated';
    return [{ rule: 'performers-unclear', pointer: '/by', detail }];
  }
  if (by !== undefined && performersNotStated) {
    const detail = 'performersNotStated stands beside performers that are named';
    return [{ rule: 'performers-unclear', pointer: '/performersNotStated', detail }];
  }
  if (mode === 'joint' && by?.length === 1) {
    const detail = 'a joint launch has two performers at least, or performersNotStated';
    return [{ rule: 'joint-needs-two', pointer: '/by', detail }];
  }
  return mode === 'sole' && by !== undefined && by.length > 1
    ? [{ rule: 'sole-needs-one', pointer: '/by', detail: 'a sole launch has one performer' }]
    : [];
}
