import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeWhole } from './data-directory.ts';

interface SignInput {
  readonly KeyId: string;
  /** base64 */
  readonly Message?: string;
  readonly MessageType?: string;
  readonly SigningAlgorithm?: string;
}

/** An answer of KMS, or one of its exceptions. */
export type KmsOutcome = { readonly answer: object } | { readonly exception: string; readonly message: string };

/**
 * The part of KMS that a signer needs (GetPublicKey, Sign), with one Ed25519 key. The first start makes the key, in a
 * file that only its owner can read.
 */
export function createKeys(arns: readonly string[], file: string) {
  const known = new Set(arns);
  const privateKey = keyIn(file);
  const unknown = (KeyId: string) => ({ exception: 'NotFoundException', message: `there is no key ${KeyId}` });
  const common = { KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: ['ED25519_SHA_512'] };

  function getPublicKey({ KeyId }: Pick<SignInput, 'KeyId'>): KmsOutcome {
    if (!known.has(KeyId)) return unknown(KeyId);
    const PublicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64');
    return { answer: { KeyId, PublicKey, ...common } };
  }

  function signMessage({ KeyId, Message = '', MessageType = 'RAW', SigningAlgorithm }: SignInput): KmsOutcome {
    if (!known.has(KeyId)) return unknown(KeyId);
    if (MessageType !== 'RAW' || SigningAlgorithm !== 'ED25519_SHA_512') {
      const message = `${MessageType} ${SigningAlgorithm}: only RAW ED25519_SHA_512 here`;
      return { exception: 'ValidationException', message };
    }
    const Signature = sign(null, Buffer.from(Message, 'base64'), privateKey).toString('base64');
    return { answer: { KeyId, Signature, SigningAlgorithm } };
  }

  return { getPublicKey, sign: signMessage };
}

export type Keys = ReturnType<typeof createKeys>;

function keyIn(file: string): KeyObject {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeWhole(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  }
  return createPrivateKey(readFileSync(file));
}
