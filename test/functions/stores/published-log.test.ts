import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointRemoved, createPublishedLog } from '../../../functions/stores/published-log.ts';

/** Answers everything as S3 would in that moment: what of an answer reaches us is the real client's to say. */
let server: Server;
let answer: { status: number; headers?: Record<string, string>; body: string };
let published: ReturnType<typeof createPublishedLog>;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { 'content-type': 'application/xml', ...answer.headers }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const objects = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });
  published = createPublishedLog({ objects, bucket: 'published', backoff: async () => {} });
});
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

const fault = (status: number, code: string, headers = {}) => {
  answer = { status, headers, body: `<Error><Code>${code}</Code><Message>as S3 says it</Message></Error>` };
};

describe('the published log on S3', () => {
  it('has no checkpoint where there never was one', async () => {
    fault(404, 'NoSuchKey');
    expect(await published.checkpoint()).toBeUndefined();
  });

  it('does not take a checkpoint that was deleted for none', async () => {
    fault(404, 'NoSuchKey', { 'x-amz-delete-marker': 'true' });
    await expect(published.checkpoint()).rejects.toThrow(CheckpointRemoved);
  });

  it('does not take a bucket that is not there, or a missing right, for an object that is not there', async () => {
    fault(404, 'NoSuchBucket');
    await expect(published.checkpoint()).rejects.toThrow('as S3 says it');
    fault(403, 'AccessDenied');
    await expect(published.checkpoint()).rejects.toThrow('as S3 says it');
  });

  it('reads no checkpoint that it could replace only without a condition', async () => {
    answer = { status: 200, body: 'note' };
    await expect(published.checkpoint()).rejects.toThrow('ETag');
    answer = { status: 200, headers: { etag: '"one"' }, body: 'note' };
    expect(await published.checkpoint()).toMatchObject({ note: 'note', etag: '"one"' });
  });

  it.each([
    [409, 'ConditionalRequestConflict'],
    [412, 'PreconditionFailed'],
  ])('does not replace a checkpoint while S3 says %i %s', async (status, code) => {
    fault(status, code);
    expect(await published.replaceCheckpoint('note', { note: '', etag: '"one"', publishedAt: 0 })).toBe(false);
  });
});
