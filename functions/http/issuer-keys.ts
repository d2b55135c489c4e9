import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { ProblemError } from './problem.ts';
import { isSecureUrl } from './token-rules.ts';

/** Keys are used so long without asking again, in milliseconds. */
const FRESH = 10 * 60_000;
/** The least time between two questions for keys: a token can name any key that there is not. */
const COOLDOWN = 30_000;
/** What clients without an answer are told to wait, after which the issuer is asked again. */
const RETRY_AFTER_SECONDS = 5;
const RETRY = RETRY_AFTER_SECONDS * 1000;
/** How long the issuer may take for each of its two documents. */
const TIMEOUT = 3000;

interface IssuerKeysDeps {
  /** The address of its discovery document, when it is not below the issuer. */
  readonly discovery?: string | undefined;
  readonly clock?: () => number;
  readonly timeout?: number;
}

/**
 * The keys of an issuer, by its discovery document (OpenID Connect Discovery 1.0 §4). While the issuer does not give
 * them, the last ones that it gave are used; nothing but its own answer makes a key unknown.
 * @throws ProblemError 503, when a key can neither be found nor be said to be unknown
 */
export function issuerKeys(issuer: string, deps: IssuerKeysDeps = {}) {
  const { discovery = discoveryOf(issuer), clock = Date.now, timeout = TIMEOUT } = deps;
  let keys: JWTVerifyGetKey | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let asking: Promise<void> | undefined;

  async function ask() {
    askedAt = clock();
    try {
      keys = createLocalJWKSet(await readKeySet(issuer, discovery, timeout));
      readAt = clock();
      failure = undefined;
    } catch (cause) {
      failure = cause;
    }
  }

  /** Asks, unless the last question is less than `pause` ago. */
  async function refresh(pause: number) {
    if (asking === undefined && clock() < askedAt + pause) return;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    await asking;
  }

  const getKey: JWTVerifyGetKey = async (header, token) => {
    if (clock() >= readAt + FRESH) await refresh(keys === undefined ? RETRY : COOLDOWN);
    const known = await keyIn(keys, header, token);
    if (known) return known;
    await refresh(failure === undefined ? COOLDOWN : RETRY);
    const found = await keyIn(keys, header, token);
    if (found) return found;
    if (failure !== undefined) throw withoutKeys(failure);
    throw new errors.JWKSNoMatchingKey();
  };
  return getKey;
}

const withoutKeys = (cause: unknown) =>
  new ProblemError('unavailable', `the token issuer gives no keys: ${cause instanceof Error ? cause.message : cause}`, {
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    cause,
  });

/** Undefined when there is no such key. */
async function keyIn(keys: JWTVerifyGetKey | undefined, ...asked: Parameters<JWTVerifyGetKey>) {
  try {
    return await keys?.(...asked);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return undefined;
    if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
    // The key is there but cannot be used, which the token is not to blame for.
    throw withoutKeys(error);
  }
}

const discoveryOf = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

async function readKeySet(issuer: string, address: string, timeout: number): Promise<JSONWebKeySet> {
  const { issuer: named, jwks_uri: location } = await readJson(address, timeout);
  if (named !== issuer) throw new Error(`${address} is of another issuer`);
  if (typeof location !== 'string' || !isSecureUrl(location))
    throw new Error(`${address} names no https address of keys`);
  return (await readJson(location, timeout)) as unknown as JSONWebKeySet;
}

async function readJson(address: string, timeout: number): Promise<Record<string, unknown>> {
  const response = await fetch(address, {
    headers: { Accept: 'application/json, application/jwk-set+json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeout),
  });
  if (response.status !== 200) throw new Error(`${address} answers ${response.status}`);
  const value: unknown = await response.json();
  if (typeof value !== 'object' || value === null) throw new Error(`${address} answers no JSON object`);
  return value as Record<string, unknown>;
}
