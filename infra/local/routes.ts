import type { RouteSpec } from './specs.ts';

export interface RouteMatch {
  readonly route: RouteSpec;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Chooses a route as an HTTP API does. The most specific path wins: literal segments precede `{variables}`, which precede
 * a greedy `{proxy+}`. A method precedes ANY, and `$default` matches everything else.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function createRouter(routes: readonly RouteSpec[]): (method: string, path: string) => RouteMatch | undefined {
  const compiled = routes.map(compile).sort((a, b) => (a.rank < b.rank ? 1 : a.rank > b.rank ? -1 : 0));
  return (method, path) => {
    for (const { route, method: takes, pattern } of compiled) {
      if (takes !== 'ANY' && takes !== method) continue;
      const match = pattern.exec(path);
      if (match) return { route, pathParameters: decoded(match.groups ?? {}) };
    }
    return undefined;
  };
}

function compile(route: RouteSpec) {
  if (route.key === '$default') return { route, method: 'ANY', pattern: /^/, rank: '' };
  const [method = '', path = ''] = route.key.split(' ');
  const segments = path.split('/').slice(1);
  const pattern = segments.map((segment) => {
    const [, name, greedy] = /^\{(\w+)(\+)?\}$/.exec(segment) ?? [];
    if (name === undefined) return `/${RegExp.escape(segment)}`;
    return greedy ? `/(?<${name}>.+)` : `/(?<${name}>[^/]+)`;
  });
  const rank = segments.map((segment) => (segment.endsWith('+}') ? '1' : segment.startsWith('{') ? '2' : '3')).join('');
  return { route, method, pattern: new RegExp(`^${pattern.join('')}/?$`), rank: rank + (method === 'ANY' ? '0' : '1') };
}

const decoded = (groups: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodePath(value)]));

/** The path without percent-encoding. Malformed encoding stays as it is: the function judges it. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
