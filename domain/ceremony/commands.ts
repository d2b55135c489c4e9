import type * as z from 'zod';
import { type Context, command, type Decision } from '../kernel/aggregate.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Refusal, type Result, refused } from '../kernel/refusal.ts';
import type { Rule } from '../problems.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { courseCommands } from './course.ts';
import { announced, held, roleAssigned, roleWithdrawn } from './events.ts';
import { type CeremonyState, hasRole, holdsRole } from './state.ts';
import { atCancelled, outsideItsWhole } from './whole.ts';

const opening = submitted(held);
type Opening = z.infer<typeof opening>;

/** One role once per organization. */
function repeatedRoles({ roles = [] }: Opening): Refusal[] {
  return roles.flatMap((holder, index): Refusal[] =>
    holdsRole(roles.slice(0, index), holder)
      ? [{ rule: 'role-repeated', pointer: `/roles/${index}`, detail: 'the organization has this role already' }]
      : [],
  );
}

function openingFaults(data: Opening, context: Context): Refusal[] {
  const partOfItself: Refusal[] =
    data.partOf === context.id
      ? [{ rule: 'part-of-itself', pointer: '/partOf', detail: 'a ceremony cannot be a part of itself' }]
      : [];
  return [...partOfItself, ...outsideItsWhole(data.on, data.partOf, context), ...repeatedRoles(data)];
}

const openingRules: readonly Rule[] = ['part-of-itself', 'outside-its-whole', 'role-repeated'];

const opens = (type: 'ceremony.announced' | 'ceremony.recorded') =>
  function decide(data: Opening, _none: undefined, context: Context): Result<Decision> {
    const faults = openingFaults(data, context);
    return faults.length > 0 ? refused(...faults) : accepted({ events: [{ type, data }] });
  };

const recordCeremony = command({
  name: 'record-ceremony',
  records: 'ceremony.recorded',
  default: true,
  scope: 'registry/submit',
  summary: 'Record a ceremony that took place',
  rules: openingRules,
  schema: opening,
  example: {
    kind: 'conference',
    edition: 7,
    names: [{ value: 'The 7th Guangzhou International Jewelry and Diamond Conference', lang: 'en' }],
    on: '2023-02-23/..',
    place: { country: 'CN', locality: 'Guangzhou', basis: 'inferred' },
    evidence,
  },
  decide: opens('ceremony.recorded'),
});

const announceCeremony = command({
  name: 'announce-ceremony',
  records: 'ceremony.announced',
  scope: 'registry/submit',
  summary: 'Announce a ceremony that is to take place',
  rules: openingRules,
  schema: submitted(announced),
  example: { kind: 'conference', names: [{ value: 'The 8th Conference', lang: 'en' }], on: '2024', evidence },
  decide: opens('ceremony.announced'),
});

const assignRole = command({
  name: 'assign-role',
  records: 'ceremony.role-assigned',
  act: 'assign-role',
  scope: 'registry/submit',
  summary: 'Give an organization a role at the ceremony',
  rules: ['ceremony-cancelled', 'role-repeated', 'cap-roles'],
  schema: submitted(roleAssigned),
  example: { organization: '#exchange', role: 'guest', evidence },
  decide(data, state: CeremonyState, context): Result<Decision> {
    const cancelled = atCancelled(state, context);
    if (cancelled.length > 0) return refused(...cancelled);
    if (holdsRole(state.roles, { ...data, since: data.since ?? data.on })) {
      return refused({ rule: 'role-repeated', pointer: '/role', detail: 'the organization has this role already' });
    }
    if (state.roles.length >= 100) {
      return refused({ rule: 'cap-roles', pointer: '/role', detail: 'a ceremony has at most 100 roles at a time' });
    }
    return accepted({ events: [{ type: 'ceremony.role-assigned', data }] });
  },
});

const withdrawRole = command({
  name: 'withdraw-role',
  records: 'ceremony.role-withdrawn',
  act: 'withdraw-role',
  scope: 'registry/submit',
  summary: 'Withdraw a role from an organization',
  rules: ['role-unknown'],
  schema: submitted(roleWithdrawn),
  example: { organization: '#exchange', role: 'guest', reason: 'Named in error by the first report', evidence },
  decide(data, state: CeremonyState): Result<Decision> {
    if (!hasRole(state.roles, data)) {
      return refused({ rule: 'role-unknown', pointer: '/role', detail: 'the organization does not have this role' });
    }
    return accepted({ events: [{ type: 'ceremony.role-withdrawn', data }] });
  },
});

export const commands = [recordCeremony, announceCeremony, assignRole, withdrawRole, ...courseCommands];
