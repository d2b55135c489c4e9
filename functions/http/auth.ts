import { createHash } from 'node:crypto';
import type { JWTVerifyGetKey } from 'jose';
import type { CommandDefinition } from '../../domain/kernel/aggregate.ts';
import { scopeLacking, tokenInvalid, tokenMissing } from './challenge.ts';
import { issuerKeys } from './issuer-keys.ts';
import { ProblemError } from './problem.ts';
import type { TokenRules } from './token-rules.ts';
import { type Caller, callerOf, verifiedClaims } from './tokens.ts';

export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** The most tokens that a function remembers. */
const REMEMBERED = 1000;

interface AuthenticateDeps {
  readonly keys?: JWTVerifyGetKey;
  readonly clock?: () => number;
}

/**
 * Tells the caller by the access token of a request. A token that was found good stays good until it expires, whether
 * or not the issuer answers meanwhile.
 */
export function createAuthenticate(rules: TokenRules, deps: AuthenticateDeps = {}): Authenticate {
  const { keys = issuerKeys(rules.issuer, { discovery: rules.discovery }), clock = Date.now } = deps;
  const remembered = rememberedTokens();
  return async (authorization) => {
    const token = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw tokenMissing();
    const now = clock();
    const good = remembered.get(token) ?? (await judged(token, now));
    const seconds = Math.floor(now / 1000);
    if (good.exp <= seconds) throw tokenInvalid('the token has expired');
    if (good.nbf !== undefined && good.nbf > seconds) throw tokenInvalid('the token is not valid yet');
    return good.caller;
  };

  async function judged(token: string, now: number): Promise<GoodToken> {
    const claims = await verifiedClaims(token, rules, keys, now);
    const { exp = 0, nbf } = claims;
    const good = { caller: callerOf(claims, rules), exp, ...(nbf !== undefined && { nbf }) };
    remembered.set(token, good);
    return good;
  }
}

interface GoodToken {
  readonly caller: Caller;
  readonly exp: number;
  readonly nbf?: number;
}

/** By their hash, so that memory holds no token; those that were used last stay. */
function rememberedTokens() {
  const tokens = new Map<string, GoodToken>();
  const keyOf = (token: string) => createHash('sha256').update(token).digest('base64');
  function put(key: string, good: GoodToken) {
    tokens.delete(key);
    tokens.set(key, good);
    const [first] = tokens.keys();
    if (tokens.size > REMEMBERED && first !== undefined) tokens.delete(first);
  }
  return {
    get(token: string): GoodToken | undefined {
      const key = keyOf(token);
      const good = tokens.get(key);
      if (good) put(key, good);
      return good;
    },
    set: (token: string, good: GoodToken) => put(keyOf(token), good),
  };
}

/** Requires the scope of a command. Only the clients that the stage's configuration names are registrars. */
export function requireScope(
  { client, scopes }: Caller,
  { scope, registrarToo }: Pick<CommandDefinition, 'scope' | 'registrarToo'>,
  registrars: readonly string[],
): void {
  if (registrarToo && scopes.includes('registry/registrar') && registrars.includes(client)) return;
  if (!scopes.includes(scope)) {
    throw scopeLacking(`the operation takes the scope ${scope}`, scope);
  }
  const isRegistrar = registrars.includes(client);
  if (scope === 'registry/registrar' && !isRegistrar) {
    throw new ProblemError('right-lacking', 'the client is not one of the registrars of this registry');
  }
  if (scope === 'registry/submit' && isRegistrar) {
    throw new ProblemError('right-lacking', 'a registrar never originates a fact');
  }
}
