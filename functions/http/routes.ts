import { aggregates } from '../../domain/catalog.ts';
import { recordLists } from '../../domain/record/shown.ts';

/**
 * Every path of the HTTP API, with the methods that it takes and the media types that its answers have. A route has to
 * stand here: the gateway is made from it, and so are `Allow`, `OPTIONS` and what `Accept` may ask for.
 */

/** The functions that answer HTTP requests. */
export type AnsweringFunction = 'commands' | 'queries' | 'polls' | 'audit';

export interface Route {
  /** With `{name}` for a segment, and `{name+}` for several. */
  readonly path: string;
  /** HEAD goes with GET, and every path takes OPTIONS. */
  readonly methods: readonly ('GET' | 'POST')[];
  /** The media types of its answers, the first where the request has no preference. Problems have their own. */
  readonly mediaTypes: readonly string[];
  /** Whether it reads a list, which is answered as CSV and as NDJSON, too: also under the path with that ending. */
  readonly isList?: true;
}

const JSON_TYPE = 'application/json';
const EVENT = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
export const NDJSON = 'application/x-ndjson';
export const CSV = 'text/csv';
const SCHEMA = 'application/schema+json';
export const BYTES = 'application/octet-stream';
const TEXT_TYPE = 'text/plain';

const read = (path: string, ...mediaTypes: readonly string[]): Route => ({
  path,
  methods: ['GET'],
  mediaTypes: mediaTypes.length > 0 ? mediaTypes : [JSON_TYPE],
});
const list = (path: string): Route => ({ ...read(path), isList: true });
const write = (path: string): Route => ({ path, methods: ['POST'], mediaTypes: [JSON_TYPE] });

const ofCollections = aggregates.flatMap(({ collection, commands }): Route[] => {
  const record = `/v1/${collection}/{id}`;
  const acts = commands.flatMap(({ act }) => (act === undefined ? [] : [act]));
  return [
    { path: `/v1/${collection}`, methods: ['GET', 'POST'], mediaTypes: [JSON_TYPE], isList: true },
    read(record),
    list(`${record}/history`),
    ...recordLists.map((name) => list(`${record}/${name}`)),
    ...[...new Set(acts)].map((act) => write(`${record}/${act}`)),
  ];
});

export const routes: readonly Route[] = [
  ...ofCollections,
  write('/v1/submissions'),
  list('/v1/organizations/{id}/activity'),
  list('/v1/organizations/{id}/members'),
  read('/v1/ceremonies/{id}/programme'),
  list('/v1/timeline'),
  list('/v1/relations'),
  list('/v1/statistics'),
  read('/v1/overview'),
  read('/v1/search'),
  read('/v1/numbers/{number}'),
  read('/v1/people/{id}'),
  write('/v1/people/{id}/erase'),
  list('/v1/duplicates'),
  list('/v1/clients'),
  list('/v1/disputes'),
  read('/v1/openapi.json'),
  read('/', 'text/html'),
  read('/docs', 'text/html'),
  read('/v1/events', BATCH, JSON_TYPE, NDJSON),
  read('/v1/events/{stream}/{version}', EVENT, JSON_TYPE),
  read('/v1/events/{stream}/{version}/proof', TEXT_TYPE),
  read('/v1/projections'),
  read('/v1/projections/{name}'),
  read('/v1/projections/{name}/rows'),
  read('/v1/projections/{name}/proof'),
  read('/checkpoint', TEXT_TYPE),
  read('/vkey', TEXT_TYPE),
  read('/tile/{path+}', BYTES),
  read('/packs/{position}', BYTES),
  read('/schemas/{type}/{version}', SCHEMA, JSON_TYPE),
  read('/problems/{slug}'),
  read('/health'),
];

export interface GatewayRoutes {
  readonly get?: readonly string[];
  readonly post?: readonly string[];
  /** The function also answers every request that no route matches, with a problem as for every error. */
  readonly others?: true;
}

/**
 * By what the gateway chooses the function, the most specific path first: an HTTP API takes 300 routes at most (AWS
 * limit). The function judges everything else about a request.
 */
export const gatewayRoutes: Readonly<Record<AnsweringFunction, GatewayRoutes>> = {
  commands: { post: ['/v1/{proxy+}'] },
  queries: { get: ['/v1/{proxy+}', '/', '/docs'] },
  polls: { get: ['/v1/events'] },
  audit: {
    get: [
      '/v1/events/{proxy+}',
      '/v1/projections',
      '/v1/projections/{proxy+}',
      '/checkpoint',
      '/tile/{proxy+}',
      '/packs/{proxy+}',
      '/vkey',
      '/schemas/{proxy+}',
      '/problems/{proxy+}',
      '/health',
    ],
    others: true,
  },
};

const compiled = routes.map((route) => {
  const segments = route.path.split('/').map((segment) => {
    if (!segment.startsWith('{')) return RegExp.escape(segment);
    return segment.endsWith('+}') ? '.+' : '[^/]+';
  });
  return { route, pattern: new RegExp(`^${segments.join('/')}$`) };
});

/** The route of a path; undefined where none leads. */
export const routeAt = (path: string): Route | undefined => compiled.find(({ pattern }) => pattern.test(path))?.route;

/** The media types of lists besides JSON, by the ending of the path. */
const endings: Readonly<Record<string, string>> = { '.csv': CSV, '.ndjson': NDJSON };

/** The path of a list without the ending that names a media type, and that type; of any other path, the path alone. */
export function withoutEnding(path: string): { readonly path: string; readonly mediaType?: string } {
  const at = path.lastIndexOf('.');
  const [mediaType, short] = [endings[path.slice(at)], path.slice(0, at)];
  return mediaType !== undefined && routeAt(short)?.isList ? { path: short, mediaType } : { path };
}

/** The media types that a request may ask for. */
export const mediaTypesFor = ({ mediaTypes, isList }: Route, method: string): readonly string[] =>
  isList && method !== 'POST' ? [...mediaTypes, ...Object.values(endings)] : mediaTypes;

/** What stands in `Allow` (RFC 9110 §10.2.1). */
export const allowedMethods = ({ methods }: Route): readonly string[] => [
  ...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
  'OPTIONS',
];
