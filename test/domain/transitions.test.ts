import { describe, expect, it } from 'vitest';
import { aggregates } from '../../domain/catalog.ts';
import type { Step } from '../../domain/kernel/lifecycle.ts';

/**
 * Which fact may follow which states, and where it leads: written by hand, so that a step cannot be lost from a lifecycle
 * unseen. In brackets: the states from which an earlier step is missing, which sources of the past seldom tell.
 */
const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  organization: {
    closed: 'registered -> closed',
    restored: 'closed (registered) -> registered',
  },
  ceremony: {
    postponed: 'announced postponed -> postponed',
    rescheduled: 'announced postponed -> announced',
    cancelled: 'announced postponed -> cancelled',
    recorded: 'announced (postponed) -> held',
    opened: 'announced held (postponed) -> open',
    concluded: 'open held (announced postponed) -> concluded',
  },
  'each party': {
    'signature-declined': 'none signature-withdrawn -> declined',
    signed: 'none declined signature-withdrawn gone left succeeded -> signed | unconfirmed | consenting',
    'signature-confirmed': 'signed unconfirmed (none) -> consenting',
    'signature-withdrawn': 'signed unconfirmed consenting (none) -> signature-withdrawn',
    acceded: 'none declined signature-withdrawn gone left succeeded -> consenting',
    'withdrawal-notified': 'signed unconfirmed consenting (none) -> leaving, then gone',
    'notice-revoked': 'leaving (signed unconfirmed consenting) -> consenting',
    'party-withdrew': 'leaving gone signed unconfirmed consenting (none) -> left',
    'party-succeeded': 'none declined signature-withdrawn signed unconfirmed consenting leaving succeeded -> succeeded',
  },
  'each reservation, declaration and objection': {
    'reservation-made': 'none -> made',
    'declaration-made': 'none -> made',
    objected: 'none -> made',
    'reservation-withdrawn': 'made -> withdrawn',
    'declaration-withdrawn': 'made -> withdrawn',
    'objection-withdrawn': 'made -> withdrawn',
  },
  'the agreement as a whole': {
    suspended: 'running -> suspended, then running',
    'suspension-ended': 'suspended running -> running',
    resumed: 'suspended (running) -> running',
    expired: 'running suspended -> expired',
    renewed: 'running suspended expired -> running',
    terminated: 'running suspended -> terminated',
    annulled: 'running suspended expired terminated -> annulled',
  },
  membership: {
    'intent-declared': 'none refused lapsed resigned expelled -> intended',
    applied: 'intended none refused lapsed resigned expelled -> applied',
    refused: 'applied intended (none) -> refused',
    admitted: 'intended applied none refused lapsed resigned expelled -> member',
    'class-changed': 'member suspended (intended applied none refused lapsed resigned expelled) -> same',
    renewed: 'member suspended (intended applied none refused lapsed resigned expelled) -> same',
    suspended: 'member (intended applied none refused lapsed resigned expelled) -> suspended, then member',
    'suspension-ended': 'member suspended -> member',
    lapsed: 'member suspended (intended applied none refused lapsed resigned expelled) -> lapsed',
    reinstated: 'suspended lapsed (none intended applied member) -> member',
    resigned: 'member suspended (intended applied none refused lapsed resigned expelled) -> resigned',
    expelled: 'member suspended (intended applied none refused lapsed resigned expelled) -> expelled',
  },
  'award-programme': {
    opened: 'open -> open',
    closed: 'open -> closed',
  },
  award: {
    conferred: 'none -> conferred',
    declined: 'conferred -> declined',
    revoked: 'conferred -> revoked',
    reinstated: 'declined revoked (conferred) -> conferred',
  },
  launch: {
    announced: 'none -> announced',
    postponed: 'announced postponed (none) -> postponed',
    performed: 'none announced postponed -> launched',
    renamed: 'announced postponed launched operational held (none) -> same',
    'became-operational': 'launched held (none announced postponed) -> operational',
    held: 'announced postponed launched operational (none) -> held',
    cancelled: 'announced postponed (none) -> cancelled',
    discontinued: 'launched operational held (none announced postponed) -> discontinued',
  },
  cohort: {
    recorded: 'open -> open',
    'count-stated': 'open -> same',
    identified: 'open -> same',
    reconciled: 'open -> reconciled',
  },
};

const told = ({ after, skips = [], to, or = [], afterwards }: Step<string>): string => {
  const missing = skips.length > 0 ? ` (${skips.join(' ')})` : '';
  const targets = [to, ...or].filter((one) => one !== undefined).join(' | ') || 'same';
  return `${after.join(' ')}${missing} -> ${targets}${afterwards === undefined ? '' : `, then ${afterwards}`}`;
};

const lifecycles = aggregates.flatMap(({ name, lifecycle: { diagrams: all = {} } }) =>
  Object.entries(all).map(([about, { steps }]) => ({ about: Object.keys(all).length > 1 ? about : name, steps })),
);

describe('the lifecycles', () => {
  it.each(lifecycles)('of $about has these steps', ({ about, steps }) => {
    const entries = Object.entries(steps as Record<string, Step<string>>);
    const own = entries.map(([type, step]) => [type.slice(type.indexOf('.') + 1), told(step)]);
    expect(Object.fromEntries(own)).toEqual(expected[about]);
  });
  it('are all written here', () => {
    expect(lifecycles.map(({ about }) => about).sort()).toEqual(Object.keys(expected).sort());
  });
});
