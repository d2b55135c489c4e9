import { type Fact, idOf } from '../support/decider.ts';

/** Records that grow in one way each: `facts` has n of them behind those that every such record begins with. */
export interface Kind {
  readonly id: string;
  readonly opening: readonly Fact[];
  readonly fact: (index: number, n: number) => Fact;
  /** What is measured on them, where that is not everything. */
  readonly operations?: readonly string[];
  /** A further fact about it on a day: the first of several, or one after it. */
  readonly act?: (on: string, index: number) => Act;
  /** What a fact is corrected to, where that is not its day. */
  readonly set?: object;
}

/** A command, and its data but for the evidence. */
export type Act = readonly [command: string, data: object];

const [body, member] = [idOf('organization', 'a'), idOf('organization', 'b')];

const piece = (title: string) => ({ evidence: [{ source: { title }, basis: 'stated' }] });
/** A day before those of all facts but the first. */
export const BEFORE_ALL = '1999-12-31';
export const dayAfterStart = (index: number) => new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);

/** The n-th of as many ids as are asked for. */
export function idNumber(aggregate: string, index: number): string {
  const digits = index.toString(26).padStart(5, '0');
  return `${aggregate}-${'z'.repeat(21)}${[...digits].map((digit) => 'abcdefghijklmnopqrstuvwxyz'[Number.parseInt(digit, 26)]).join('')}`;
}

const admitted: Fact = ['membership.admitted', { body, organization: member, on: '1999' }];
const performed: Fact = [
  'launch.performed',
  { kind: 'platform', names: [{ value: 'Platform', lang: 'en' }], by: [body, member], on: '1999' },
];
const organization: Fact = ['organization.registered', { kind: 'company', names: [{ value: 'Company', lang: 'en' }] }];

const announced: Fact = ['ceremony.announced', { kind: 'forum', on: '2024', roles: [] }];

const party = (index: number) => idNumber('organization', index);
const between = (parties: number, more: object = {}): Fact => [
  'agreement.registered',
  { kind: 'other', parties: Array.from({ length: parties }, (_, index) => ({ organization: party(index) })), ...more },
];
const signed = (index: number): Fact => ['agreement.signed', { party: party(index), on: '1999' }];

/** What the dates of facts decide about. */
const ofDates = [
  'to act on it',
  'to act on it before all that is recorded',
  'to correct its first fact',
  'to correct its last fact',
  'to find the day that is due next',
  'to show it on a day',
  'to project its last commit',
];

export const kinds: Readonly<Record<string, Kind>> = {
  'a launch to which evidence is added': {
    id: idOf('launch'),
    opening: [performed],
    fact: (index) => ['launch.evidence-added', piece(`Newspaper of day ${index}`)],
  },
  'a launch of which two say that it is so, and that it is not': {
    id: idOf('launch'),
    opening: [performed],
    fact: (index) => [
      `launch.${index % 4 < 2 ? 'disputed' : 'corroborated'}`,
      { speaksAs: 'party', ...(index % 4 < 2 && { grounds: 'It was another one' }) },
    ],
  },
  'a launch whose first fact is corrected': {
    id: idOf('launch'),
    opening: [performed],
    fact: (index) => ['launch.corrected', { corrects: 1, reason: 'clerical', set: { on: dayAfterStart(index) } }],
  },
  'an organization whose second name changes': {
    id: idOf('organization'),
    opening: [organization],
    fact: (index) => [
      `organization.${index % 2 === 0 ? 'name-added' : 'name-ended'}`,
      { name: { value: `Name ${index >> 1}`, lang: 'en' }, ...piece(`Gazette ${index}`) },
    ],
    act: (_, index) => [
      index % 2 === 0 ? 'add-name' : 'end-name',
      { name: { value: `Other ${index >> 1}`, lang: 'en' } },
    ],
    set: { notes: [{ text: 'The entry is doubtful', lang: 'en' }] },
  },
  'a cohort in which organizations are identified': {
    id: idOf('cohort'),
    opening: [['cohort.recorded', { subject: 'members', body, count: { min: 2 } }]],
    fact: (index) => [
      'cohort.identified',
      { organization: idNumber('organization', index), ...piece(`List ${index}`) },
    ],
    act: (_, index) => ['identify-in-cohort', { organization: idNumber('organization', 10_000 + index) }],
    set: { notes: [{ text: 'The list is doubtful', lang: 'en' }] },
  },
  'a membership that is renewed, each time a day later': {
    id: idOf('membership'),
    opening: [admitted],
    fact: (index) => ['membership.renewed', { on: dayAfterStart(index), ...piece(`Minutes ${index}`) }],
    act: (on) => ['renew-membership', { on }],
  },
  'a membership whose renewals are corrected one after the other': {
    id: idOf('membership'),
    opening: [admitted],
    fact: (index, n) =>
      index < n / 2
        ? ['membership.renewed', { on: dayAfterStart(index) }]
        : [
            'membership.corrected',
            { corrects: 2 + index - Math.ceil(n / 2), reason: 'clerical', set: { on: dayAfterStart(index) } },
          ],
  },
  'a membership that is renewed in a doubtful year': {
    id: idOf('membership'),
    opening: [admitted],
    fact: () => ['membership.renewed', { on: '2023?' }],
    operations: ofDates,
    act: (on) => ['renew-membership', { on }],
  },
  'a membership that is suspended and reinstated, each time a day later': {
    id: idOf('membership'),
    opening: [admitted],
    fact: (index) =>
      index % 2 === 0
        ? ['membership.suspended', { on: dayAfterStart(index), until: dayAfterStart(index + 30) }]
        : ['membership.reinstated', { on: dayAfterStart(index) }],
    operations: ofDates,
    act: (on, index) => [index % 2 === 0 ? 'suspend-membership' : 'reinstate-member', { on }],
  },
  'a membership that is suspended and reinstated in a doubtful year': {
    id: idOf('membership'),
    opening: [admitted],
    fact: (index) => [`membership.${index % 2 === 0 ? 'suspended' : 'reinstated'}`, { on: '2023?' }],
    operations: ofDates,
    act: (on, index) => [index % 2 === 0 ? 'suspend-membership' : 'reinstate-member', { on }],
  },
  'a launch that is renamed, each time a day later': {
    id: idOf('launch'),
    opening: [performed],
    fact: (index) => ['launch.renamed', { names: [{ value: `Name ${index}`, lang: 'en' }], on: dayAfterStart(index) }],
    operations: ofDates,
    act: (on, index) => ['rename-launch', { names: [{ value: `Other ${index}`, lang: 'en' }], on }],
  },
  'a ceremony that is rescheduled, each time a day later': {
    id: idOf('ceremony'),
    opening: [announced],
    fact: (index) => ['ceremony.rescheduled', { to: dayAfterStart(index + 400), on: dayAfterStart(index) }],
    operations: ofDates,
    act: (on) => ['reschedule-ceremony', { to: '2031', on }],
  },
  'a ceremony whose last rescheduling is recorded first': {
    id: idOf('ceremony'),
    opening: [announced],
    fact: (index, n) => ['ceremony.rescheduled', { to: dayAfterStart(index + 400), on: dayAfterStart(n - index) }],
    // A correction of its first fact costs more than in proportion: see docs/decisions/0023.
    operations: ofDates.filter((operation) => operation !== 'to correct its first fact'),
    act: (on) => ['reschedule-ceremony', { to: '2031', on }],
  },
  'an agreement whose term is renewed, each time a day later': {
    id: idOf('agreement'),
    opening: [between(2, { until: '2000-01-05' }), signed(0), signed(1)],
    fact: (index) => ['agreement.renewed', { on: dayAfterStart(index), until: dayAfterStart(index + 9) }],
    operations: [...ofDates, 'to act on it 99 times in one submission'],
    act: (on) => ['renew-agreement', { on, until: '2031' }],
  },
  'an agreement of which one party gives notice and revokes it': {
    id: idOf('agreement'),
    opening: [between(2), signed(0), signed(1)],
    fact: (index) =>
      index % 2 === 0
        ? ['agreement.withdrawal-notified', { party: party(0), on: dayAfterStart(index), takesEffectOn: '2031' }]
        : ['agreement.notice-revoked', { party: party(0), on: dayAfterStart(index) }],
    operations: ofDates,
    act: (on, index) =>
      index % 2 === 0
        ? ['notify-withdrawal', { party: party(0), on, takesEffectOn: '2031' }]
        : ['revoke-notice', { party: party(0), on }],
  },
  'an agreement of 1,000 parties that withdraw their signatures and sign again': {
    id: idOf('agreement'),
    opening: [between(250, { openForSignature: true }), ...Array.from({ length: 1_000 }, (_, index) => signed(index))],
    fact: (index) =>
      index % 2 === 0
        ? ['agreement.signature-withdrawn', { party: party((index >> 1) % 1_000), on: dayAfterStart(index) }]
        : ['agreement.signed', { party: party((index >> 1) % 1_000), on: dayAfterStart(index) }],
    operations: ofDates,
    act: (on, index) => [index % 2 === 0 ? 'withdraw-signature' : 'sign-agreement', { party: party(index >> 1), on }],
  },
};
