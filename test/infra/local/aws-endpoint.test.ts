import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createAwsEndpoint } from '../../../infra/local/aws-endpoint.ts';
import { createBuckets } from '../../../infra/local/buckets.ts';
import { createBus } from '../../../infra/local/bus.ts';
import { createKeys } from '../../../infra/local/keys.ts';
import { openPort, type Port } from '../../../infra/local/port.ts';
import { createQueues } from '../../../infra/local/queues.ts';

vi.mock('../../../infra/local/terminal.ts', () => ({ printError: vi.fn(), printFailure: vi.fn() }));

const arn = 'arn:aws:sqs:local:000000000000:wake-ups';
const spec = { name: 'wake-ups', arn, visibilitySeconds: 30, retentionSeconds: 600, delaySeconds: 0 };
const queues = createQueues([spec], new DatabaseSync(':memory:'));
const rules = [
  { arn: 'arn:rule', bus: 'registry', pattern: { 'detail-type': ['log.sealed'] }, targets: [{ arn, retries: 0 }] },
];
const putEvents = createBus({ buses: ['registry'], rules }, (target, event) => {
  queues.send(target.arn, JSON.stringify(event));
});

const directory = mkdtempSync(join(tmpdir(), 'registry-test-'));
const keyFile = join(directory, 'log-key.pem');
const KeyId = 'arn:aws:kms:local:000000000000:key/log';

let port: Port;
let bus: EventBridgeClient;
let sqs: SQSClient;
let kms: KMSClient;
let s3: S3Client;

beforeAll(async () => {
  port = await openPort(
    0,
    createAwsEndpoint({
      putEvents,
      queues,
      keys: createKeys([KeyId], keyFile),
      objects: createBuckets(['published'], join(directory, 'buckets')),
    }),
  );
  const settings = {
    endpoint: `http://127.0.0.1:${port.number}`,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  bus = new EventBridgeClient(settings);
  sqs = new SQSClient(settings);
  kms = new KMSClient(settings);
  s3 = new S3Client({ ...settings, forcePathStyle: true });
});
afterAll(async () => {
  bus.destroy();
  sqs.destroy();
  kms.destroy();
  s3.destroy();
  await port.close();
  rmSync(directory, { recursive: true });
});

const received = () => queues.receive(arn, 10).map(({ body }) => JSON.parse(body));
const entry = { EventBusName: 'registry', Source: 'localhost/abc', DetailType: 'log.sealed', Detail: '{"from":1}' };

test("takes the SDK's PutEvents to the queues of the rules that match", async () => {
  const Entries = [entry, { ...entry, DetailType: 'agreement.signed' }];
  expect(await bus.send(new PutEventsCommand({ Entries }))).toMatchObject({ FailedEntryCount: 0 });
  expect(received()).toMatchObject([{ source: 'localhost/abc', 'detail-type': 'log.sealed', detail: { from: 1 } }]);
});

test('reports each entry that it cannot take, and takes the others', async () => {
  const Entries = [{ ...entry, Detail: 'no JSON' }, { ...entry, EventBusName: 'other' }, entry];
  const answer = await bus.send(new PutEventsCommand({ Entries }));
  expect(answer.FailedEntryCount).toBe(2);
  expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual(['MalformedDetail', 'InvalidArgument', undefined]);
  expect(received()).toHaveLength(1);
});

test("takes the SDK's SendMessage", async () => {
  const QueueUrl = `http://127.0.0.1:${port.number}/000000000000/wake-ups`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '"wake-up"' }));
  expect(received()).toEqual(['wake-up']);
  await expect(sqs.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}x`, MessageBody: '1' }))).rejects.toThrow(
    /no queue/,
  );
});

test("answers the SDK's GetPublicKey and Sign with one Ed25519 key that only its owner may read", async () => {
  const { PublicKey = new Uint8Array() } = await kms.send(new GetPublicKeyCommand({ KeyId }));
  const Message = Buffer.from('text');
  const input = { KeyId, Message, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' } as const;
  const { Signature = new Uint8Array() } = await kms.send(new SignCommand(input));
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
  expect(PublicKey).toHaveLength(44);
  expect(verify(null, Message, key, Signature)).toBe(true);
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  expect(createKeys([KeyId], keyFile).getPublicKey({ KeyId })).toMatchObject({
    answer: { PublicKey: Buffer.from(PublicKey).toString('base64') },
  });
  await expect(kms.send(new SignCommand({ ...input, KeyId: 'other' }))).rejects.toThrow(/no key/);
  await expect(kms.send(new SignCommand({ ...input, MessageType: 'DIGEST' }))).rejects.toThrow(/only RAW/);
});

test("takes the SDK's PutObject under its conditions, and gives back what was put", async () => {
  const Bucket = 'published';
  const put = (body: string, conditions: object = {}, Key = 'tile/0/x001/000.p/5') =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(body), ...conditions }));
  const read = async (Key: string) => {
    const { Body, ETag, LastModified } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return { text: await Body?.transformToString(), ETag, LastModified };
  };
  const refused = { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } };

  const { ETag } = await put('one', { IfNoneMatch: '*' });
  await expect(put('two', { IfNoneMatch: '*' })).rejects.toMatchObject(refused);
  await expect(put('two', { IfMatch: '"other"' })).rejects.toMatchObject(refused);
  expect(await read('tile/0/x001/000.p/5')).toMatchObject({ text: 'one', ETag });
  expect(((await read('tile/0/x001/000.p/5')).LastModified?.getTime() ?? 0) % 1000).toBe(0);
  await put('two', { IfMatch: ETag });
  expect((await read('tile/0/x001/000.p/5')).text).toBe('two');
  const missing = { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } };
  await expect(put('first', { IfMatch: ETag }, 'checkpoint')).rejects.toMatchObject(missing);
  await expect(read('checkpoint')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(read('tile/0')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(read('tile/0/x001/000.p/5/6')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(s3.send(new GetObjectCommand({ Bucket: 'other', Key: 'a' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
});

test('gives the SDK the range of an object that it asks for', async () => {
  const Bucket = 'published';
  await s3.send(new PutObjectCommand({ Bucket, Key: 'packs/1', Body: '0123456789', Tagging: 'expires=yes' }));
  const read = async (Range: string) => {
    const { Body, ContentRange } = await s3.send(new GetObjectCommand({ Bucket, Key: 'packs/1', Range }));
    return [await Body?.transformToString(), ContentRange];
  };
  expect(await read('bytes=2-4')).toEqual(['234', 'bytes 2-4/10']);
  expect(await read('bytes=7-99')).toEqual(['789', 'bytes 7-9/10']);
  expect(await read('bytes=-3')).toEqual(['789', 'bytes 7-9/10']);
  expect(await read('bytes=-99')).toEqual(['0123456789', 'bytes 0-9/10']);
  await expect(read('bytes=10-12')).rejects.toMatchObject({ name: 'InvalidRange' });
});

test("lists the SDK's keys page by page, and removes an object", async () => {
  const Bucket = 'published';
  const names = Array.from({ length: 1005 }, (_, at) => `pages/${String(at).padStart(4, '0')}`);
  for (const Key of names) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const first = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'pages/' }));
  const ContinuationToken = first.NextContinuationToken;
  const rest = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'pages/', ContinuationToken }));
  expect([...(first.Contents ?? []), ...(rest.Contents ?? [])].map(({ Key }) => Key)).toEqual(names);
  expect([first.IsTruncated, rest.IsTruncated, rest.NextContinuationToken]).toEqual([true, false, undefined]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'pages/0000' }));
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'pages/0000' }));
  expect(Contents).toBeUndefined();
});

test('keeps an object of many megabytes whole, and never one outside its folder', async () => {
  const Body = Buffer.alloc(5_000_000, 'x');
  await s3.send(new PutObjectCommand({ Bucket: 'published', Key: 'large', Body }));
  const { Body: read } = await s3.send(new GetObjectCommand({ Bucket: 'published', Key: 'large' }));
  expect(Buffer.from((await read?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
  const response = await fetch(`http://127.0.0.1:${port.number}/published/a%2F..%2F..%2F..%2Flog-key.pem`);
  expect(response.status).toBe(400);
});

test('refuses an operation that it does not know', async () => {
  const response = await fetch(`http://127.0.0.1:${port.number}/`, {
    method: 'POST',
    headers: { 'X-Amz-Target': 'AmazonSQS.PurgeQueue' },
    body: '{}',
  });
  expect([response.status, await response.json()]).toMatchObject([400, { __type: 'UnknownOperationException' }]);
});
