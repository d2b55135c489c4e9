import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { ACCOUNT } from './environment.ts';
import { decodePath, type RouteMatch } from './routes.ts';

/**
 * An HTTP request as an HTTP API delivers it to a function, in payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventOf(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'httpVersion' | 'socket'>,
  body: Buffer,
  { route, pathParameters }: RouteMatch,
) {
  const { method = 'GET', url = '/', headers } = request;
  const [encodedPath, query] = splitAt(url, '?');
  // HTTP APIs decode the path, unlike function URLs, and cut it at a question mark that was encoded.
  const [path] = splitAt(decodePath(encodedPath), '?');
  const now = new Date();
  const cookies = headers.cookie?.split(/; */);
  const queryStringParameters = joinRepeated(query);
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString: query,
    ...(cookies && { cookies }),
    headers: joinHeaders(headers),
    ...(query !== '' && { queryStringParameters }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'local',
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...bodyOf(headers['content-type'] ?? '', headers['content-encoding'], body),
  };
}

/** Text is passed as text; everything else, including text that is not UTF-8, as Base64. */
function bodyOf(contentType: string, encoding: string | undefined, body: Buffer) {
  if (body.length === 0) return { isBase64Encoded: false };
  if (encoding === undefined && /^(text\/|application\/([\w.+-]+\+)?(json|xml|javascript)\b)/i.test(contentType)) {
    const text = body.toString('utf8');
    if (Buffer.from(text, 'utf8').equals(body)) return { body: text, isBase64Encoded: false };
  }
  return { body: body.toString('base64'), isBase64Encoded: true };
}

/** Lower-case names, with repeated headers joined by commas. Cookies have a field of their own. */
const joinHeaders = ({ cookie: _, ...headers }: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]));

function joinRepeated(query: string): Record<string, string> {
  const joined: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query)) {
    joined[name] = name in joined ? `${joined[name]},${value}` : value;
  }
  return joined;
}

function splitAt(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

export interface LambdaAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** A function's answer as an HTTP response. Without a status code, the whole answer is the JSON body of a 200. */
export function answerOf(result: unknown): LambdaAnswer {
  const { statusCode, headers = {}, cookies, body = '', isBase64Encoded = false } = (result ?? {}) as FunctionAnswer;
  if (statusCode === undefined) {
    const json = typeof result === 'string' ? result : (JSON.stringify(result) ?? '');
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(json) };
  }
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status: Number(statusCode),
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(lowerCase),
      ...(cookies && { 'set-cookie': [...cookies] }),
    },
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}

interface FunctionAnswer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** An answer of the HTTP API itself. */
export function gatewayAnswer(status: number, message: string, headers: OutgoingHttpHeaders = {}): LambdaAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify({ message })),
  };
}
