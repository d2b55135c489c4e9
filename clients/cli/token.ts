import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importJWK, type JWK, SignJWT } from 'jose';
import { common, parseOptions } from './options.ts';
import { printJson, type Subcommand, type Terminal, UsageError } from './usage.ts';

const DEFAULT_DATA = fileURLToPath(new URL('../../.data', import.meta.url));
const LIFETIME_SECONDS = 12 * 60 * 60;

const usage = `registry token --client NAME [--data DIR] [--json]

Prints a bearer token of the local issuer, valid for ${LIFETIME_SECONDS / 3600} hours.

  --client NAME  gzde, gdgje (may submit) or registrar
  --data DIR     the data directory of the registry (.data beside package.json)
  --json         the answer of a token endpoint: the token with its lifetime and scope`;

/** The file in the data directory of a local run that says how to sign tokens. */
interface IssuerFile {
  readonly issuer: string;
  readonly key: JWK;
  readonly clients: Readonly<Record<string, { readonly scope: string }>>;
}

/**
 * Signs the token with the key in the data directory, which only its owner can read. So the registry need not run, and
 * needs no operation that hands out tokens.
 */
export const token: Subcommand = {
  summary: 'a bearer token of the local issuer',
  usage,
  async run(args, terminal) {
    const { client, data, json } = parseOptions(usage, args, {
      client: { type: 'string' },
      data: { type: 'string' },
      json: common.json,
    }).values;
    if (!client) throw new UsageError(`--client is missing.\n\n${usage}`);
    const { access_token, scope } = await makeToken(client, data);
    const answer = { access_token, token_type: 'Bearer', expires_in: LIFETIME_SECONDS, scope };
    if (json) printJson(terminal, answer);
    else terminal.out(access_token);
    return 0;
  },
};

/** The options of a command that needs a token. */
export const tokenOptions = {
  client: { type: 'string' },
  data: { type: 'string' },
  token: { type: 'string' },
} as const;
type TokenOptions = { readonly [Option in keyof typeof tokenOptions]?: string | undefined };

/** The token that options or environment name. @throws UsageError */
export async function givenToken(
  { token: given, client, data }: TokenOptions,
  { env }: Pick<Terminal, 'env'>,
): Promise<string | undefined> {
  if (given !== undefined && client !== undefined) throw new UsageError('--token and --client exclude each other.');
  if (client !== undefined) return (await makeToken(client, data)).access_token;
  const text = given ?? env.REGISTRY_TOKEN;
  return text === undefined ? undefined : bearer(text);
}

/** A bearer token (RFC 6750 section 2.1). Other text is refused here, because `fetch` would quote it in its error. */
function bearer(given: string): string {
  const trimmed = given.trim();
  if (!/^[\w\-.~+/]+=*$/.test(trimmed)) throw new UsageError('What was given as the token is no bearer token.');
  return trimmed;
}

/** A token for a client of the local issuer. @throws UsageError when there is no such issuer or client */
export async function makeToken(client: string, data?: string): Promise<{ access_token: string; scope: string }> {
  const { issuer, key, clients } = readIssuer(resolve(data ?? DEFAULT_DATA));
  const known = Object.hasOwn(clients, client) ? clients[client] : undefined;
  if (!known) {
    throw new UsageError(`The local issuer knows no client "${client}"; it knows ${Object.keys(clients).join(', ')}.`);
  }
  const access_token = await new SignJWT({ client_id: client, scope: known.scope })
    .setProtectedHeader({ alg: String(key.alg), kid: String(key.kid), typ: 'at+jwt' })
    .setIssuer(issuer)
    .setSubject(client)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME_SECONDS}s`)
    .sign(await importJWK(key));
  return { access_token, scope: known.scope };
}

function readIssuer(data: string): IssuerFile {
  try {
    return JSON.parse(readFileSync(join(data, 'issuer.json'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UsageError(
      `No registry was ever started on ${data}: run npm start, or name its directory with --data DIR.`,
    );
  }
}
