import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { CommandDefinition } from '../../domain/kernel/aggregate.ts';
import { ProblemError } from './problem.ts';

export interface Caller {
  readonly client: string;
  readonly scopes: readonly string[];
}

export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

const challenge = { 'WWW-Authenticate': 'Bearer' };

/** Verifies access tokens of one OIDC issuer against its published keys (JWT, RFC 9068; asymmetric signatures only). */
export function createAuthenticate(
  issuer: string,
  keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)),
): Authenticate {
  return async (authorization) => {
    const token = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      throw new ProblemError('token-missing', 'the Authorization header holds no bearer token', { headers: challenge });
    }
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      requiredClaims: ['exp'],
    }).catch((cause: unknown) => {
      if (!(cause instanceof errors.JOSEError)) throw cause;
      throw new ProblemError('token-invalid', cause.message, { headers: challenge, cause });
    });
    const client = payload.client_id ?? payload.sub;
    if (typeof client !== 'string' || client === '') {
      throw new ProblemError('token-invalid', 'the token names no client', { headers: challenge });
    }
    const scope = payload.scope;
    return { client, scopes: typeof scope === 'string' ? scope.split(' ') : [] };
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
    throw new ProblemError('scope-lacking', `the operation takes the scope ${scope}`);
  }
  const isRegistrar = registrars.includes(client);
  if (scope === 'registry/registrar' && !isRegistrar) {
    throw new ProblemError('right-lacking', 'the client is not one of the registrars of this registry');
  }
  if (scope === 'registry/submit' && isRegistrar) {
    throw new ProblemError('right-lacking', 'a registrar never originates a fact');
  }
}
