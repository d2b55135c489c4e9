import type { ServerResponse } from 'node:http';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Authenticate, createAuthenticate } from '../../../functions/http/auth.ts';
import { issuerKeys } from '../../../functions/http/issuer-keys.ts';
import { ProblemError } from '../../../functions/http/problem.ts';
import { json, outages, type SigningKey, signed, signingKey, startIssuer } from '../../support/issuer.ts';

const DISCOVERY = '/issuer/.well-known/openid-configuration';
const KEYS = '/issuer/keys';
const MINUTE = 60_000;

let first: SigningKey;
let second: SigningKey;
beforeAll(async () => {
  [first, second] = await Promise.all([signingKey('ES256', 'first'), signingKey('ES256', 'second')]);
});

let web: Awaited<ReturnType<typeof startIssuer>>;
let issuer: string;
let now: number;
let authenticate: Authenticate;
let serial = 0;

/** A function that starts: it knows neither keys nor tokens. */
const started = () => {
  const clock = () => now;
  return createAuthenticate(
    { issuer, audience: 'registry' },
    { keys: issuerKeys(issuer, { clock, timeout: 1000 }), clock },
  );
};

beforeEach(async () => {
  web = await startIssuer();
  issuer = web.publish('/issuer', KEYS, [first.jwk]);
  now = Date.parse('2026-02-03T04:05:06Z');
  authenticate = started();
});
afterEach(() => web.stop());

interface Times {
  readonly exp?: number;
  readonly nbf?: number;
}

/** A token that was never shown before; times are in seconds from now. */
async function bearer(key = first, { exp = 86_400, nbf }: Times = {}) {
  serial += 1;
  const at = (after: number) => Math.floor(now / 1000) + after;
  const claims = { iss: issuer, aud: 'registry', azp: 'gzde', jti: String(serial), exp: at(exp) };
  const token = await signed(nbf === undefined ? claims : { ...claims, nbf: at(nbf) }, key, {
    kid: key.jwk.kid as string,
  });
  return `Bearer ${token}`;
}

/** The client, or the rule of the refusal. */
const outcome = (authorization: string) =>
  authenticate(authorization).then(
    ({ client }) => client,
    (error: unknown) => (error instanceof ProblemError ? error.rule : error),
  );

const outage = (path: string, how: keyof typeof outages) => web.documents.set(path, outages[how] as () => void);

describe('while the issuer gives no keys', () => {
  const cases = [DISCOVERY, KEYS].flatMap((path) => Object.keys(outages).map((how) => [path, how] as const));

  it.each(cases)('(%s %s) a function that has none answers 503 with Retry-After', async (path, how) => {
    outage(path, how);
    const refused = await authenticate(await bearer()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ rule: 'unavailable', headers: { 'Retry-After': '5' } });
    expect((refused as ProblemError).headers).not.toHaveProperty('WWW-Authenticate');
  });

  it.each(cases)('(%s %s) a function that has some uses them, however old', async (path, how) => {
    expect(await outcome(await bearer())).toBe('gzde');
    outage(path, how);
    now += 600 * MINUTE;
    expect(await outcome(await bearer())).toBe('gzde');
    expect(await outcome(await bearer(second))).toBe('unavailable');
  });

  it.each([
    ['anything', () => {}],
    ['all of its answer', (response: ServerResponse) => response.write('{"keys": [')],
  ])('because it does not send %s', async (_, answer) => {
    web.documents.set(KEYS, answer);
    expect(await outcome(await bearer())).toBe('unavailable');
  });

  it('nothing listens at its address', async () => {
    await web.stop();
    expect(await outcome(await bearer())).toBe('unavailable');
  });

  it('requests that old keys answer ask it once in 30 seconds', async () => {
    expect(await outcome(await bearer())).toBe('gzde');
    outage(DISCOVERY, 'answers 500');
    now += 10 * MINUTE;
    const asked = web.asked.length;
    for (let i = 0; i < 6; i++) {
      expect(await outcome(await bearer())).toBe('gzde');
      now += 5000;
    }
    expect(web.asked).toHaveLength(asked + 1);
  });

  it('it is not asked again before the time of Retry-After, and then with success', async () => {
    outage(KEYS, 'answers 500');
    for (let i = 0; i < 5; i++) expect(await outcome(await bearer())).toBe('unavailable');
    expect(web.asked.filter((path) => path === KEYS)).toHaveLength(1);
    issuer = web.publish('/issuer', KEYS, [first.jwk]);
    now += 5000;
    expect(await outcome(await bearer())).toBe('gzde');
  });

  it('a token that was found good stays good until it expires', async () => {
    const token = await bearer(first, { exp: 3600 });
    expect(await outcome(token)).toBe('gzde');
    await web.stop();
    now += 59 * MINUTE;
    expect(await outcome(token)).toBe('gzde');
    now += MINUTE;
    expect(await outcome(token)).toBe('token-invalid');
  });

  it('a token that is plainly wrong is still told so', async () => {
    outage(KEYS, 'answers 500');
    expect(await outcome('Bearer nonsense')).toBe('token-invalid');
  });
});

describe('the keys of an issuer', () => {
  it('are asked for once by requests at the same time', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => bearer()));
    expect(new Set(await Promise.all(tokens.map(outcome)))).toEqual(new Set(['gzde']));
    expect(web.asked).toEqual([DISCOVERY, KEYS]);
  });

  it('are asked for again for a key that is new, and for made-up ones once in 30 seconds', async () => {
    expect(await outcome(await bearer())).toBe('gzde');
    now += 30_000;
    web.publish('/issuer', KEYS, [first.jwk, second.jwk]);
    expect(await outcome(await bearer(second))).toBe('gzde');
    const asked = web.asked.length;
    const made = await signingKey('ES256', 'made-up');
    for (let i = 0; i < 5; i++) expect(await outcome(await bearer(made))).toBe('token-invalid');
    expect(web.asked).toHaveLength(asked);
  });

  it('that it has withdrawn are good for ten minutes more', async () => {
    expect(await outcome(await bearer())).toBe('gzde');
    web.publish('/issuer', KEYS, [second.jwk]);
    now += 10 * MINUTE - 1;
    expect(await outcome(await bearer())).toBe('gzde');
    now += 1;
    expect(await outcome(await bearer())).toBe('token-invalid');
  });

  it.each<[string, () => unknown]>([
    ['another issuer', () => ({ issuer: `${issuer}/`, jwks_uri: web.origin + KEYS })],
    ['no issuer', () => ({ jwks_uri: web.origin + KEYS })],
    ['keys at an address of plain http', () => ({ issuer, jwks_uri: 'http://keys.example.org/' })],
    ['keys in a file', () => ({ issuer, jwks_uri: 'file:///etc/keys' })],
    ['keys nowhere', () => ({ issuer })],
  ])('are not taken from a document that names %s', async (_, document) => {
    web.documents.set(DISCOVERY, json(document()));
    expect(await outcome(await bearer())).toBe('unavailable');
    expect(web.asked).toEqual([DISCOVERY]);
  });

  it('that cannot be used are not the fault of the token', async () => {
    web.documents.set(
      KEYS,
      json({ keys: [{ kty: 'EC', crv: 'P-256', alg: 'ES256', kid: 'first', x: 'AA', y: 'AA' }] }),
    );
    expect(await outcome(await bearer())).toBe('unavailable');
  });
});

describe('a token that was found good', () => {
  it('is not verified again', async () => {
    const token = await bearer();
    expect(await outcome(token)).toBe('gzde');
    web.documents.set(KEYS, json({ keys: [] }));
    now += 60 * MINUTE;
    expect(await outcome(await bearer())).toBe('token-invalid');
    expect(await outcome(token)).toBe('gzde');
  });

  it('is judged by its times whenever it is shown', async () => {
    const token = await bearer(first, { nbf: 0 });
    expect(await outcome(token)).toBe('gzde');
    now -= MINUTE;
    expect(await outcome(token)).toBe('token-invalid');
  });

  it('is forgotten for the thousand tokens that were shown since', async () => {
    const [kept, forgotten] = [await bearer(), await bearer()];
    expect([await outcome(kept), await outcome(forgotten)]).toEqual(['gzde', 'gzde']);
    for (let i = 0; i < 999; i++) {
      if (i === 500) expect(await outcome(kept)).toBe('gzde');
      expect(await outcome(await bearer())).toBe('gzde');
    }
    web.documents.set(KEYS, json({ keys: [] }));
    now += 60 * MINUTE;
    expect([await outcome(kept), await outcome(forgotten)]).toEqual(['gzde', 'token-invalid']);
  });
});
