/** The pause doubles with each try: about a minute in all. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15_000;
const TRIES = 9;
const TRIES_AFTER_A_BUG = 3;
const TRIES_AFTER_A_CONFLICT = 6;
const ANSWER_WITHIN = 60_000;
/** A server that asks for more patience than this gets no further try. */
const LONGEST_RETRY_AFTER = 60_000;
/** Twice the largest answer, a bundle of 256 entries of 64 KiB, after decompression. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Waits. It rejects with the reason of the signal when that is aborted meanwhile. */
export type Pause = (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;

export interface TransportOptions {
  /** The registry's address, such as `https://registry.example`; in browsers also '' for the page's own. */
  readonly url: string;
  /** The `fetch` to use; without it, that of the environment. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly pause?: Pause | undefined;
  /** How often a request is tried at most; 9 unless something else is said. */
  readonly tries?: number | undefined;
  /** The same as long as nobody has ever answered; without it as often as otherwise. */
  readonly firstTries?: number | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** A request that may be sent several times: its body is a text, and whatever it changes has an Idempotency-Key. */
export interface Sendable {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Transport {
  readonly url: string;
  /**
   * The answer to a request, whatever its status. Tries again while the registry is unreachable, fails or throttles, and
   * when others acted on the record at the same time.
   *
   * @throws Unreachable when there is no answer
   * @throws the reason of the signal when that is aborted
   */
  send(path: string, request?: Sendable): Promise<HttpAnswer>;
}

/** No answer, after all tries; or one that cannot be a registry's. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** No further try would help. */
class TooLong extends Unreachable {}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
export const textOf = (bytes: Uint8Array): string => utf8.decode(bytes);

export function createTransport({ url: given, pause = sleep, tries = TRIES, ...options }: TransportOptions): Transport {
  let isAnswered = false;
  const url = given.replace(/\/+$/, '');

  async function once(path: string, { signal, ...init }: Sendable): Promise<HttpAnswer | Error> {
    const fetch = options.fetch ?? globalThis.fetch;
    const timeout = AbortSignal.timeout(ANSWER_WITHIN);
    const within = signal ? AbortSignal.any([signal, timeout]) : timeout;
    try {
      const response = await fetch(`${url}${path}`, { ...init, signal: within } as RequestInit);
      const bytes = await bytesOf(response, `${url}${path}`);
      return { status: response.status, headers: response.headers, bytes };
    } catch (error) {
      signal?.throwIfAborted();
      return error as Error;
    }
  }

  async function send(path: string, request: Sendable = {}): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      request.signal?.throwIfAborted();
      const answer = await once(path, request);
      const isError = answer instanceof Error;
      if (answer instanceof TooLong) throw answer;
      isAnswered ||= !isError;
      if (!isError && attempt >= Math.min(tries, triesAfter(answer))) return answer;
      if (isError && attempt >= (isAnswered ? tries : (options.firstTries ?? tries)))
        throw unreachable(`${url}${path}`, answer);
      const asked = isError ? undefined : retryAfter(answer);
      if (!isError && asked !== undefined && asked > LONGEST_RETRY_AFTER) return answer;
      await pause(asked ?? pauseAfter(attempt), request.signal);
    }
  }

  return { url, send };
}

/** How many tries an answer is worth: a bug (500) seldom goes away by itself. */
function triesAfter(answer: HttpAnswer): number {
  const { status } = answer;
  if (status === 500) return TRIES_AFTER_A_BUG;
  if (status === 409) return isConflict(answer) ? TRIES_AFTER_A_CONFLICT : 1;
  // 501 and 505 are those of servers that will never take such a request.
  return [429, 502, 503, 504].includes(status) ? TRIES : 1;
}

/** Others acted on the record at the same time: the problem whose mending is to send the same again. */
const isConflict = ({ bytes }: HttpAnswer): boolean => /"type":\s*"[^"]*\/problems\/conflict"/.test(textOf(bytes));

function unreachable(address: string, error: Error): Unreachable {
  const cause = error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
  return new Unreachable(`${address} cannot be reached: ${cause}`, { cause: error });
}

/** The body. @throws TooLong when it may be meant to fill the memory */
async function bytesOf(response: Response, address: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Not every browser iterates over streams.
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    size += read.value.length;
    if (size > MOST_BYTES) {
      reader?.cancel().catch(() => {});
      throw new TooLong(`${address} answers with more than ${MOST_BYTES} bytes.`);
    }
    chunks.push(read.value);
  }
  return joined(chunks, size);
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Jitter keeps many clients from coming back at once. */
const pauseAfter = (attempt: number): number =>
  Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);

/** `Retry-After` in milliseconds: a number of seconds, or a date (RFC 9110 section 10.2.3). */
function retryAfter({ headers }: HttpAnswer): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

const sleep: Pause = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve(undefined);
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
