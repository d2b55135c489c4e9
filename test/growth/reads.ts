/** The id of what the generated history gives this name. */
type IdOf = (name: string) => string;

interface Read {
  readonly name: string;
  readonly pathIn: (idOf: IdOf) => string;
  /** How many items it reads at most, whatever the size of the register. */
  readonly items: number;
  /** At most, where they depend on how many organizations were merged: else they are alike at all sizes. */
  readonly most?: { readonly requests: number; readonly readUnits: number };
  /** Whether the answer is of the kind that is to be measured: as full as it can be, or what was looked for. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of all kinds
  readonly holds: (body: any) => boolean;
}

/** Takes part in hundreds of records, and no other organization was merged into it. */
const POPULAR = 'organization-1';
/** A number in the name of one organization, and at the beginning of the numbers of a few. */
const RARE = '545';

const search =
  (q: string): Read['pathIn'] =>
  () =>
    `/v1/search?${new URLSearchParams({ q })}`;
const has = (count: number) => (body: { items: readonly object[] }) => body.items.length === count;
const hasRows = ({ rows }: { rows: readonly object[] }) => rows.length > 0;

/** What is read of a generated register, and what may be read for it. A page has up to 25 items. */
export const reads: readonly Read[] = [
  { name: 'page of a list', pathIn: () => '/v1/agreements?limit=25', items: 200, holds: has(25) },
  {
    name: 'page of a list with a filter',
    pathIn: () => '/v1/agreements?limit=25&kind=memorandum',
    items: 200,
    holds: has(25),
  },
  {
    name: 'page of a list with two filters',
    pathIn: (idOf) => `/v1/agreements?limit=5&organization=${idOf(POPULAR)}&kind=memorandum`,
    items: 300,
    holds: has(5),
  },
  { name: 'page of organizations', pathIn: () => '/v1/organizations?limit=25', items: 200, holds: has(25) },
  {
    name: 'record: an organization',
    pathIn: (idOf) => `/v1/organizations/${idOf(POPULAR)}`,
    items: 100,
    holds: ({ id }) => id !== undefined,
  },
  {
    name: 'record: a ceremony',
    pathIn: (idOf) => `/v1/ceremonies/${idOf('ceremony')}`,
    items: 100,
    holds: ({ id }) => id !== undefined,
  },
  { name: 'search: rare word', pathIn: search(RARE), items: 500, holds: ({ items }) => items.length > 0 },
  { name: 'search: common word', pathIn: search('trade'), items: 500, holds: has(25) },
  { name: 'search: prefix', pathIn: search('agre'), items: 500, holds: has(25) },
  { name: 'search: two words', pathIn: search('jade exchange'), items: 500, holds: ({ items }) => items.length > 0 },
  {
    name: 'search: a rare and a common word',
    pathIn: search(`jade ${RARE}`),
    items: 500,
    holds: ({ items }) => JSON.stringify(items).includes(` ${RARE}"`),
  },
  { name: 'search: CJK pair', pathIn: search('钻石'), items: 500, holds: has(25) },
  {
    name: 'roster',
    pathIn: (idOf) => `/v1/organizations/${idOf(POPULAR)}/members?on=2024-06-01&limit=4`,
    items: 50,
    holds: has(4),
  },
  { name: 'statistics: total', pathIn: () => '/v1/statistics?measure=signings', items: 100, holds: hasRows },
  {
    name: 'statistics by month',
    pathIn: () => '/v1/statistics?measure=signings&by=month&limit=25',
    items: 300,
    holds: hasRows,
  },
  {
    name: 'statistics by month and kind',
    pathIn: () => '/v1/statistics?measure=signings&by=month,kind&limit=25',
    items: 300,
    holds: hasRows,
  },
  {
    name: 'statistics by organization',
    pathIn: () => '/v1/statistics?measure=signings&by=organization&limit=10',
    items: 300,
    holds: hasRows,
  },
  {
    name: 'statistics of one organization by month',
    pathIn: (idOf) => `/v1/statistics?measure=signings&by=month,organization&organization=${idOf(POPULAR)}&limit=25`,
    items: 300,
    holds: hasRows,
  },
  {
    name: 'what a figure counts',
    pathIn: () => '/v1/agreements?measure=signings&kind=memorandum&limit=25',
    items: 200,
    holds: has(25),
  },
  {
    name: 'relations of an organization',
    pathIn: (idOf) => `/v1/relations?organization=${idOf(POPULAR)}&limit=10`,
    items: 100,
    // A neighbour that was merged is read under the id that it has now: one round more.
    most: { requests: 9, readUnits: 40 },
    holds: ({ edges }) => edges.length === 10,
  },
  {
    name: 'relations: a page of all',
    pathIn: () => '/v1/relations?limit=25',
    items: 300,
    // After merges, the rows between all ids of both ends: 500 keys at most.
    most: { requests: 13, readUnits: 700 },
    holds: ({ edges }) => edges.length > 0,
  },
  { name: 'overview', pathIn: () => '/v1/overview', items: 300, holds: ({ figures }) => figures !== undefined },
  {
    name: "an organization's activity",
    pathIn: (idOf) => `/v1/organizations/${idOf(POPULAR)}/activity?limit=25`,
    items: 200,
    holds: has(25),
  },
  {
    name: "a ceremony's programme",
    pathIn: (idOf) => `/v1/ceremonies/${idOf('ceremony')}/programme`,
    items: 1_000,
    holds: ({ more }) => more.length > 0,
  },
  { name: 'timeline', pathIn: () => '/v1/timeline?limit=25', items: 200, holds: has(25) },
];
