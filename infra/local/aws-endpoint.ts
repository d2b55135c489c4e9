import type { ObjectRequest } from './buckets.ts';
import type { PutEvents } from './bus.ts';
import { arnOf } from './environment.ts';
import type { Answers } from './gateway.ts';
import type { LambdaAnswer } from './gateway-event.ts';
import type { Keys, KmsOutcome } from './keys.ts';
import { md5Of } from './md5.ts';
import { jsonAnswer } from './port.ts';
import type { Queues } from './queues.ts';

interface SendMessage {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}

export interface Services {
  readonly putEvents: PutEvents;
  readonly queues: Queues;
  readonly keys: Keys;
  readonly objects: (request: ObjectRequest) => LambdaAnswer;
}

/**
 * The endpoint that SDK clients use instead of AWS: EventBridge's PutEvents, SQS's SendMessage, KMS's GetPublicKey and
 * Sign (AWS JSON protocol), and S3 (REST). What was answered is durable: it survives a kill of the process.
 */
export function createAwsEndpoint({ putEvents, queues, keys, objects }: Services): Answers {
  function sendMessage({ QueueUrl, MessageBody, DelaySeconds }: SendMessage): LambdaAnswer {
    const arn = arnOf('sqs', `${QueueUrl.split('/').at(-1)}`);
    if (!queues.has(arn)) return fault('AWS.SimpleQueueService.NonExistentQueue', `there is no queue ${QueueUrl}`);
    const MessageId = queues.send(arn, MessageBody, DelaySeconds);
    return jsonAnswer(200, { MessageId, MD5OfMessageBody: md5Of(MessageBody) });
  }

  const operations: Readonly<Record<string, (input: never) => LambdaAnswer>> = {
    'AWSEvents.PutEvents': (input) => jsonAnswer(200, putEvents(input)),
    'AmazonSQS.SendMessage': sendMessage,
    'TrentService.GetPublicKey': (input) => answerOf(keys.getPublicKey(input)),
    'TrentService.Sign': (input) => answerOf(keys.sign(input)),
  };

  return async (request) => {
    const body = Buffer.concat(await request.toArray());
    const { method, url = '/', headers } = request;
    const name = headers['x-amz-target'];
    if (name === undefined) return objects({ method, url, headers, body });
    const operation = typeof name === 'string' ? operations[name] : undefined;
    if (!operation) return fault('UnknownOperationException', `the local run does not know ${name}`);
    return operation(JSON.parse(body.toString('utf8')) as never);
  };
}

const answerOf = (outcome: KmsOutcome): LambdaAnswer =>
  'answer' in outcome ? jsonAnswer(200, outcome.answer) : fault(outcome.exception, outcome.message);

const fault = (type: string, message: string): LambdaAnswer =>
  jsonAnswer(400, { __type: type, message }, 'application/x-amz-json-1.1');
