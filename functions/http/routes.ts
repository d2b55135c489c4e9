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
}

const JSON_TYPE = 'application/json';
const EVENT = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
export const NDJSON = 'application/x-ndjson';
const SCHEMA = 'application/schema+json';
export const BYTES = 'application/octet-stream';
const TEXT_TYPE = 'text/plain';

const read = (path: string, ...mediaTypes: readonly string[]): Route => ({
  path,
  methods: ['GET'],
  mediaTypes: mediaTypes.length > 0 ? mediaTypes : [JSON_TYPE],
});
const write = (path: string): Route => ({ path, methods: ['POST'], mediaTypes: [JSON_TYPE] });

const ofCollections = aggregates.flatMap(({ collection, commands }): Route[] => {
  const record = `/v1/${collection}/{id}`;
  const acts = commands.flatMap(({ act }) => (act === undefined ? [] : [act]));
  return [
    { path: `/v1/${collection}`, methods: ['GET', 'POST'], mediaTypes: [JSON_TYPE] },
    read(record),
    read(`${record}/history`),
    ...recordLists.map((list) => read(`${record}/${list}`)),
    ...[...new Set(acts)].map((act) => write(`${record}/${act}`)),
  ];
});

export const routes: readonly Route[] = [
  ...ofCollections,
  write('/v1/submissions'),
  read('/v1/organizations/{id}/activity'),
  read('/v1/organizations/{id}/members'),
  read('/v1/ceremonies/{id}/programme'),
  read('/v1/timeline'),
  read('/v1/search'),
  read('/v1/statistics'),
  read('/v1/overview'),
  read('/v1/numbers/{number}'),
  read('/v1/people/{id}'),
  write('/v1/people/{id}/erase'),
  read('/v1/duplicates'),
  read('/v1/clients'),
  read('/v1/disputes'),
  read('/v1/openapi.json'),
  read('/', 'text/html'),
  read('/docs', 'text/html'),
  read('/v1/events', BATCH, JSON_TYPE, NDJSON),
  read('/v1/events/{stream}/{version}', EVENT, JSON_TYPE),
  read('/v1/events/{stream}/{version}/proof', TEXT_TYPE),
  read('/v1/projections'),
  read('/v1/projections/{name}'),
  read('/v1/projections/{name}/rows'),
  read('/checkpoint', TEXT_TYPE),
  read('/vkey', TEXT_TYPE),
  read('/tile/{path+}', BYTES),
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

/** What stands in `Allow` (RFC 9110 §10.2.1). */
export const allowedMethods = ({ methods }: Route): readonly string[] => [
  ...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
  'OPTIONS',
];
