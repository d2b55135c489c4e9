import { request } from 'node:http';
import { lambdaHandler } from '../../../functions/http/lambda.ts';
import { createGateway } from '../../../infra/local/gateway.ts';
import { openPort } from '../../../infra/local/port.ts';
import { readWiring } from '../../../infra/local/wiring.ts';
import { engineInMemory } from '../../support/memory-registry.ts';
import { testRegistry } from '../../support/registry.ts';
import { synthesize } from '../templates.ts';
import { functionOf } from './doubles.ts';

export interface Sent {
  /** A header with several values has several lines. */
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly bytes: Buffer;
  readonly text: string;
}

/** A registry whose functions are called as Lambda calls them, behind the routes that the stacks have. */
export async function serveRegistry() {
  const registry = await testRegistry(engineInMemory());
  const wiring = readWiring(synthesize().stacks, { endpoint: 'http://127.0.0.1:1', suffix: 'x1' });
  const functions = Object.entries(registry.apps).map(([name, app]) => {
    const arn = wiring.functions.find(({ entry }) => entry === `functions/${name}/handler.ts`)?.arn ?? '';
    const handler = lambdaHandler(app);
    return [arn, functionOf(async (event) => handler(event as never, {} as never))] as const;
  });
  const port = await openPort(
    0,
    createGateway(wiring, new Map(functions), () => () => {}),
  );

  /** Sends a request as it is given: `fetch` would repair some of these before it sends them. */
  function send(method: string, path: string, { headers = {}, body }: Sent = {}): Promise<Answered> {
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    const asking = request({ host: '127.0.0.1', port: port.number, method, path, headers }, async (response) => {
      const bytes = Buffer.concat(await response.toArray());
      resolve({ status: response.statusCode, headers: response.headers, bytes, text: bytes.toString() });
    });
    asking.on('error', reject).end(body);
    return promise;
  }

  return { registry, send, stop: port.close };
}

export type ServedRegistry = Awaited<ReturnType<typeof serveRegistry>>;
