import type { Lifecycle } from '../lifecycle.ts';
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

/**
 * Launched is not operational: only its own fact says that something works. A conference that was announced may be held
 * without having been launched.
 */
export const lifecycle: Lifecycle<LaunchStatus, (typeof events)[number]['type']> = {
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
