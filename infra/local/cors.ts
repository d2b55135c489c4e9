import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { LambdaAnswer } from './gateway-event.ts';
import type { Cors } from './specs.ts';

/**
 * Answers cross-origin requests as an HTTP API with a CORS configuration does: it answers preflights itself, and its
 * headers replace those that functions set.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function createCors(cors: Cors) {
  const isAllowed = (origin: string) => cors.AllowOrigins?.some((allowed) => allowed === '*' || allowed === origin);

  function preflight(method: string | undefined, headers: IncomingHttpHeaders): LambdaAnswer | undefined {
    if (!cors.AllowOrigins || method !== 'OPTIONS') return undefined;
    const asked = headers['access-control-request-method'];
    if (headers.origin === undefined || asked === undefined) return undefined;
    return { status: 204, headers: { ...headersFor(headers.origin), ...permissions() }, body: Buffer.alloc(0) };
  }

  const permissions = (): OutgoingHttpHeaders => ({
    ...(cors.AllowMethods && { 'access-control-allow-methods': cors.AllowMethods.join(',') }),
    ...(cors.AllowHeaders && { 'access-control-allow-headers': cors.AllowHeaders.join(',').toLowerCase() }),
    ...(cors.MaxAge !== undefined && { 'access-control-max-age': String(cors.MaxAge) }),
  });

  function headersFor(origin: string | undefined): OutgoingHttpHeaders {
    if (origin === undefined || !isAllowed(origin)) return {};
    const every = cors.AllowOrigins?.includes('*');
    return {
      'access-control-allow-origin': every ? '*' : origin,
      ...(!every && { vary: 'Origin' }),
      ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
      ...(cors.ExposeHeaders && { 'access-control-expose-headers': cors.ExposeHeaders.join(',').toLowerCase() }),
    };
  }

  return { preflight, headersFor };
}
