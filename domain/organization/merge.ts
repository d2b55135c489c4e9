import { type Context, command, type Decision } from '../kernel/aggregate.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Refusal, type Result, refused } from '../kernel/refusal.ts';
import { isLive } from '../membership/live.ts';
import type { MembershipState } from '../membership/state.ts';
import { areSame, finalOf, idsOf } from '../record/merges.ts';
import { indexFieldsOf } from '../record/record.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { leadingFrom, relatedIn, ringByMerging } from './chains.ts';
import { merged } from './events.ts';
import type { OrganizationState } from './state.ts';

/** Two records of one organization become one: what was recorded of either stays where it is, under the id that it has. */

/** A merge writes again to all organizations absorbed before: together they have to fit into one transaction. */
const MAX_ABSORBED = 50;

const at = '/into';

function targetFaults(absorbed: readonly string[], into: string, { id, lookup }: Context): Refusal[] {
  if (into === id) return [{ rule: 'merge-into-itself', pointer: at, detail: 'the two are one already' }];
  const target = lookup(into);
  const fields = target && indexFieldsOf(target);
  if (fields?.mergedInto !== undefined) {
    const detail = `it was merged into ${finalOf(into, lookup)}`;
    return [{ rule: 'merge-into-merged', pointer: at, detail }];
  }
  const together = (fields?.absorbed ?? []).length + absorbed.length + 1;
  if (together <= MAX_ABSORBED) return [];
  return [{ rule: 'cap-absorbed', pointer: at, detail: `it would have absorbed ${together}; at most ${MAX_ABSORBED}` }];
}

/** There is one live membership in a body at a time. */
function doubleMemberships(into: string, context: Context): Refusal[] {
  const { id, today, lookup, memberships = [] } = context;
  const live = memberships.filter((record) => isLive(record, today)).map(({ state }) => state as MembershipState);
  const bodiesOf = (one: string) =>
    live.filter(({ organization }) => areSame(organization, one, lookup)).map(({ body }) => finalOf(body, lookup));
  const theirs = new Set(bodiesOf(into));
  return [...new Set(bodiesOf(id))]
    .filter((body) => theirs.has(body))
    .map((body) => ({ rule: 'both-members', pointer: at, detail: `both are members of ${body}` }));
}

export const mergeOrganization = command({
  name: 'merge-organization',
  records: 'organization.merged',
  alsoMakes: ['organization.absorbed'],
  act: 'merge',
  scope: 'registry/registrar',
  summary: 'Merge the organization into another one, which it is',
  rules: [
    'merge-into-itself',
    'merge-into-merged',
    'both-members',
    'cap-absorbed',
    'cap-actions',
    'relation-ring',
    'cap-chain',
  ],
  schema: submitted(merged),
  reads: (_, { absorbed = [] }: OrganizationState) => absorbed,
  follows: (data, state, lookup) => leadingFrom(relatedIn(data, state as OrganizationState), lookup),
  readsMemberships: true,
  example: { into: '#exchange', reason: 'Registered twice, under two names', evidence },
  decide(data, state: OrganizationState, context: Context): Result<Decision> {
    const { absorbed = [], identifiers = [], clients } = state;
    const target = targetFaults(absorbed, data.into, context);
    const faults = target.length > 0 ? target : doubleMemberships(data.into, context);
    if (faults.length > 0) return refused(...faults);
    const ids = [context.id, data.into].map((one) => idsOf(one, context.lookup)) as [string[], string[]];
    const ring = ringByMerging(...ids, context.lookup);
    if (ring.refusals.length > 0) return refused(...ring.refusals);
    const passingOver = {
      ...(identifiers.length > 0 && { identifiers: identifiers.map(({ on: _, endedOn: __, ...one }) => one) }),
      ...(clients.length > 0 && { clients }),
    };
    const takesIn = (organization: string, more: object = {}) => ({
      type: 'organization.absorbed',
      data: { organization, ...more, evidence: data.evidence },
    });
    const isMerged = { type: 'organization.merged', data };
    return accepted({
      events: [isMerged],
      restsOn: ring.restsOn ?? [],
      others: [
        { id: data.into, events: [takesIn(context.id, passingOver), ...absorbed.map((id) => takesIn(id))] },
        ...absorbed.map((id) => ({ id, events: [isMerged] })),
      ],
    });
  },
});
