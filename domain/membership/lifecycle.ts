import type { Lifecycle } from '../kernel/lifecycle.ts';
import type { MembershipFact } from './events.ts';

export const states = [
  'none',
  'intended',
  'applied',
  'refused',
  'member',
  'suspended',
  'lapsed',
  'resigned',
  'expelled',
] as const;
export type MembershipStatus = (typeof states)[number];
export type MembershipStep = MembershipFact['type'];

const outside: readonly MembershipStatus[] = ['none', 'refused', 'lapsed', 'resigned', 'expelled'];
const inside: readonly MembershipStatus[] = ['member', 'suspended'];

/** Sources seldom tell of an admission: it may be missing before whatever happens to a member. */
const unadmitted: readonly MembershipStatus[] = ['intended', 'applied', ...outside];

const ofMember = { after: inside, skips: unadmitted, rule: 'not-a-member' } as const;

/** Intent is not membership. An organization that left or was refused may apply or be admitted again; only a suspended or lapsed membership is reinstated. */
export const membershipLifecycle: Lifecycle<MembershipStatus, MembershipStep> = {
  start: 'none',
  steps: {
    'membership.intent-declared': { after: outside, to: 'intended' },
    'membership.applied': { after: ['intended', ...outside], to: 'applied' },
    'membership.refused': { after: ['applied', 'intended'], skips: ['none'], to: 'refused' },
    'membership.admitted': { after: ['intended', 'applied', ...outside], to: 'member', rule: 'already-member' },
    'membership.class-changed': ofMember,
    'membership.renewed': ofMember,
    'membership.suspended': {
      after: ['member'],
      skips: unadmitted,
      to: 'suspended',
      afterwards: 'member',
      rule: 'not-suspendable',
    },
    'membership.suspension-ended': { after: inside, to: 'member' },
    'membership.lapsed': { ...ofMember, to: 'lapsed' },
    'membership.reinstated': {
      after: ['suspended', 'lapsed'],
      skips: ['none', 'intended', 'applied', 'member'],
      to: 'member',
      rule: 'nothing-to-reinstate',
    },
    'membership.resigned': { ...ofMember, to: 'resigned' },
    'membership.expelled': { ...ofMember, to: 'expelled' },
  },
};

/** Whether an organization in this state belongs to the body. */
export const isMember = (status: MembershipStatus): boolean => inside.includes(status);

/** The facts after which only a new beginning follows, or, after a lapse, a reinstatement. */
export const endings: readonly string[] = [
  'membership.refused',
  'membership.lapsed',
  'membership.resigned',
  'membership.expelled',
] satisfies MembershipStep[];

export const beginnings: readonly string[] = [
  'membership.intent-declared',
  'membership.applied',
  'membership.admitted',
] satisfies MembershipStep[];

/** Whether a fact tells of a member: then there was an admission before it, whether or not a source tells that. */
export const isOfMember = (type: MembershipStep): boolean =>
  !(beginnings.includes(type) || type === 'membership.refused');
