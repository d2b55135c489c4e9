import { type CryptoKey, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { REGISTRY } from '../../domain/bookkeeping.ts';
import { text } from '../../domain/values/text.ts';
import { tokenInvalid } from './challenge.ts';
import type { TokenRules } from './token-rules.ts';

export interface Caller {
  readonly client: string;
  readonly scopes: readonly string[];
}

/** Signatures with the issuer's private key (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2); none with a shared secret. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
  ...['EdDSA', 'Ed25519'],
];

/** The claims by which issuers name the client; of several, the first counts. `sub` may as well name a person. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'appid', 'cid'];

/** The claims that only ID tokens have (OpenID Connect Core 1.0 §2, §3.3.2.11). */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash'];

/** A client id is part of every event of the client, and of the keys of its requests. The registry itself has one too. */
const clientId = text(255)
  .regex(/^\P{Cc}*$/u)
  .refine((id) => id !== REGISTRY);

/**
 * The claims of an access token of the issuer, after signature, times, issuer and audience were found good.
 * @throws ProblemError 401 when the token is not good, 503 when that cannot be told now
 */
export async function verifiedClaims(
  token: string,
  { issuer, audience, tokenType }: TokenRules,
  keys: JWTVerifyGetKey,
  now: number,
): Promise<JWTPayload> {
  const options = {
    issuer,
    algorithms: ALGORITHMS,
    requiredClaims: ['exp'],
    currentDate: new Date(now),
    ...(audience !== undefined && { audience }),
    ...(tokenType !== undefined && { typ: tokenType }),
  };
  const verify = async (key: JWTVerifyGetKey | CryptoKey) =>
    (await (typeof key === 'function' ? jwtVerify(token, key, options) : jwtVerify(token, key, options))).payload;
  try {
    return await verify(keys).catch((error) => withOneOf(error, verify));
  } catch (cause) {
    if (cause instanceof errors.JOSEError) throw tokenInvalid(whyNot(cause), cause);
    throw cause;
  }
}

/** What the check of a token found, in words. */
function whyNot(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.reason === 'missing'
      ? `the claim ${error.claim} is missing`
      : `the claim ${error.claim} is not as it has to be`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'the token is not signed by an algorithm that is accepted';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the signature does not fit the token and the key';
  if (error instanceof errors.JWKSNoMatchingKey) return 'the issuer has no key that the token could be signed with';
  return 'the token is no signed JWT (RFC 7515, RFC 7519)';
}

/** A token need not say by which of the issuer's keys it was signed. */
async function withOneOf(error: unknown, verify: (key: CryptoKey) => Promise<JWTPayload>): Promise<JWTPayload> {
  if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
  for await (const key of error) {
    try {
      return await verify(key);
    } catch (failed) {
      if (!(failed instanceof errors.JWSSignatureVerificationFailed)) throw failed;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

/** Whom the claims of an access token let in. @throws ProblemError 401 */
export function callerOf(claims: JWTPayload, rules: TokenRules): Caller {
  for (const [name, value] of Object.entries(rules.requiredClaims ?? {})) {
    if (!Object.hasOwn(claims, name) || claims[name] !== value) throw tokenInvalid(`the claim ${name} is not ${value}`);
  }
  const client = clientOf(claims, rules);
  if (isIdToken(claims, client)) throw tokenInvalid('this is an ID token, not an access token');
  const { scope, scp, roles } = claims;
  return { client, scopes: [...words(scope), ...words(scp), ...(Array.isArray(roles) ? words(roles) : [])] };
}

function clientOf(claims: JWTPayload, { clientClaim }: TokenRules): string {
  const names = clientClaim === undefined ? CLIENT_CLAIMS : [clientClaim];
  const name = names.find((one) => Object.hasOwn(claims, one));
  if (name === undefined) throw tokenInvalid(`the token names no client: it has no claim ${names.join(', ')}`);
  const { success, data } = clientId.safeParse(claims[name]);
  if (!success) throw tokenInvalid(`the claim ${name} is no client id that can be recorded`);
  return data;
}

/** Some issuers write `JWT` into the header of both kinds of token, so the claims have to tell them apart. */
function isIdToken(claims: JWTPayload, client: string): boolean {
  const { token_use: use, typ, aud = [] } = claims;
  if (use === 'id' || typ === 'ID' || ID_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name))) return true;
  const clients: unknown[] = [client, ...CLIENT_CLAIMS.map((name) => claims[name])];
  const audiences = [aud].flat();
  return audiences.length > 0 && audiences.every((audience) => clients.includes(audience));
}

/** The values of a claim that issuers write as one text or as a list. */
function words(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((value) => typeof value === 'string') : [];
}
