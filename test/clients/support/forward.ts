import type { TestRegistry } from '../../support/registry.ts';
import type { Reply, Request, Route } from './server.ts';

/** Passes requests on to the functions of a registry; `told` gets what was asked and answered. */
export const forwardTo =
  (registry: TestRegistry, told: (request: Request, answer: Response, text: string) => void = () => {}): Route =>
  async (request): Promise<Reply> => {
    const { method, path, query, body } = request;
    // What is passed on is text: it is asked for without a content coding.
    const { 'accept-encoding': _, ...asked } = request.headers;
    const headers = Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, String(value)] as const));
    const address = query.size > 0 ? `${path}?${query}` : path;
    const answer = await (method === 'GET'
      ? registry.get(address, headers)
      : registry.apps.commands.request(address, { method, headers, body }));
    const bytes = new Uint8Array(await answer.arrayBuffer());
    told(request, answer, new TextDecoder().decode(bytes));
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: bytes };
  };
