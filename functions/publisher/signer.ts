import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { ED25519 } from '../../domain/log/note.ts';

/** Signs checkpoints; the private key is not in this process. */
export interface Signer {
  /** The type of its signatures (C2SP signed-note, "Signatures"). */
  readonly type: number;
  /** As its type has it: 32 bytes for Ed25519. */
  publicKey(): Promise<Uint8Array>;
  /** As its type has it: for Ed25519 the signature of the message itself (RFC 8032), not of its digest. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A key of AWS KMS with the spec ECC_NIST_EDWARDS25519. Its public key never changes, and is requested once. */
export function kmsSigner(keys: Pick<KMSClient, 'send'>, KeyId: string): Signer {
  let known: Uint8Array | undefined;

  return {
    type: ED25519,
    async publicKey() {
      if (known) return known;
      const { PublicKey } = await keys.send(new GetPublicKeyCommand({ KeyId }));
      if (!PublicKey) throw new Error('KMS gave no public key');
      // SubjectPublicKeyInfo: 12 bytes that identify Ed25519, then the key (RFC 8410 section 4).
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
