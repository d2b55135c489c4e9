import { type Fact, idOf } from '../support/decider.ts';

/** Records that grow in one way each: `facts` has n of them behind those that every such record begins with. */
export interface Kind {
  readonly id: string;
  readonly opening: readonly Fact[];
  readonly fact: (index: number, n: number) => Fact;
  /** What is measured on them, where that is not everything. */
  readonly operations?: readonly string[];
}

const [body, member] = [idOf('organization', 'a'), idOf('organization', 'b')];

const piece = (title: string) => ({ evidence: [{ source: { title }, basis: 'stated' }] });
const dayAfterStart = (index: number) => new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);

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
  },
  'a cohort in which organizations are identified': {
    id: idOf('cohort'),
    opening: [['cohort.recorded', { subject: 'members', body, count: { min: 2 } }]],
    fact: (index) => [
      'cohort.identified',
      { organization: idNumber('organization', index), ...piece(`List ${index}`) },
    ],
  },
  'a membership that is renewed, each time a day later': {
    id: idOf('membership'),
    opening: [admitted],
    fact: (index) => ['membership.renewed', { on: dayAfterStart(index), ...piece(`Minutes ${index}`) }],
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
};
