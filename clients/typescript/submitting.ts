import { type Answered, answered, authorization, type Token } from './reading.ts';
import type { Transport } from './transport.ts';

export interface SubmitOptions {
  /**
   * The Idempotency-Key; without it, a random one. All tries of a request have one key, so it is recorded once. Give one
   * where the request may be made again by another run of your program. Make none of the name of a person.
   */
  readonly key?: string | undefined;
  /** Answer when it is sealed and visible in lists and records, or after so many seconds: at most 10. */
  readonly wait?: number | undefined;
  /** Decide and answer as if, and write nothing. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ActOptions extends SubmitOptions {
  /** Only if the record has this version; `stale` when it has another one. */
  readonly ifMatch?: number | undefined;
}

/** The answer to what was submitted. */
export interface Submitted<Body> extends Answered<Body> {
  /** Whether it had landed before, under the same key. */
  readonly replayed: boolean;
  /** Whether it was visible in lists and records before `wait` was over. */
  readonly visible: boolean;
}

/** Sends what is to be recorded, again and again under one key where no answer comes. */
export function createSubmitter({ send }: Transport, token: Token | undefined) {
  return async function submitTo<Body>(path: string, body: object, options: ActOptions = {}): Promise<Submitted<Body>> {
    const { key = randomKey(), ifMatch, signal } = options;
    const headers = {
      ...(await authorization(token)),
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
      ...preferred(options),
      ...(ifMatch !== undefined && { 'If-Match': `"${ifMatch}"` }),
    };
    const answer = answered<Body>(await send(path, { method: 'POST', headers, body: JSON.stringify(body), signal }));
    return {
      ...answer,
      replayed: answer.headers.get('idempotency-replayed') === 'true',
      visible: /\bwait=/.test(answer.headers.get('preference-applied') ?? ''),
    };
  };
}

function preferred({ wait, dryRun }: SubmitOptions): Record<string, string> {
  const preferences = [...(dryRun ? ['dry-run'] : []), ...(wait === undefined ? [] : [`wait=${wait}`])];
  return preferences.length === 0 ? {} : { Prefer: preferences.join(', ') };
}

/** `crypto.randomUUID` is for secure contexts only. */
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
