import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importJWK, type JWK, SignJWT } from 'jose';
import { RegistryProblem } from '../typescript/problem.ts';
import { createRegistry } from '../typescript/registry.ts';
import { Unreachable } from '../typescript/transport.ts';
import { common, moreIn, parseOptions } from './options.ts';
import { printJson, type Subcommand, type Terminal, UsageError } from './usage.ts';

const DEFAULT_DATA = fileURLToPath(new URL('../../.data', import.meta.url));
const LIFETIME_SECONDS = 12 * 60 * 60;
const REGISTRAR = 'registrar';
/** The scope of clients that were appointed. */
const SUBMITS = 'registry/submit';
/** The most clients that an error names. */
const MOST_NAMED = 10;

const usage = `registry token --client NAME [--data DIR] [--json]

Prints a bearer token of the local issuer, valid for ${LIFETIME_SECONDS / 3600} hours.

  --client NAME  gzde, gdgje (may submit), registrar, or a client that a registrar has appointed, for which the registry
                 has to run
  --data DIR     the data directory of the registry (.data beside package.json)
  --json         the answer of a token endpoint: the token with its lifetime and scope

Example: curl -H "Authorization: Bearer $(registry token --client gzde)" …
Exit codes: 0 done; 1 something failed; 2 the command line does not fit, or there is no such client or directory.`;

/** The file in the data directory of a local run that says how to sign tokens. */
interface IssuerFile {
  readonly issuer: string;
  /** Where the registry was last started; files of older releases have it as the issuer. */
  readonly url?: string;
  readonly key: JWK;
  readonly clients: Readonly<Record<string, { readonly scope: string }>>;
}

/**
 * Signs the token with the key in the data directory, which only its owner can read. So the registry need not run, and
 * needs no operation that hands out tokens.
 */
export const token: Subcommand = {
  usage,
  async run(args, terminal) {
    const { client, data, json } = parseOptions(usage, args, {
      client: { type: 'string' },
      data: { type: 'string' },
      json: common.json,
    }).values;
    if (!client) throw new UsageError(`--client is missing.\n${moreIn(usage)}`);
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
  const file = readIssuer(resolve(data ?? DEFAULT_DATA));
  const own = Object.hasOwn(file.clients, client) ? file.clients[client] : undefined;
  if (!own) await assertAppointed(client, file);
  const { scope } = own ?? { scope: SUBMITS };
  return { access_token: await signed(file, client, scope), scope };
}

/** Asks the running registry, as a registrar. @throws UsageError when nobody has appointed the client, or nothing answers */
async function assertAppointed(client: string, file: IssuerFile): Promise<void> {
  const own = Object.keys(file.clients).join(', ');
  const token = await signed(file, REGISTRAR, file.clients[REGISTRAR]?.scope ?? '');
  const registry = createRegistry({ url: file.url ?? file.issuer, token, tries: 1 });
  const others: string[] = [];
  try {
    for await (const one of registry.clients({ limit: 100 })) {
      if (one.client === client) return;
      if (!Object.hasOwn(file.clients, one.client)) others.push(one.client);
    }
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof RegistryProblem)) throw error;
    throw new UsageError(
      `Only the running registry tells whether "${client}" was appointed; the local issuer itself knows ${own}. ${error.message}`,
    );
  }
  const appointed = others.slice(0, MOST_NAMED).join(', ') || 'no other client';
  throw new UsageError(
    `Nobody has appointed the client "${client}". The local issuer knows ${own}; appointed is ${appointed}${others.length > MOST_NAMED ? ', …' : ''}. ` +
      `A registrar appoints it: POST ${registry.transport.url}/v1/organizations/<id>/appoint-client with { "client": "${client}", "evidence": … }.`,
  );
}

async function signed({ issuer, key }: IssuerFile, client: string, scope: string): Promise<string> {
  return new SignJWT({ client_id: client, scope })
    .setProtectedHeader({ alg: String(key.alg), kid: String(key.kid), typ: 'at+jwt' })
    .setIssuer(issuer)
    .setSubject(client)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME_SECONDS}s`)
    .sign(await importJWK(key));
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
