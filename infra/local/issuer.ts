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
  readonly url: string;
  /** An access token for one of the clients. */
  token(client: string): Promise<string>;
  /** Answers the paths of its discovery document and its keys; undefined for every other path. */
  answer(path: string): ReturnType<Answers> | undefined;
}

interface IssuerFile {
  readonly issuer: string;
  readonly key: JWK;
  readonly clients: typeof clients;
}

/**
 * An OIDC issuer with a key of its own. Its file in the data directory, which only the owner can read, holds what
 * `registry token` needs: the issuer's current URL, its key and its clients.
 */
export async function openIssuer(url: string, file: string): Promise<Issuer> {
  const key = readKey(file) ?? (await newKey());
  const content: IssuerFile = { issuer: url, key, clients };
  writeWhole(file, `${JSON.stringify(content, null, 2)}\n`);
  const { kid = '', alg = '' } = key;
  const { d: _, ...publicKey } = key;
  const privateKey = await importJWK(key);

  const documents: Readonly<Record<string, object>> = {
    '/.well-known/jwks.json': { keys: [publicKey] },
    '/.well-known/openid-configuration': {
      issuer: url,
      jwks_uri: `${url}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: [alg],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      scopes_supported: [...new Set(Object.values(clients).map(({ scope }) => scope))],
    },
  };

  return {
    url,
    answer: (path) => documents[path] && Promise.resolve(jsonAnswer(200, documents[path])),
    token(client) {
      const known = clients[client];
      if (!known) throw new Error(`the local issuer knows no client ${client}: ${Object.keys(clients).join(', ')}`);
      return new SignJWT({ client_id: client, scope: known.scope })
        .setProtectedHeader({ alg, kid, typ: 'at+jwt' })
        .setIssuer(url)
        .setSubject(client)
        .setIssuedAt()
        .setExpirationTime(OWN_TOKENS)
        .sign(privateKey);
    },
  };
}

function readKey(file: string): JWK | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as IssuerFile).key : undefined;
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = await exportJWK(privateKey);
  return { ...key, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(key) };
}
