import type { Lifecycle, Step } from '../kernel/lifecycle.ts';

/** How one party stands. */
export type PartyStatus =
  | 'none'
  | 'declined'
  /** Signed, and no source says whether that was subject to approval. */
  | 'signed'
  | 'unconfirmed'
  | 'consenting'
  | 'signature-withdrawn'
  /** Has given notice that has not taken effect yet. */
  | 'leaving'
  /** The notice has taken effect; nobody has recorded so yet. */
  | 'gone'
  | 'left'
  /** Another organization has taken its place. */
  | 'succeeded';

export type PartyStep =
  | 'agreement.signature-declined'
  | 'agreement.signed'
  | 'agreement.signature-confirmed'
  | 'agreement.signature-withdrawn'
  | 'agreement.acceded'
  | 'agreement.withdrawal-notified'
  | 'agreement.notice-revoked'
  | 'agreement.party-withdrew'
  | 'agreement.party-succeeded';

const outside: readonly PartyStatus[] = ['none', 'declined', 'signature-withdrawn', 'gone', 'left', 'succeeded'];
const inside: readonly PartyStatus[] = ['signed', 'unconfirmed', 'consenting'];

export const partyLifecycle: Lifecycle<PartyStatus, PartyStep> = {
  start: 'none',
  steps: {
    'agreement.signature-declined': {
      after: ['none', 'signature-withdrawn'],
      to: 'declined',
      rule: 'already-signed',
    },
    'agreement.signed': { after: outside, to: 'signed', or: ['unconfirmed', 'consenting'], rule: 'already-signed' },
    'agreement.signature-confirmed': {
      after: ['signed', 'unconfirmed'],
      skips: ['none'],
      to: 'consenting',
      rule: 'nothing-to-confirm',
    },
    'agreement.signature-withdrawn': {
      after: inside,
      skips: ['none'],
      to: 'signature-withdrawn',
      rule: 'not-signed',
    },
    'agreement.acceded': { after: outside, to: 'consenting', rule: 'already-signed' },
    'agreement.withdrawal-notified': {
      after: inside,
      skips: ['none'],
      to: 'leaving',
      afterwards: 'gone',
      rule: 'not-signed',
    },
    'agreement.notice-revoked': { after: ['leaving'], skips: inside, to: 'consenting', rule: 'no-notice' },
    'agreement.party-withdrew': {
      after: ['leaving', 'gone', ...inside],
      skips: ['none'],
      to: 'left',
      rule: 'not-signed',
    },
    // Several organizations may succeed one.
    'agreement.party-succeeded': {
      after: ['none', 'declined', 'signature-withdrawn', ...inside, 'leaving', 'succeeded'],
      to: 'succeeded',
      rule: 'already-left',
    },
  },
};

/** Whether a party has signed or acceded, and not left. */
export const isBound = (status: PartyStatus): boolean => status === 'leaving' || inside.includes(status);
export const hasLeft = (status: PartyStatus): boolean => status === 'gone' || status === 'left';
/** Whether a party's signature or accession stands, also when it has left since. */
export const hasSigned = (status: PartyStatus): boolean => isBound(status) || hasLeft(status);
/** Whether it stands for consent: no approval of it is outstanding. */
export const hasConsented = (status: PartyStatus): boolean => hasSigned(status) && status !== 'unconfirmed';

/** How the agreement as a whole runs, whatever has become of the single parties. */
export type TermStatus = 'running' | 'suspended' | 'expired' | 'terminated' | 'annulled';

export type TermStep =
  | 'agreement.suspended'
  | 'agreement.suspension-ended'
  | 'agreement.resumed'
  | 'agreement.expired'
  | 'agreement.renewed'
  | 'agreement.terminated'
  | 'agreement.annulled';

export const termLifecycle: Lifecycle<TermStatus, TermStep> = {
  start: 'running',
  steps: {
    'agreement.suspended': { after: ['running'], to: 'suspended', afterwards: 'running', rule: 'not-running' },
    'agreement.suspension-ended': { after: ['suspended', 'running'], to: 'running' },
    'agreement.resumed': { after: ['suspended'], skips: ['running'], to: 'running', rule: 'not-suspended' },
    'agreement.expired': { after: ['running', 'suspended'], to: 'expired', rule: 'already-ended' },
    // A renewal moves the end of the term; it revives only what has expired.
    'agreement.renewed': { after: ['running', 'suspended', 'expired'], or: ['running'], rule: 'already-ended' },
    'agreement.terminated': { after: ['running', 'suspended'], to: 'terminated', rule: 'already-ended' },
    'agreement.annulled': {
      after: ['running', 'suspended', 'expired', 'terminated'],
      to: 'annulled',
      rule: 'already-ended',
    },
  },
};

/** A state of the whole after which nothing happens to an agreement any more. */
type EndStatus = 'expired' | 'terminated' | 'annulled';
export const endSteps: readonly TermStep[] = ['agreement.expired', 'agreement.terminated', 'agreement.annulled'];
export const isEnd = (status: TermStatus): status is EndStatus => status !== 'running' && status !== 'suspended';

/** How what a party has stated stands: a reservation, a declaration or an objection. */
export const statementStates = ['none', 'made', 'withdrawn'] as const;
export type StatementStatus = (typeof statementStates)[number];

export type StatementStep =
  | 'agreement.reservation-made'
  | 'agreement.declaration-made'
  | 'agreement.objected'
  | 'agreement.reservation-withdrawn'
  | 'agreement.declaration-withdrawn'
  | 'agreement.objection-withdrawn';

const withdrawal: Step<StatementStatus> = { after: ['made'], to: 'withdrawn', rule: 'not-standing' };

export const statementLifecycle: Lifecycle<StatementStatus, StatementStep> = {
  start: 'none',
  steps: {
    'agreement.reservation-made': { after: ['none'], to: 'made' },
    'agreement.declaration-made': { after: ['none'], to: 'made' },
    'agreement.objected': { after: ['none'], to: 'made' },
    'agreement.reservation-withdrawn': withdrawal,
    'agreement.declaration-withdrawn': withdrawal,
    'agreement.objection-withdrawn': withdrawal,
  },
};
