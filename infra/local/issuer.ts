import { existsSync, readFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { writeWhole } from './data-directory.ts';
import type { Answers } from './gateway.ts';
import { jsonAnswer } from './port.ts';

/** The clients of every local registry, with the scopes of their tokens. */
const clients: Readonly<Record<string, { readonly scope: string }>> = {
  gzde: { scope: 'registry/submit' },
  gdgje: { scope: 'registry/submit' },
  registrar: { scope: 'registry/registrar' },
};

/** The lifetime of tokens for loading the examples, which takes less. */
const OWN_TOKENS = '30m';

export interface Issuer {
  /** What tokens name as their issuer. */
  readonly issuer: string;
  /** The address of its discovery document. */
  readonly discovery: string;
  /** An access token for one of the clients. */
  token(client: string): Promise<string>;
  /** Answers the paths of its discovery document and its keys; undefined for every other path. */
  answer(path: string): ReturnType<Answers> | undefined;
}

interface IssuerFile {
  readonly issuer: string;
  /** Where the registry was last started. */
  readonly url: string;
  readonly key: JWK;
  readonly clients: typeof clients;
}

/** The path of its discovery document. */
const DISCOVERY = '/.well-known/openid-configuration';

/**
 * An OIDC issuer with a key of its own. Its file in the data directory, which only the owner can read, holds what
 * `registry token` needs: the issuer's name, its key and its clients. The name is of the data directory, so that tokens
 * outlive a restart on another port. Releases that took the port into it made it once: it stays as it is then.
 */
export async function openIssuer(url: string, origin: string, file: string): Promise<Issuer> {
  const kept = readFile(file);
  const key = kept?.key ?? (await newKey());
  const issuer = kept?.issuer ?? `http://${origin}`;
  const content: IssuerFile = { issuer, url, key, clients };
  writeWhole(file, `${JSON.stringify(content, null, 2)}\n`);
  const { kid = '', alg = '' } = key;
  const { d: _, ...publicKey } = key;
  const privateKey = await importJWK(key);

  const documents: Readonly<Record<string, object>> = {
    '/.well-known/jwks.json': { keys: [publicKey] },
    [DISCOVERY]: {
      issuer,
      jwks_uri: `${url}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: [alg],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      scopes_supported: [...new Set(Object.values(clients).map(({ scope }) => scope))],
    },
  };

  return {
    issuer,
    discovery: url + DISCOVERY,
    answer: (path) => documents[path] && Promise.resolve(jsonAnswer(200, documents[path])),
    token(client) {
      const known = clients[client];
      if (!known) throw new Error(`the local issuer knows no client ${client}: ${Object.keys(clients).join(', ')}`);
      return new SignJWT({ client_id: client, scope: known.scope })
        .setProtectedHeader({ alg, kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setSubject(client)
        .setIssuedAt()
        .setExpirationTime(OWN_TOKENS)
        .sign(privateKey);
    },
  };
}

function readFile(file: string): IssuerFile | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = await exportJWK(privateKey);
  return { ...key, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(key) };
}
