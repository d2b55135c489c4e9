import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';

export interface SigningKey {
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function signingKey(alg: string, kid?: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  return { alg, privateKey, jwk: { ...(await exportJWK(publicKey)), alg, use: 'sig', ...(kid && { kid }) } };
}

/** Any token: nothing is added to header or claims but the algorithm. */
export const signed = (
  claims: Record<string, unknown>,
  key: SigningKey,
  header: Omit<JWTHeaderParameters, 'alg'> = {},
) => new SignJWT(claims).setProtectedHeader({ ...header, alg: key.alg }).sign(key.privateKey);

type Document = (response: ServerResponse) => unknown;

/** A document as an issuer serves it. */
export const json =
  (value: unknown): Document =>
  (response) =>
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(value));

/** What a server answers in place of a document, each by itself a reason to have no keys. */
export const outages: Readonly<Record<string, Document>> = {
  'answers 500': (response) => response.writeHead(500).end(),
  'answers 404': (response) => response.writeHead(404).end(),
  'answers HTML': (response) => response.end('<html>maintenance</html>'),
  'answers null': json(null),
  'answers no keys': json({ keys: 'none' }),
  redirects: (response) => response.writeHead(302, { Location: '/elsewhere' }).end(),
  'closes the connection': (response) => response.destroy(),
};

/** A web server on this machine with the documents of one or several issuers, by path. */
export async function startIssuer() {
  const documents = new Map<string, Document>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const answer = documents.get(request.url ?? '') ?? outages['answers 404'];
    answer?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** Publishes an issuer under a path, with its keys under another. */
  function publish(path: string, keysPath: string, keys: readonly JWK[]) {
    documents.set(
      `${path.replace(/\/$/, '')}/.well-known/openid-configuration`,
      json({ issuer: origin + path, jwks_uri: origin + keysPath }),
    );
    documents.set(keysPath, json({ keys }));
    return origin + path;
  }

  async function stop() {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  return { origin, documents, asked, publish, stop };
}
