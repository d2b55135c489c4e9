import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answers } from './gateway.ts';
import type { LambdaAnswer } from './gateway-event.ts';
import { UsageError } from './options.ts';
import { isDiskFull } from './start-errors.ts';
import { printError } from './terminal.ts';

/** How long open requests may still take when the registry ends, in milliseconds. */
const GRACE = 2000;
/** How long what was answered may still take to arrive. */
const DELIVERY = 500;

export interface Port {
  readonly number: number;
  /** Sets how requests are answered from now on. */
  answerWith(answers: Answers): void;
  /** Finishes what is being answered; requests that come meanwhile are answered as given. */
  close(meanwhile?: Answers): Promise<void>;
}

/** Listens on a loopback port. Until `answerWith` is called, it answers 503. */
export async function openPort(wanted: number, answers: Answers = unavailable('starting')): Promise<Port> {
  let current = answers;
  const underWay = new Set<Promise<void>>();
  const serve = () =>
    createServer((request, response) => {
      const answered = respond(current, request, response).finally(() => underWay.delete(answered));
      underWay.add(answered);
    });
  const first = serve();
  await listen(first, wanted, '127.0.0.1');
  const { port: number } = first.address() as AddressInfo;
  const servers = [first];
  // `localhost` may be ::1 as well, where no other server may answer.
  const second = serve();
  await listen(second, number, '::1').then(
    () => servers.push(second),
    (error: NodeJS.ErrnoException) => {
      if (error instanceof UsageError) throw error;
    },
  );
  return {
    number,
    answerWith: (answers) => {
      current = answers;
    },
    async close(meanwhile = unavailable('stopping')) {
      current = meanwhile;
      await Promise.race([Promise.allSettled(underWay), sleep(GRACE)]);
      await Promise.all(servers.map(close));
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      reject(
        inUse ? new UsageError(`port ${port} is in use: stop what listens there, or choose another --port N`) : error,
      );
    });
    server.listen(port, host, resolve);
  });
}

async function respond(answers: Answers, request: IncomingMessage, response: ServerResponse) {
  try {
    const { status, headers, body } = await answers(request);
    // RFC 9110 section 8.6: the length in an answer to HEAD would have to be that of the answer to GET.
    const hasLength = status !== 204 && status !== 304 && request.method !== 'HEAD';
    response.writeHead(status, { ...headers, ...(hasLength && { 'content-length': body.length }) });
    response.end(body);
  } catch (error) {
    // The client closed the connection before the request was complete.
    if (request.destroyed && !request.complete) return void response.destroy();
    const isFull = isDiskFull(error);
    if (!isFull) printError(`error: ${request.method} ${request.url}: ${(error as Error).stack}`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
    // Nothing that has to be kept can be kept any more: this ends the process.
    if (isFull) throw error;
  }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DELIVERY);
  await closed;
  clearTimeout(timer);
}

export const unavailable =
  (doing: 'starting' | 'stopping'): Answers =>
  async () => ({
    status: 503,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '1', 'cache-control': 'no-store' },
    body: Buffer.from(JSON.stringify({ type: 'about:blank', title: `The registry is ${doing}`, status: 503 })),
  });

export const jsonAnswer = (status: number, value: unknown, mediaType = 'application/json'): LambdaAnswer => ({
  status,
  headers: { 'content-type': mediaType },
  body: Buffer.from(JSON.stringify(value)),
});
