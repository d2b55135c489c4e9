import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';

/** Signs what the log commits itself to; the private key is nowhere in this process. */
export interface Signer {
  /** Ed25519, 32 bytes. */
  publicKey(): Promise<Uint8Array>;
  /** The Ed25519 signature of the message itself (RFC 8032, not of its digest). */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A key of AWS KMS with the spec ECC_NIST_EDWARDS25519. Its public half never changes, and is asked for once. */
export function kmsSigner(keys: Pick<KMSClient, 'send'>, KeyId: string): Signer {
  let known: Uint8Array | undefined;

  return {
    async publicKey() {
      if (known) return known;
      const { PublicKey } = await keys.send(new GetPublicKeyCommand({ KeyId }));
      if (!PublicKey) throw new Error('KMS gave no public key');
      // SubjectPublicKeyInfo: 12 bytes that say Ed25519, then the key (RFC 8410 section 4).
      known = PublicKey.slice(-32);
      return known;
    },
    async sign(Message) {
      const input = { KeyId, Message, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' } as const;
      const { Signature } = await keys.send(new SignCommand(input));
      if (!Signature) throw new Error('KMS gave no signature');
      return Signature;
    },
  };
}
