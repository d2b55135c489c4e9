import { createPublicKey, hash, verify } from 'node:crypto';
import type { Hash } from '../../../domain/log/merkle.ts';
import type { VerifySignature } from '../../../domain/log/note.ts';

/** SHA-256. */
export const digest: Hash = (bytes) => hash('sha256', bytes, 'buffer');

/** Ed25519 (RFC 8032). */
export const verifySignature: VerifySignature = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};

/** What verifying a proof takes. */
export const proofCrypto = { hash: digest, verify: verifySignature };
