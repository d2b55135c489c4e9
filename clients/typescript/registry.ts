import { bundlePath, tilePath } from '../../domain/log/tiles.ts';
import type { Registry } from './api.ts';
import { feedOf } from './feed.ts';
import { recordsBehind, statisticsFrom } from './figures.ts';
import { answersBehind, cursorPages, type PageBody, type Pages } from './pages.ts';
import { type Answered, answered, authorization, bytesAt, type ReadOptions, type Token, withQuery } from './reading.ts';
import { createSubmitter } from './submitting.ts';
import { createTransport, type Transport, type TransportOptions, textOf } from './transport.ts';

export interface RegistryOptions extends TransportOptions {
  readonly token?: Token | undefined;
  /** What stands between the registry and whoever reads from it, such as one that lets through only what is proven. */
  readonly through?: ((transport: Transport) => Transport) | undefined;
}

const under = (collection: string, id: string, ...rest: readonly string[]) =>
  ['/v1', collection, encodeURIComponent(id), ...rest].join('/');
const eventAt = (stream: string, version: number) => `/v1/events/${encodeURIComponent(stream)}/${version}`;

export function createRegistry({ token, through = (own) => own, ...options }: RegistryOptions): Registry {
  const transport = through(createTransport(options));
  const submitTo = createSubmitter(transport, token);

  async function read<Body>(path: string, query: ReadOptions = {}): Promise<Answered<Body>> {
    const headers = { Accept: 'application/json', ...(await authorization(token)) };
    return answered(await transport.send(withQuery(path, query), { headers, signal: query.signal }));
  }
  const pages = <Page extends PageBody<unknown>>(path: string, query: ReadOptions = {}): Pages<Page> =>
    cursorPages(read, path, query);

  async function bytes(path: string, { signal }: ReadOptions = {}): Promise<Uint8Array> {
    return bytesAt(transport, path, await authorization(token), signal);
  }
  const text = async (path: string, query?: ReadOptions) => textOf(await bytes(path, query));

  return {
    open: (collection, data, how) => submitTo(`/v1/${collection}`, data, how),
    act: (collection, id, act, data, how) => submitTo(under(collection, id, act), data as object, how),
    submit: (commands, how) => submitTo('/v1/submissions', { commands }, how),
    erase: (person, data, how) => submitTo(under('people', person, 'erase'), data, how),

    list: (collection, query) => pages(`/v1/${collection}`, query),
    record: (collection, id, query) => read(under(collection, id), query),
    byNumber: (number, query) => read(`/v1/numbers/${encodeURIComponent(number)}`, query),
    history: (collection, id, query) => pages(under(collection, id, 'history'), query),
    evidence: (collection, id, query) => pages(under(collection, id, 'evidence'), query),
    facts: (collection, id, query) => pages(under(collection, id, 'facts'), query),
    parties: (collection, id, query) => pages(under(collection, id, 'parties'), query),
    members: (organization, query) => pages(under('organizations', organization, 'members'), query),
    activity: (organization, query) => pages(under('organizations', organization, 'activity'), query),
    search: (q, query) => pages('/v1/search', { ...query, q } as ReadOptions),
    timeline: (query) => pages('/v1/timeline', query),
    relations: (query = {}) => answersBehind(read, '/v1/relations', query),
    programme: (ceremony, query) => read(under('ceremonies', ceremony, 'programme'), query),
    statistics: (query) => statisticsFrom(read, query),
    behind: (figure, query) => recordsBehind(read, figure, query),
    overview: (query) => read('/v1/overview', query),

    duplicates: (query) => pages('/v1/duplicates', query),
    clients: (query) => pages('/v1/clients', query),
    disputes: (query) => pages('/v1/disputes', query),
    person: (id, query) => read(under('people', id), query),

    events: (query) => feedOf(read, query, token !== undefined),
    event: (stream, version, query) => bytes(eventAt(stream, version), query),
    proof: (stream, version, query) => text(`${eventAt(stream, version)}/proof`, query),
    checkpoint: (query) => text('/checkpoint', query),
    vkey: (query) => text('/vkey', query),
    tile: (id, query) => bytes(`/${tilePath(id)}`, query),
    entries: (id, query) => bytes(`/${bundlePath(id)}`, query),
    projections: (query) => read('/v1/projections', query),
    projection: (name, query) => read(`/v1/projections/${encodeURIComponent(name)}`, query),
    rows: (name, query) => pages(`/v1/projections/${encodeURIComponent(name)}/rows`, query),
    health: (query) => read('/health', query),

    transport,
  };
}
