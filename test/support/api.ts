import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createCommands } from '../../functions/commands/commands.ts';
import { createAuthenticate } from '../../functions/http/auth.ts';
import { createEventStore } from '../../functions/stores/event-store.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import { createVault } from '../../functions/stores/vault.ts';
import { createViews } from '../../functions/stores/views.ts';
import { createBus } from './bus.ts';
import { minute, ORIGIN } from './commits.ts';
import { held } from './contract.ts';
import type { TestEngine } from './engine.ts';
import { type Tap, tapped } from './faults.ts';
import { expectDocumented } from './operations.ts';
import { testSequencer } from './sequencer.ts';

const ISSUER = 'https://issuer.example.org';
const AUDIENCE = 'https://registry.example.org';
export const REGISTRAR = 'registrar';

const { privateKey, publicKey } = await generateKeyPair('ES256');
const stranger = await generateKeyPair('ES256');
const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'first', alg: 'ES256' }] });

/** Verifies the tokens of that issuer. */
export const authenticate = createAuthenticate({ issuer: ISSUER, audience: AUDIENCE }, { keys });

export interface TokenOptions {
  claims?: Record<string, unknown>;
  issuer?: string;
  /** When it expires, as `jose` takes it; `null`: never. */
  expires?: string | null;
  /** Signed with a key that the issuer has not published. */
  forged?: boolean;
}

/** An access token of the issuer, or one that is wrong in some way. */
export function tokenFor(client: string, { claims = {}, issuer = ISSUER, expires = '1h', forged }: TokenOptions = {}) {
  const scope = client === REGISTRAR ? 'registry/registrar registry/submit' : 'registry/submit';
  const token = new SignJWT({ client_id: client, aud: AUDIENCE, scope, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'first' })
    .setIssuer(issuer);
  if (expires !== null) token.setExpirationTime(expires);
  return token.sign(forged ? stranger.privateKey : privateKey);
}

const tokens = new Map<string, Promise<string>>();
function cachedToken(client: string): Promise<string> {
  const token = tokens.get(client) ?? tokenFor(client);
  tokens.set(client, token);
  return token;
}

export interface PostOptions {
  client?: string;
  key?: string | null;
  /** The Authorization header instead of a good one. */
  authorization?: string | null;
  headers?: Record<string, string>;
  /** The body as it goes over the wire instead of the value's JSON. */
  raw?: string | Uint8Array<ArrayBuffer>;
}

export interface ApiOptions {
  /** In the way of what the event store sends. */
  taps?: Tap[];
  clock?: () => Date;
  applied?: () => Promise<number | undefined>;
  sleep?: (milliseconds: number) => Promise<unknown>;
  /** Other tables than the engine's own. */
  tables?: { events: string; log: string; people: string; views?: string };
}

export type TestApi = ReturnType<typeof testApi>;

let requests = 0;
let salts = 0;
function nextSalt(): Uint8Array {
  salts += 1;
  return new Uint8Array(32).fill(salts);
}

/** The write side over an engine, with real tokens of an issuer of its own. */
export function testApi(engine: TestEngine, options: ApiOptions = {}) {
  const { taps = [], tables = engine.tables, clock = () => new Date('2026-02-03T04:05:06.789Z') } = options;
  const { documents } = engine;
  const failures: unknown[] = [];
  const log = createLogStore({ documents, table: tables.log });
  const store = createEventStore({ documents, table: tables.events });
  const commands = createCommands({
    store: createEventStore({ documents: tapped(documents, ...taps), table: tables.events }),
    vault: createVault({ documents, table: tables.people }),
    salt: nextSalt,
    views: createViews({ documents, table: tables.views ?? engine.tables.views }),
    log,
    applied: options.applied ?? (async () => -1),
    tables: { events: tables.events, log: tables.log },
    origin: ORIGIN,
    registrars: [REGISTRAR],
    authenticate,
    logger: { error: (...line) => void failures.push(line) },
    clock,
    pause: async () => {},
    sleep: options.sleep ?? (async () => {}),
  });
  const app = held(commands);

  async function post(path: string, body: unknown, how: PostOptions = {}) {
    requests += 1;
    const { client = 'gzde', key = `request-${requests}`, authorization } = how;
    const headers = new Headers({ 'Content-Type': 'application/json' });
    if (key !== null) headers.set('Idempotency-Key', key);
    if (authorization === undefined) headers.set('Authorization', `Bearer ${await cachedToken(client)}`);
    else if (authorization !== null) headers.set('Authorization', authorization);
    for (const [name, value] of Object.entries(how.headers ?? {})) headers.set(name, value);
    const response = await app.request(path, { method: 'POST', headers, body: how.raw ?? JSON.stringify(body) });
    const text = await response.text();
    // biome-ignore lint/suspicious/noExplicitAny: the test asserts what it is
    const json: any = text === '' ? undefined : JSON.parse(text);
    expectDocumented('POST', path, response.status, json?.type);
    return { status: response.status, headers: response.headers, text, body: json };
  }

  const seal = () => testSequencer({ documents, tables, bus: createBus() }).run(minute);
  return { app, post, store, log, seal, failures };
}

export const evidence = [{ source: { title: 'Press release', publishedOn: '2023-02-27' }, basis: 'stated' }];

export const organization = (name = 'Guangzhou Diamond Exchange', more: object = {}) => ({
  kind: 'exchange',
  names: [{ value: name, lang: 'en' }],
  evidence,
  ...more,
});

/** An LEI with right check digits (ISO 7064 MOD 97-10). */
export function leiOf(number: number): string {
  const base = `5299${String(number).padStart(14, '0')}`;
  const rest = Number(BigInt([...`${base}00`].map((sign) => Number.parseInt(sign, 36)).join('')) % 97n);
  return base + String(98 - rest).padStart(2, '0');
}
