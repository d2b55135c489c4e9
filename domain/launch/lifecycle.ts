import type { Excluded } from '../kernel/decide-step.ts';
import type { Lifecycle } from '../kernel/lifecycle.ts';
import type { events } from './events.ts';

export const states = [
  'none',
  'announced',
  'postponed',
  'launched',
  'operational',
  'held',
  'cancelled',
  'discontinued',
] as const;
export type LaunchStatus = (typeof states)[number];
export type LaunchStep = (typeof events)[number]['type'];

/**
 * Launched is not operational: only its own fact says that something works. A conference that was announced may be held
 * without having been launched.
 */
export const lifecycle: Lifecycle<LaunchStatus, LaunchStep> = {
  start: 'none',
  steps: {
    'launch.announced': { after: ['none'], to: 'announced' },
    'launch.postponed': { after: ['announced', 'postponed'], skips: ['none'], to: 'postponed' },
    'launch.performed': { after: ['none', 'announced', 'postponed'], to: 'launched' },
    'launch.renamed': { after: ['announced', 'postponed', 'launched', 'operational', 'held'], skips: ['none'] },
    'launch.became-operational': {
      after: ['launched', 'held'],
      skips: ['none', 'announced', 'postponed'],
      to: 'operational',
    },
    'launch.held': { after: ['announced', 'postponed', 'launched', 'operational'], skips: ['none'], to: 'held' },
    'launch.cancelled': { after: ['announced', 'postponed'], skips: ['none'], to: 'cancelled' },
    'launch.discontinued': {
      after: ['launched', 'operational', 'held'],
      skips: ['none', 'announced', 'postponed'],
      to: 'discontinued',
    },
  },
};

/** What only happens to something that was launched, or that took place. */
export const accomplished: readonly LaunchStep[] = [
  'launch.performed',
  'launch.became-operational',
  'launch.held',
  'launch.discontinued',
];

/** One record is one launch, and what was launched or took place was not cancelled. */
export const excluded: Excluded<LaunchStep> = {
  'launch.performed': ['launch.performed', 'launch.cancelled'],
  'launch.became-operational': ['launch.cancelled'],
  'launch.held': ['launch.cancelled'],
  'launch.cancelled': accomplished,
  'launch.discontinued': ['launch.cancelled'],
};
