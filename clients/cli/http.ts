import type * as z from 'zod';
import { problemIn } from '../typescript/problem.ts';
import { createTransport, type HttpAnswer, type Sendable, textOf, Unreachable } from '../typescript/transport.ts';
import { Failure } from './usage.ts';

export { type ProblemBody, problemIn as problemOf } from '../typescript/problem.ts';
export { type HttpAnswer, textOf } from '../typescript/transport.ts';

export interface Http {
  readonly url: string;
  /** The answer to a request, whatever its status, after the tries that it is worth. @throws Failure when there is none */
  send(path: string, request?: Sendable): Promise<HttpAnswer>;
  /** The answer with a status of 2xx. @throws Failure */
  get(path: string, accept?: string): Promise<HttpAnswer>;
}

/** For an answer that leaves nothing more to try. */
export function failureOf(answer: HttpAnswer, address: string): Failure {
  const { title, detail } = problemIn(answer);
  return new Failure(`${address} answers ${answer.status}: ${detail ?? title}`);
}

/** The JSON body of an answer. @throws Failure when it does not fit the schema */
export function jsonOf<Schema extends z.ZodType>(schema: Schema, answer: HttpAnswer, address: string): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(textOf(answer.bytes)));
  } catch {
    throw new Failure(`${address} does not answer as a registry does.`);
  }
}

/** An address at which nobody has ever answered is probably not the right one: a second is enough to say so. */
const FIRST_TRIES = 4;

/** The typed client's transport, whose failures are those of a command. */
export function createHttp(url: string): Http {
  const transport = createTransport({ url, firstTries: FIRST_TRIES });

  async function send(path: string, request?: Sendable): Promise<HttpAnswer> {
    try {
      return await transport.send(path, request);
    } catch (error) {
      throw error instanceof Unreachable ? new Failure(error.message) : error;
    }
  }

  async function get(path: string, accept = '*/*'): Promise<HttpAnswer> {
    const answer = await send(path, { headers: { Accept: accept } });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw failureOf(answer, `${url}${path}`);
  }

  return { url, send, get };
}
