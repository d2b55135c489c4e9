import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticate } from '../../../functions/http/auth.ts';
import { ProblemError } from '../../../functions/http/problem.ts';
import type { TokenRules } from '../../../functions/http/token-rules.ts';
import { json, type SigningKey, signed, signingKey, startIssuer } from '../../support/issuer.ts';
import { accessTokens, idTokens, type TokenShape } from './token-shapes.ts';

const KID = 'key-1';
const keys = new Map<string, Promise<SigningKey>>();
function keyOf(alg: string): Promise<SigningKey> {
  const key = keys.get(alg) ?? signingKey(alg, KID);
  keys.set(alg, key);
  return key;
}

let web: Awaited<ReturnType<typeof startIssuer>>;
beforeAll(async () => {
  web = await startIssuer();
});
afterAll(() => web?.stop());

const seconds = () => Math.floor(Date.now() / 1000);

/** The value with what stands for the issuer and for times replaced. */
function filled<Value>(value: Value, issuer: string): Value {
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll('{issuer}', issuer)
      .replaceAll('"{now}"', String(seconds()))
      .replaceAll('"{in1h}"', String(seconds() + 3600)),
  );
}

const outcomeOf = (asked: Promise<unknown>) =>
  asked.catch((error: unknown) => {
    if (!(error instanceof ProblemError)) throw error;
    return error;
  });

async function outcomeOfShape({ issuer: path, keys: keysPath, alg = 'RS256', header, rules, claims }: TokenShape) {
  const key = await keyOf(alg);
  const issuer = web.publish(path, keysPath, [key.jwk]);
  const token = await signed(filled(claims, issuer), key, { kid: KID, ...header });
  return outcomeOf(createAuthenticate({ ...filled(rules, issuer), issuer })(`Bearer ${token}`));
}

describe('an access token', () => {
  it('may be of an issuer whose keys are found elsewhere, by a document that still names it', async () => {
    const key = await keyOf('ES256');
    const elsewhere = web.publish('/elsewhere', '/elsewhere/keys', [key.jwk]);
    const inside = `${elsewhere}/.well-known/openid-configuration`;
    const issuer = 'https://issuer.example.org';
    const claims = { iss: issuer, aud: 'registry', client_id: 'gzde', sub: 'gzde', exp: seconds() + 60 };
    const token = await signed(claims, key, { kid: KID });
    const judge = () =>
      outcomeOf(createAuthenticate({ issuer, discovery: inside, audience: 'registry' })(`Bearer ${token}`));
    expect(await judge()).toMatchObject({ rule: 'unavailable' });
    web.documents.set(
      '/elsewhere/.well-known/openid-configuration',
      json({ issuer, jwks_uri: `${web.origin}/elsewhere/keys` }),
    );
    expect(await judge()).toMatchObject({ client: 'gzde' });
  });

  it.each(accessTokens.map((shape) => [shape.of, shape] as const))(
    'of %s tells its client and scopes',
    async (_, shape) => {
      const caller = await outcomeOfShape(shape);
      expect(caller).toMatchObject({ client: 'gzde', scopes: expect.arrayContaining(['registry/submit']) });
    },
  );

  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
    'may be signed with %s, by a key of that name',
    async (alg) => {
      const [shape] = accessTokens;
      expect(await outcomeOfShape({ ...(shape as TokenShape), alg })).toMatchObject({ client: 'gzde' });
    },
  );

  it('need not say by which of several keys it was signed', async () => {
    const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((kid) => signingKey('ES256', kid)));
    const issuer = web.publish('/several', '/several/keys', [one?.jwk ?? {}, two?.jwk ?? {}]);
    const authenticate = createAuthenticate({ issuer, audience: 'registry' });
    const claims = { iss: issuer, aud: 'registry', azp: 'gzde', exp: seconds() + 60 };
    const outcome = async (key?: SigningKey) =>
      outcomeOf(authenticate(`Bearer ${await signed(claims, key as SigningKey)}`));
    expect(await outcome(two)).toMatchObject({ client: 'gzde' });
    expect(await outcome(three)).toMatchObject({ rule: 'token-invalid' });
  });
});

describe('an ID token', () => {
  it.each(idTokens.map((shape) => [shape.of, shape] as const))('of %s is refused', async (_, shape) => {
    const refused = await outcomeOfShape(shape);
    expect(refused).toMatchObject({
      rule: 'token-invalid',
      message: expect.stringMatching(/^(this is an ID token|the token names no client)/),
    });
  });
});

/** The claims and the header of a good token, wrong in one thing. */
interface Hostile {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  /** In place of the signing key of the issuer. */
  readonly token?: (claims: Record<string, unknown>) => Promise<string>;
}

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const part = (header: object, claims: object) => `${base64(header)}.${base64(claims)}`;

/** Signed with HMAC by a secret that everybody knows: the public key. */
async function withPublicKey(claims: object, alg: string) {
  const { jwk } = await keyOf('RS256');
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, [
    'verify',
  ]);
  const content = part({ alg, kid: KID }, claims);
  return `${content}.${createHmac(`sha${alg.slice(2)}`, await exportSPKI(key))
    .update(content)
    .digest('base64url')}`;
}

const hostile: Readonly<Record<string, Hostile>> = {
  'signed by nobody': { token: async (claims) => `${part({ alg: 'none' }, claims)}.` },
  'signed by nobody, in other letters': { token: async (claims) => `${part({ alg: 'NonE', kid: KID }, claims)}.` },
  'signed with the public key as a secret (HS256)': { token: (claims) => withPublicKey(claims, 'HS256') },
  'signed with the public key as a secret (HS512)': { token: (claims) => withPublicKey(claims, 'HS512') },
  'signed by another key of the same name': {
    token: async (claims) => signed(claims, await signingKey('RS256', KID), { kid: KID }),
  },
  'signed by a key that it brings along (jwk)': {
    token: async (claims) => {
      const own = await signingKey('RS256', 'own');
      return signed(claims, own, { jwk: own.jwk });
    },
  },
  'of a changed payload': {
    token: async (claims) => {
      const [header, , signature] = (await signed(claims, await keyOf('RS256'), { kid: KID })).split('.');
      return [header, base64({ ...claims, client_id: 'registrar' }), signature].join('.');
    },
  },
  'encrypted, not signed': { token: async (claims) => `${part({ alg: 'dir', enc: 'A128GCM' }, claims)}.a.b.c` },
  'of no JSON': { token: async () => `${Buffer.from('{').toString('base64url')}.e30.c2ln` },
  'of claims that are a list': { token: async () => `${part({ alg: 'RS256', kid: KID }, [])}.c2ln` },
  'for another API': { claims: { aud: 'https://other.example.org' } },
  'for other APIs': { claims: { aud: ['https://other.example.org', 'account'] } },
  'for nobody': { claims: { aud: undefined } },
  'for an object': { claims: { aud: { 'https://registry.example.org': true } } },
  'for the registry written in other letters': { claims: { aud: 'https://Registry.example.org' } },
  'of another issuer': { claims: { iss: 'https://other.example.org' } },
  'of the issuer without its slash': { claims: { iss: '{issuer-without-slash}' } },
  'of no issuer': { claims: { iss: undefined } },
  'of several issuers': { claims: { iss: ['{issuer}'] } },
  expired: { claims: { exp: seconds() - 1 } },
  'without an end': { claims: { exp: undefined } },
  'with an end that is a text': { claims: { exp: String(seconds() + 3600) } },
  'valid from tomorrow': { claims: { nbf: seconds() + 86_400 } },
  'valid from a text': { claims: { nbf: 'now' } },
  'of no client, but of a subject': { claims: { client_id: undefined, sub: 'gzde' } },
  'of a client that is an object': { claims: { client_id: { id: 'gzde' } } },
  'of a client that is a list': { claims: { client_id: ['gzde'] } },
  'of a client that is a number': { claims: { client_id: 7 } },
  'of a client that is null, and of another': { claims: { client_id: null, azp: 'gzde' } },
  'of a client of 256 characters': { claims: { client_id: 'x'.repeat(256) } },
  'of a client of 4 KB': { claims: { client_id: 'x'.repeat(4096) } },
  'of an empty client': { claims: { client_id: '' } },
  'of a blank client': { claims: { client_id: ' \u200b' } },
  'of a client with a line break': { claims: { client_id: 'gzde\nregistrar' } },
  'of a client with NUL': { claims: { client_id: 'gzde\u0000' } },
  'of a client with a lone surrogate': { claims: { client_id: 'gzde\ud800' } },
  'with a nonce, as only an ID token has': { claims: { nonce: 'placeholder' } },
  'with an extension that nobody knows (crit)': { header: { crit: ['exp'], exp: 1 } },
  'with an extension whose name is a header': {
    header: { crit: ['x"\r\nSet-Cookie: a=b'], 'x"\r\nSet-Cookie: a=b': 1 },
  },
  'with an empty crit': { header: { crit: [] } },
  'with a payload that is not encoded (b64)': { header: { crit: ['b64'], b64: false } },
  'with the address of its keys (jku)': { header: { kid: 'evil', jku: '{web}/evil/keys' } },
  'with the address of its certificate (x5u)': { header: { kid: 'evil', x5u: '{web}/evil/certificate' } },
  'with a key id that is an object': { header: { kid: { evil: true } } },
  'with a key id that is a path': { header: { kid: '../../evil' } },
};

describe('a token', () => {
  const rules = { audience: 'https://registry.example.org' } satisfies Omit<TokenRules, 'issuer'>;

  async function outcomeOfHostile({ claims: change = {}, header = {}, token }: Hostile) {
    const key = await keyOf('RS256');
    const issuer = web.publish('/good/', '/good/keys', [key.jwk]);
    const good = {
      iss: issuer,
      aud: rules.audience,
      client_id: 'gzde',
      scope: 'registry/submit',
      exp: seconds() + 3600,
    };
    const text = JSON.stringify({ claims: { ...good, ...change }, header: { kid: KID, ...header } })
      .replaceAll('{issuer}', issuer)
      .replaceAll('{issuer-without-slash}', issuer.slice(0, -1))
      .replaceAll('{web}', web.origin);
    const { claims, header: all } = JSON.parse(text);
    const written = token ? await token(claims) : await signedAnyhow(claims, key, all);
    return outcomeOf(createAuthenticate({ ...rules, issuer })(`Bearer ${written}`));
  }

  it('is good if nothing is wrong with it', async () => {
    expect(await outcomeOfHostile({})).toEqual({ client: 'gzde', scopes: ['registry/submit'] });
  });

  it.each(Object.entries(hostile))('%s is refused, and so that the answer can be sent', async (_, wrong) => {
    const outcome = await outcomeOfHostile(wrong);
    expect(outcome).toMatchObject({ rule: 'token-invalid' });
    const { 'WWW-Authenticate': challenge = '' } = (outcome as ProblemError).headers;
    expect(challenge).toMatch(/^Bearer error="invalid_token"(, error_description="[\x20\x21\x23-\x5b\x5d-\x7e]+")?$/);
  });

  it('has nothing fetched that it names', () => {
    expect(web.asked.length).toBeGreaterThan(0);
    expect(web.asked.filter((path) => path.includes('evil'))).toEqual([]);
  });

  it('without the type is refused where the stage demands it', async () => {
    const [, , rfc9068] = accessTokens;
    for (const typ of ['JWT', 'jwt+at', '']) {
      const outcome = await outcomeOfShape({ ...(rfc9068 as TokenShape), header: { typ } });
      expect(outcome).toMatchObject({ rule: 'token-invalid' });
    }
    const long = await outcomeOfShape({ ...(rfc9068 as TokenShape), header: { typ: 'application/at+jwt' } });
    expect(long).toMatchObject({ client: 'gzde' });
  });

  it('names its client by the claim that the stage says', async () => {
    const [shape] = accessTokens as [TokenShape];
    const named = await outcomeOfShape({ ...shape, rules: { ...shape.rules, clientClaim: 'sub' } });
    expect(named).toMatchObject({ client: 'auth0|123456' });
  });

  it('lacks a claim that the stage requires', async () => {
    const cognito = accessTokens.find(({ of }) => of === 'Amazon Cognito') as TokenShape;
    for (const token_use of [undefined, 'id', ['access']]) {
      const outcome = await outcomeOfShape({ ...cognito, claims: { ...cognito.claims, token_use } });
      expect(outcome).toMatchObject({ rule: 'token-invalid' });
    }
  });

  afterAll(() => {
    const count = `${accessTokens.length} shapes of access tokens, ${idTokens.length} of ID tokens, ${Object.keys(hostile).length} hostile tokens`;
    console.log(`tokens tried: ${count}`);
  });
});

/** Signed with any header, also such as no library writes. */
async function signedAnyhow(claims: object, { privateKey }: SigningKey, header: object): Promise<string> {
  const content = part({ alg: 'RS256', ...header }, claims);
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(content));
  return `${content}.${Buffer.from(signature).toString('base64url')}`;
}
