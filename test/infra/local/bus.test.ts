import { DatabaseSync } from 'node:sqlite';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createAwsEndpoint } from '../../../infra/local/aws-endpoint.ts';
import { createBus } from '../../../infra/local/bus.ts';
import { openPort, type Port } from '../../../infra/local/port.ts';
import { createQueues } from '../../../infra/local/queues.ts';

vi.mock('../../../infra/local/terminal.ts', () => ({ printError: vi.fn() }));

const arn = 'arn:aws:sqs:local:000000000000:doorbell';
const spec = { name: 'doorbell', arn, visibilitySeconds: 30, retentionSeconds: 600, delaySeconds: 0 };
const queues = createQueues([spec], new DatabaseSync(':memory:'));
const rules = [
  { arn: 'arn:rule', bus: 'registry', pattern: { 'detail-type': ['log.sealed'] }, targets: [{ arn, retries: 0 }] },
];
const putEvents = createBus({ buses: ['registry'], rules }, (target, event) => {
  queues.send(target.arn, JSON.stringify(event));
});

let port: Port;
let bus: EventBridgeClient;
let sqs: SQSClient;

beforeAll(async () => {
  port = await openPort(0, createAwsEndpoint(putEvents, queues));
  const settings = {
    endpoint: `http://127.0.0.1:${port.number}`,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  bus = new EventBridgeClient(settings);
  sqs = new SQSClient(settings);
});
afterAll(async () => {
  bus.destroy();
  sqs.destroy();
  await port.close();
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
  const QueueUrl = `http://127.0.0.1:${port.number}/000000000000/doorbell`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '"ring"' }));
  expect(received()).toEqual(['ring']);
  await expect(sqs.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}x`, MessageBody: '1' }))).rejects.toThrow(
    /no queue/,
  );
});

test('refuses an operation that it does not know', async () => {
  const response = await fetch(`http://127.0.0.1:${port.number}/`, {
    method: 'POST',
    headers: { 'X-Amz-Target': 'AmazonSQS.PurgeQueue' },
    body: '{}',
  });
  expect([response.status, await response.json()]).toMatchObject([400, { __type: 'UnknownOperationException' }]);
});
