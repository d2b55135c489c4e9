import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetPublicKeyCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyClient, objectClient } from '../../../functions/runtime/clients.ts';

/** Takes requests and never answers. */
let deaf: Server;
beforeAll(async () => {
  deaf = createServer((request) => void request.resume());
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_REGION', 'local');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_KMS', endpoint);
});
afterAll(() => {
  vi.unstubAllEnvs();
  deaf?.closeAllConnections();
  deaf?.close();
});

const place = { Bucket: 'published', Key: 'checkpoint' };

describe.concurrent('what never answers', () => {
  it.each([
    ['S3, asked for an object', () => objectClient().send(new GetObjectCommand(place))],
    ['S3, given an object', () => objectClient().send(new PutObjectCommand({ ...place, Body: Buffer.from('note') }))],
    ['KMS', () => keyClient().send(new GetPublicKeyCommand({ KeyId: 'key' }))],
  ])('%s, is given up, after three attempts', async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 3 } });
  });
});
