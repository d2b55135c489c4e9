import { createHash } from 'node:crypto';
import type { TreeChange } from '../../domain/row-tree/tree.ts';
import { canonical } from '../../functions/runtime/canonical.ts';

/** What a history of agreements makes of the rows of a read model: partitions, keys and values as `records` has them. */

const ORGANIZATIONS = 200;
const KINDS = ['joint-venture', 'memorandum', 'purchase', 'supply'];

const hexOf = (text: string) => createHash('sha256').update(text).digest('hex');
const uuid = (text: string) => hexOf(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
const nth = (text: string, count: number) => Number.parseInt(hexOf(text).slice(0, 8), 16) % count;
const organization = (n: number) => `organization-${uuid(`organization ${n}`)}`;
export const agreement = (n: number) => `agreement-${uuid(`agreement ${n}`)}`;
export const PAGE_OF = 'list/agreements/kind/supply';
export const FIGURE = { partition: 'figure/signings', sort: '2023-01' };

const rowChange = (partition: string, sort: string, value: object): TreeChange => ({
  partition,
  sort,
  value: canonical(value),
});
const gone = (partition: string, sort: string): TreeChange => ({ partition, sort, value: undefined });

const parties = (n: number) => [
  organization(nth(`a ${n}`, ORGANIZATIONS)),
  organization(nth(`b ${n}`, ORGANIZATIONS - 1) + 1),
];
const kindOf = (n: number) => KINDS[nth(`kind ${n}`, KINDS.length)] ?? '';
const dayOf = (n: number) => new Date(Date.UTC(2000) + nth(`day ${n}`, 9000) * 86_400_000).toISOString().slice(0, 10);
const sortOf = (n: number) => `${dayOf(n)}/${String(n * 3).padStart(12, '0')}/${agreement(n)}`;

const summary = (n: number, state: string, version: number) => ({
  collection: 'agreements',
  id: agreement(n),
  kind: kindOf(n),
  names: [{ kind: 'title', lang: 'en', value: `Agreement on the ${kindOf(n)} of rough diamonds, no. ${n}` }],
  number: `A-${n * 3}`,
  on: dayOf(n),
  participantCount: 2,
  participants: parties(n),
  recordedAt: '2026-01-01T00:00:00.000Z',
  standing: 'as-submitted',
  state,
  version,
});

/** The counters that a commit moves. */
const counters = (n: number): TreeChange[] => [
  rowChange('total/agreements', 'total', { all: n, [`kind/${kindOf(n)}`]: Math.floor(n / 4) + 1 }),
  ...parties(n).map((id) => rowChange(`total/${id}`, 'total', { agreements: Math.floor(n / 100) + 1 })),
  rowChange('figure/signings', dayOf(n).slice(0, 7), { least: n + 1, records: n + 1 }),
];

/** The agreement is recorded. */
export function recorded(n: number): TreeChange[] {
  const pointer = { kind: kindOf(n), on: dayOf(n) };
  return [
    rowChange(`record/${agreement(n)}`, agreement(n), summary(n, 'signed', 1)),
    rowChange('list/agreements', sortOf(n), pointer),
    rowChange(`list/agreements/kind/${kindOf(n)}`, sortOf(n), pointer),
    rowChange('list/agreements/state/signed', sortOf(n), pointer),
    ...parties(n).map((id) => rowChange(`list/agreements/organization/${id}`, sortOf(n), pointer)),
    ...parties(n).map((id) => rowChange(`activity/${id}`, sortOf(n), { roles: ['party'] })),
    rowChange('timeline', `${String(n * 3).padStart(12, '0')}/${agreement(n)}`, { types: ['agreement.recorded'] }),
    ...counters(n),
  ];
}

/** It comes into force. */
export const inForce = (n: number): TreeChange[] => [
  rowChange(`record/${agreement(n)}`, agreement(n), summary(n, 'in-force', 2)),
  gone('list/agreements/state/signed', sortOf(n)),
  rowChange('list/agreements/state/in-force', sortOf(n), { kind: kindOf(n), on: dayOf(n) }),
  rowChange('timeline', `${String(n * 3 + 1).padStart(12, '0')}/${agreement(n)}`, {
    types: ['agreement.entered-into-force'],
  }),
  rowChange('total/agreements', 'total', { all: n, 'state/in-force': n }),
];

/** As many commits as make so many rows, at least. */
export function commitsFor(rows: number): TreeChange[][] {
  const commits: TreeChange[][] = [];
  const keys = new Set<string>();
  for (let n = 0; keys.size < rows; n += 1) {
    const commit = recorded(n);
    commits.push(commit);
    for (const { partition, sort } of commit) keys.add(`${partition}\n${sort}`);
  }
  return commits;
}
