/** Which tokens are accepted, as the configuration of the stage says. */
export interface TokenRules {
  /** The OpenID issuer, exactly as `iss` names it; its keys are those of its discovery document. */
  readonly issuer: string;
  /** Where its discovery document is, when it is not below the issuer. */
  readonly discovery?: string;
  /** What `aud` has to name: the registry, as the issuer knows it. */
  readonly audience?: string;
  /** Claims and the values that they have to have, for issuers whose access tokens have no `aud`. */
  readonly requiredClaims?: Readonly<Record<string, string>>;
  /** The claim that names the client, where it is none of `client_id`, `azp`, `appid` and `cid`. */
  readonly clientClaim?: string;
  /** Whether the header has to name the type of access tokens (RFC 9068 §2.1). */
  readonly tokenType?: 'at+jwt';
}

/** The rules alone, as functions find them in their environment. */
export const writeTokenRules = ({
  issuer,
  discovery,
  audience,
  requiredClaims,
  clientClaim,
  tokenType,
}: TokenRules): string => JSON.stringify({ issuer, discovery, audience, requiredClaims, clientClaim, tokenType });

export const readTokenRules = (text: string): TokenRules => JSON.parse(text);

/** Whether an address is one of https, or of http on this machine, and names no user. */
export function isSecureUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username } = new URL(address);
  const isLocal = protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname);
  return (protocol === 'https:' || isLocal) && username === '';
}

export function* faultsOfTokenRules(rules: TokenRules) {
  const { issuer, discovery, audience, requiredClaims, clientClaim, tokenType } = rules;
  if (!isSecureUrl(issuer) || /[?#]/.test(issuer)) {
    yield `issuer must be an https URL (http on localhost only) without query or user: not "${issuer}"`;
  }
  if (discovery !== undefined && !isSecureUrl(discovery)) {
    yield `discovery must be an https URL (http on localhost only) without user: not "${discovery}"`;
  }
  if (audience === undefined && requiredClaims === undefined) {
    yield 'audience must say what the aud of a token has to name; of an issuer whose access tokens have no aud, requiredClaims must say what takes its place, such as { token_use: "access" } of Amazon Cognito';
  }
  if (audience !== undefined && !isWord(audience)) yield `audience must be a text without spaces: not "${audience}"`;
  if (requiredClaims !== undefined && !areClaims(requiredClaims)) {
    yield `requiredClaims must name at least one claim, and a value for each: not ${JSON.stringify(requiredClaims)}`;
  }
  if (clientClaim !== undefined && !isWord(clientClaim)) yield `clientClaim must name a claim: not "${clientClaim}"`;
  if (tokenType !== undefined && tokenType !== 'at+jwt') yield `tokenType can only be at+jwt: not "${tokenType}"`;
}

const isWord = (value: unknown) => typeof value === 'string' && /^\S+$/.test(value);

const areClaims = (claims: Readonly<Record<string, string>>) =>
  Object.keys(claims).length > 0 &&
  Object.entries(claims).every(([name, value]) => isWord(name) && typeof value === 'string' && value !== '');
