import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { concat } from '../../domain/log/bytes.ts';
import { Failure } from './usage.ts';

/** The pause doubles with each try: about a minute in all. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15_000;
const TRIES = 9;
const TRIES_AFTER_A_BUG = 3;
const ANSWER_WITHIN = 60_000;
/** Twice the largest answer, a bundle of 256 entries of 64 KiB, after decompression. */
const MOST_BYTES = 32 * 1024 * 1024;

export interface Http {
  readonly url: string;
  /** The answer to a request, whatever its status. Tries again while the registry is unreachable, fails or throttles. */
  send(path: string, init?: RequestInit): Promise<HttpAnswer>;
  /** The answer with a status of 2xx. @throws Failure */
  get(path: string, accept?: string): Promise<HttpAnswer>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** RFC 9457. */
const problemBody = z.object({
  type: z.string(),
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), rule: z.string(), detail: z.string() })).optional(),
});
export type ProblemBody = z.infer<typeof problemBody>;

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** The problem in an error answer; a generic one when it has none, as when another server answers. */
export function problemOf(answer: HttpAnswer): ProblemBody {
  try {
    return problemBody.parse(JSON.parse(textOf(answer.bytes)));
  } catch {
    return { type: 'about:blank', detail: `an answer ${answer.status} without an explanation` };
  }
}

/** For an answer that leaves nothing more to try. */
export function failureOf(answer: HttpAnswer, address: string): Failure {
  const { title, detail } = problemOf(answer);
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

/** How many tries a status is worth: a bug (500) seldom goes away by itself. */
const triesAfter = (status: number): number => {
  if (status === 500) return TRIES_AFTER_A_BUG;
  return status === 429 || status > 500 ? TRIES : 1;
};

export type Wait = (milliseconds: number) => Promise<unknown>;

export function createHttp(url: string, pause: Wait = sleep): Http {
  async function once(path: string, init: RequestInit): Promise<HttpAnswer | Error> {
    try {
      const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN) });
      const bytes = await bytesOf(response, `${url}${path}`);
      return { status: response.status, headers: response.headers, bytes };
    } catch (error) {
      if (error instanceof Failure) throw error;
      return error as Error;
    }
  }

  async function send(path: string, init: RequestInit = {}): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await once(path, init);
      const isError = answer instanceof Error;
      if (!isError && attempt >= triesAfter(answer.status)) return answer;
      if (isError && attempt === TRIES) {
        const cause = answer.cause instanceof Error ? answer.cause.message || String(answer.cause) : answer.message;
        throw new Failure(`${url}${path} cannot be reached: ${cause}`);
      }
      await pause(isError ? pauseAfter(attempt) : (retryAfter(answer) ?? pauseAfter(attempt)));
    }
  }

  async function get(path: string, accept = '*/*'): Promise<HttpAnswer> {
    const answer = await send(path, { headers: { Accept: accept } });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw failureOf(answer, `${url}${path}`);
  }

  return { url, send, get };
}

/** The body. @throws Failure when it is so long that it may be meant to fill the memory */
async function bytesOf(response: Response, address: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Failure(`${address} answers with more than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return concat(chunks);
}

/** Jitter keeps many clients from coming back at once. */
const pauseAfter = (attempt: number): number =>
  Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);

function retryAfter({ headers }: HttpAnswer): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 ? Math.min(LONGEST_PAUSE, seconds * 1000) : undefined;
}
