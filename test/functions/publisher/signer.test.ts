import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { kmsSigner } from '../../../functions/publisher/signer.ts';
import { verifyEd25519 } from '../../../functions/runtime/ed25519.ts';
import { failing, listening, type Tap, tapped, timedOut } from '../../support/faults.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** KMS with one key, as far as a signer needs it. */
const kms = (...taps: Tap[]) =>
  tapped(
    {
      send: (async ({ input: { Message } }: { input: { Message?: Uint8Array } }) =>
        Message
          ? { Signature: sign(null, Message, privateKey) }
          : { PublicKey: publicKey.export({ format: 'der', type: 'spki' }) }) as never,
    },
    ...taps,
  );

describe('a signer with a key of KMS', () => {
  it('signs the message itself, so that its public key verifies it', async () => {
    const sent = listening();
    const signer = kmsSigner(kms(sent), 'the key');
    const message = Buffer.from('a checkpoint');
    expect(verifyEd25519(await signer.publicKey(), message, await signer.sign(message))).toBe(true);
    expect(sent.sent.map(({ input }) => input)).toEqual([
      { KeyId: 'the key' },
      { KeyId: 'the key', Message: message, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' },
    ]);
  });

  it('asks for the public key once, when it is answered', async () => {
    const sent = listening();
    const signer = kmsSigner(kms(sent, failing({ on: 'GetPublicKeyCommand', error: timedOut })), 'the key');
    await expect(signer.publicKey()).rejects.toThrow();
    const first = await signer.publicKey();
    expect(await signer.publicKey()).toEqual(first);
    expect(sent.sent).toHaveLength(2);
  });
});
