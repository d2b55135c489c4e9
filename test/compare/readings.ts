import type { Answer, Ask } from './builds.ts';
import type { ApiDocument, Operation } from './documents.ts';
import { type Pair, same } from './pair.ts';
import type { Report } from './report.ts';
import type { Known, World } from './world.ts';

const PAGE = 37;
const PROOFS = 40;
/** What is tried for each parameter that the document tells of, whether it fits or not. */
const VALUES = [
  '',
  '1',
  '0',
  '-1',
  '1e3',
  '2023',
  '2023-02-24',
  '2030-01-01T00:10:00Z',
  'other,company',
  'signed',
  'reported',
  'nonsense',
];

const NOWHERE = ['/v1/nowhere', '/v1/organizations/nobody', '/v1/numbers/Z-1', '/v1/events/nobody/1', '/tile/9/000'];

/** Everything that is served about the history: records, lists, histories, the feed, the log, the rows. */
export async function compareReadings(
  pair: Pair,
  document: ApiDocument,
  world: World,
  report: Report,
  byParameters: boolean,
): Promise<void> {
  const get = (what: string, path: string, more: Partial<Ask> = {}) => same(pair, report, what, { path, ...more });
  await compareLog(pair, report, get);
  for (const record of world.records.values()) await compareRecord(record, world, document, get);
  for (const id of world.idsByPrefix.get('person') ?? [])
    await get('persons', `/v1/people/${id}`, { client: 'registrar' });
  await compareLists(document, get);
  if (byParameters) await compareParameters(document, world, get);
}

type Get = (what: string, path: string, more?: Partial<Ask>) => Promise<Answer>;

/** All pages from this one on. */
async function pages(get: Get, what: string, path: string, more: Partial<Ask> = {}): Promise<Answer[]> {
  const answer = await get(what, path, more);
  const next = /<([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1];
  return next === undefined ? [answer] : [answer, ...(await pages(get, what, next, more))];
}

async function compareLog(pair: Pair, report: Report, get: Get): Promise<void> {
  const ndjson = { headers: { Accept: 'application/x-ndjson' } };
  const feed = await pages(get, 'feed', '/v1/events?limit=200', ndjson);
  const events = feed.flatMap(({ body }) => body.trimEnd().split('\n')).filter((line) => line !== '');
  const size = events.length;
  const ids = events.map((line) => JSON.parse(line).id as string);
  await get('feed', '/v1/events?limit=50');
  const some = ids.filter((_, position) => position % Math.ceil(size / PROOFS) === 0);
  for (const id of some) await get('events', `/v1/events/${id}`);
  for (const id of some) await get('proofs', `/v1/events/${id}/proof`);
  for (const path of ['/checkpoint', '/vkey', ...tilesOf(size)]) await get('published log', path);
  await get('digest of the read model', '/v1/projections');
  await get('digest of the read model', '/v1/projections/records');
  const rows = await Promise.all(pair.registries.map(rowsOf));
  const [before = [], now = []] = rows;
  report.holds('rows of the read model', before.length > 0, 'there are no rows');
  for (let row = 0; row < Math.max(before.length, now.length); row += 1) {
    report.same('rows of the read model', `row ${row}`, before[row] ?? 'none', now[row] ?? 'none');
  }
}

/** Paths of the tiles of the first level, and of entries, full and as far as they go. */
function tilesOf(size: number): string[] {
  const tiles = Array.from({ length: Math.ceil(size / 256) }, (_, index) => {
    const width = Math.min(256, size - index * 256);
    return `${String(index).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`;
  });
  return ['0', 'entries'].flatMap((level) => tiles.map((tile) => `/tile/${level}/${tile}`));
}

/** Rows come in no order, and pages of rows in no size. */
async function rowsOf({ ask }: Pair['registries'][number]): Promise<string[]> {
  const rows: string[] = [];
  for (let path: string | undefined = '/v1/projections/records/rows?limit=1000'; path !== undefined; ) {
    const { body, headers } = await ask({ path });
    rows.push(...JSON.parse(body).items.map((item: unknown) => JSON.stringify(item)));
    path = /<([^>]+)>; rel="next"/.exec(headers.link ?? '')?.[1];
  }
  return rows.sort();
}

async function compareRecord(
  { id, collection, version }: Known,
  world: World,
  { paths }: ApiDocument,
  get: Get,
): Promise<void> {
  const path = `/v1/${collection}/${id}`;
  const { body, headers } = await get('records', path);
  const number = /"number":"([A-Z]-\d+)"/.exec(body)?.[1];
  const position = Number(headers['registry-position'] ?? 0);
  const known = world.below(position + 1);
  const day = world.pick(['2022-12-31', '2023-02-23', '2023-03-01', '2031-01-01']);
  await get('records as of', `${path}?validOn=${day}`);
  await get('records as of', `${path}?knownAt=${known}&validOn=${day}`);
  await get('records as of', `${path}?knownAt=2030-01-01T00:${world.below(6)}${world.below(10)}:00Z`);
  await get('records', path, { headers: { 'If-None-Match': headers.etag ?? '' } });
  await pages(get, 'histories', `${path}/history?limit=${Math.max(2, version - 1)}`);
  await get('histories', `${path}/history?knownAt=${known}`);
  if (number !== undefined) await get('records', `/v1/numbers/${number}`);
  for (const part of ['activity', 'members', 'programme', 'evidence', 'facts', 'parties']) {
    if (paths[`/v1/${collection}/{id}/${part}`]) await pages(get, part, `${path}/${part}`);
  }
  if (collection === 'organizations') await get('members', `${path}/members?on=${day}`);
}

/** Every list that the document tells of, in pages, and what is no list. */
async function compareLists(document: ApiDocument, get: Get): Promise<void> {
  for (const { path, client, takes } of listsOf(document)) {
    const isFeed = path === '/v1/events';
    if (takes.includes('limit') && !isFeed) await pages(get, 'lists', `${path}?limit=${PAGE}`, { client });
    else if (!isFeed) await get('lists', path, { client });
    await get('lists', path);
  }
  for (const path of NOWHERE) await get('what is not there', path);
}

/** Every list with each value of each of its parameters, and with one that there is not. */
async function compareParameters(document: ApiDocument, world: World, get: Get): Promise<void> {
  const ids = ['organization', 'ceremony', 'award-programme'].map((prefix) =>
    world.pick(world.idsByPrefix.get(prefix) ?? ['']),
  );
  for (const { path, client, takes } of listsOf(document)) {
    for (const name of takes.filter((name) => name !== 'wait')) {
      for (const value of [...VALUES, ...ids]) {
        await get('lists by parameters', `${path}?${name}=${encodeURIComponent(value)}`, { client });
      }
    }
    await get('lists by parameters', `${path}?nonsense=1`, { client });
  }
}

/** Documents, and what tells when schedules ran: these keep the time of the machine. */
const NOT_LISTS = ['/v1/openapi.json', '/docs', '/health'];

/** What is read at a path of its own; who reads it, and by which parameters. */
const listsOf = ({ paths }: ApiDocument) =>
  Object.entries(paths).flatMap(([path, { get }]) =>
    !get || path.includes('{') || NOT_LISTS.includes(path) ? [] : [{ path, ...readerOf(get) }],
  );

const readerOf = ({ description, parameters }: Operation) => ({
  client: description.includes('registrar') ? 'registrar' : undefined,
  takes: parameters.flatMap((one) => (one.in === 'query' && one.name ? [one.name] : [])),
});
