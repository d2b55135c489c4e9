import type { Excluded } from '../kernel/decide-step.ts';
import type { DatedFact } from '../kernel/history.ts';
import type { Lifecycle } from '../kernel/lifecycle.ts';
import type { PartialDate } from '../values/partial-date.ts';

export const states = ['announced', 'postponed', 'cancelled', 'held', 'open', 'concluded'] as const;
export type CeremonyStatus = (typeof states)[number];

export type CeremonyStep =
  | 'ceremony.postponed'
  | 'ceremony.rescheduled'
  | 'ceremony.cancelled'
  | 'ceremony.recorded'
  | 'ceremony.opened'
  | 'ceremony.concluded';

/** A fact that moves the state, with all that its event says. Of the opening fact of a ceremony that was held, its date. */
export interface CeremonyFact extends DatedFact<CeremonyStep> {
  /** The date that the ceremony was moved to. */
  readonly to?: PartialDate | undefined;
  readonly reason?: string | undefined;
}

/**
 * Plans come before what took place: where dates leave the order open, a ceremony was postponed, given a new date or
 * cancelled while it was still to come. An announcement is dated by the ceremony, not by itself, so it is no step.
 */
export const lifecycle: Lifecycle<CeremonyStatus, CeremonyStep> = {
  start: 'announced',
  steps: {
    'ceremony.postponed': { after: ['announced', 'postponed'], to: 'postponed' },
    'ceremony.rescheduled': { after: ['announced', 'postponed'], to: 'announced' },
    'ceremony.cancelled': { after: ['announced', 'postponed'], to: 'cancelled' },
    'ceremony.recorded': { after: ['announced'], skips: ['postponed'], to: 'held' },
    'ceremony.opened': { after: ['announced', 'held'], skips: ['postponed'], to: 'open' },
    'ceremony.concluded': { after: ['open', 'held'], skips: ['announced', 'postponed'], to: 'concluded' },
  },
};

/** A ceremony begins and ends once, is cancelled once, and what took place was not cancelled. */
export const excluded: Excluded<CeremonyStep> = {
  'ceremony.cancelled': ['ceremony.cancelled', 'ceremony.recorded', 'ceremony.opened', 'ceremony.concluded'],
  'ceremony.opened': ['ceremony.opened'],
  'ceremony.concluded': ['ceremony.concluded'],
};
