import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { PutEvents } from './bus.ts';
import { ACCOUNT, REGION } from './environment.ts';
import type { Answers } from './gateway.ts';
import { jsonAnswer } from './port.ts';
import type { Queues } from './queues.ts';

interface SendMessage {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}

/**
 * What the SDK's clients talk to instead of AWS (AWS JSON protocol): EventBridge's PutEvents and SQS's SendMessage.
 * An answer means that every event and message is where a kill cannot reach it.
 */
export function createAwsEndpoint(putEvents: PutEvents, queues: Queues): Answers {
  function sendMessage({ QueueUrl, MessageBody, DelaySeconds }: SendMessage) {
    const arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${QueueUrl.split('/').at(-1)}`;
    if (!queues.has(arn)) return fault('AWS.SimpleQueueService.NonExistentQueue', `there is no queue ${QueueUrl}`);
    const MessageId = queues.send(arn, MessageBody, DelaySeconds);
    return jsonAnswer(200, { MessageId, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') });
  }

  return async (request) => {
    const input = await readJson(request);
    const operation = request.headers['x-amz-target'];
    if (operation === 'AWSEvents.PutEvents') return jsonAnswer(200, putEvents(input as never));
    if (operation === 'AmazonSQS.SendMessage') return sendMessage(input as SendMessage);
    return fault('UnknownOperationException', `the local run does not know ${operation}`);
  };
}

const fault = (type: string, message: string) =>
  jsonAnswer(400, { __type: type, message }, 'application/x-amz-json-1.1');

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
