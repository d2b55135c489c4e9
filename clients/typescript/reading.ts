import { RegistryProblem } from './problem.ts';
import { type HttpAnswer, type Transport, textOf, Unreachable } from './transport.ts';

/** An answer with a body, and what its headers say. */
export interface Answered<Body> {
  readonly body: Body;
  readonly status: number;
  readonly headers: Headers;
  /** The position of the log up to which the answer tells: `minPosition` of a later read is never behind it. */
  readonly position: number | undefined;
}

/** What every read takes beside its own parameters. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Waits until the read model has this position; `not-yet` when it has not within 5 seconds. */
export interface AtLeast {
  readonly minPosition?: number | undefined;
}

export type ReadJson = <Body>(path: string, query?: ReadOptions) => Promise<Answered<Body>>;

/** A bearer token, or what gives one: it is asked before every request. */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

export async function authorization(token: Token | undefined): Promise<Record<string, string>> {
  const given = typeof token === 'function' ? await token() : token;
  return given === undefined ? {} : { Authorization: `Bearer ${given}` };
}

/** The path with its query: without what is undefined, times as instants, several values separated by commas. */
export function withQuery(path: string, query: object = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || name === 'signal' ? [] : [[name, textIn(value)] as [string, string]],
  );
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}

function textIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(textIn).join(',');
  return value instanceof Date ? value.toISOString() : String(value);
}

/** Reads bytes. @throws RegistryProblem unless the status is 2xx */
export async function bytesAt(
  { send }: Pick<Transport, 'send'>,
  path: string,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const answer = await send(path, { headers, signal });
  if (answer.status < 200 || answer.status > 299) throw new RegistryProblem(answer);
  return answer.bytes;
}

/** The JSON of an answer of 2xx. @throws RegistryProblem for every other one; Unreachable where no registry answers */
export function answered<Body>(answer: HttpAnswer): Answered<Body> {
  const { status, headers } = answer;
  if (status < 200 || status > 299) throw new RegistryProblem(answer);
  const position = headers.get('registry-position') ?? headers.get('registry-feed-position');
  const body = jsonIn(answer) as Body;
  return { body, status, headers, position: position === null ? undefined : Number(position) };
}

function jsonIn({ bytes }: HttpAnswer): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    throw new Unreachable('What answers is no registry: its answer is not JSON.');
  }
}
