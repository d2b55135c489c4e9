import { handle } from 'hono/aws-lambda';
import type { App } from './app.ts';

/** From here on a body travels as Base64. */
const LONG_BODY = 256 * 1024;

/** Methods that no `Request` may have (Fetch standard). They are answered like any other that no path takes. */
const FORBIDDEN = ['CONNECT', 'TRACE', 'TRACK'];
const UNKNOWN = 'UNKNOWN';

/**
 * The handler of a function that answers HTTP requests. Lambda limits the JSON of the whole answer, in which each `"` and
 * `\` of a body takes two bytes and a control character six. A long body travels as Base64 instead, 4/3 of its length
 * whatever it holds, and the HTTP API decodes it.
 */
export function lambdaHandler(app: App): ReturnType<typeof handle> {
  const answer = handle(app);
  return async (event, context) => {
    const { http } = event.requestContext as { http: { method: string } };
    if (FORBIDDEN.includes(http.method)) http.method = UNKNOWN;
    const result = await answer(event, context);
    if (result.isBase64Encoded || Buffer.byteLength(result.body) <= LONG_BODY) return result;
    return { ...result, body: Buffer.from(result.body).toString('base64'), isBase64Encoded: true };
  };
}
