import type { IncomingMessage } from 'node:http';
import { createCors } from './cors.ts';
import type { Functions, LoadedFunction } from './functions.ts';
import { answerOf, eventOf, gatewayAnswer, type LambdaAnswer } from './gateway-event.ts';
import { createRouter } from './routes.ts';
import type { Wiring } from './specs.ts';
import { printError } from './terminal.ts';

/** Payloads of Lambda have at most 6 MB (AWS limit). The envelope of a request's body is not counted here. */
const MAX_BYTES = 6 * 1024 * 1024;

/** AWS limit of a function's whole answer as JSON, in which the quotes of a body that is text are escaped. */
const MAX_ANSWER_BYTES = 6_291_556;

const READING: readonly string[] = ['GET', 'HEAD'];

/** Answers an HTTP request. */
export type Answers = (request: IncomingMessage) => Promise<LambdaAnswer>;

/**
 * The HTTP API, whose routes choose the function that answers. It calls `writing` when a request that may write begins,
 * and the result of `writing` when the request has ended.
 */
export function createGateway(
  { routes, integrations, cors = {} }: Pick<Wiring, 'routes' | 'integrations' | 'cors'>,
  functions: Functions,
  writing: () => () => void,
): Answers {
  const route = createRouter(routes);
  const { preflight, headersFor } = createCors(cors);
  const targets = new Map(integrations.map(({ id, function: arn }) => [id, functions.get(arn)]));

  async function answer(request: IncomingMessage): Promise<LambdaAnswer> {
    const match = route(request.method ?? 'GET', (request.url ?? '/').split('?', 1)[0] as string);
    const target = match && targets.get(match.route.integration);
    if (!match || !target) return gatewayAnswer(404, 'Not Found');
    const body = await readBody(request);
    if (!body) return gatewayAnswer(413, 'Request Entity Too Large', { connection: 'close' });
    const ended = READING.includes(request.method ?? 'GET') ? undefined : writing();
    try {
      return await invoke(target, eventOf(request, body, match));
    } finally {
      ended?.();
    }
  }

  return async (request) => {
    const own = preflight(request.method, request.headers);
    if (own) return own;
    const { status, headers, body } = await answer(request);
    return { status, headers: { ...headers, ...headersFor(request.headers.origin) }, body };
  };
}

async function invoke({ spec, invoke }: LoadedFunction, event: object): Promise<LambdaAnswer> {
  try {
    const answer = await invoke(event);
    const bytes = Buffer.byteLength(JSON.stringify(answer) ?? '');
    if (bytes <= MAX_ANSWER_BYTES) return answerOf(answer);
    printError(`error: ${spec.name} answered ${bytes} bytes of JSON; Lambda allows ${MAX_ANSWER_BYTES}`);
  } catch (error) {
    printError(`error: ${spec.name}: ${(error as Error).stack}`);
  }
  return gatewayAnswer(500, 'Internal Server Error');
}

/** The body; undefined when it is larger than a payload may be. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
