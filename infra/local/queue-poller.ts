import { invokeWithBatch } from './batch.ts';
import { REGION } from './environment.ts';
import type { LoadedFunction } from './functions.ts';
import { md5Of } from './md5.ts';
import type { Message, Queues } from './queues.ts';
import type { MappingSpec } from './specs.ts';

/** Polling finds messages that become visible after their delay or visibility timeout, which nothing reports. */
const LOOK_EVERY = 500;

/** Delivers a queue's messages to a function. It deletes those that succeed; the others are delivered again. */
export function pollQueue(mapping: MappingSpec, target: LoadedFunction, queues: Queues): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (!stopped) {
      const messages = queues.receive(mapping.source, mapping.batchSize);
      if (messages.length === 0) return;
      const identifiers = new Set(messages.map(({ id }) => id));
      const records = messages.map((message) => recordOf(message, mapping.source));
      const outcome = await invokeWithBatch(target, mapping, records, identifiers);
      if (outcome === 'failed') continue;
      for (const id of identifiers) if (outcome === 'done' || !outcome.has(id)) queues.remove(id);
    }
  }

  function look(): void {
    if (running || stopped) return;
    running = drain().finally(() => {
      running = undefined;
    });
  }

  queues.onMessage(mapping.source, () => setImmediate(look));
  const timer = setInterval(look, LOOK_EVERY);
  look();

  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const recordOf = ({ id, body, sentAt, receives }: Message, eventSourceARN: string) => ({
  messageId: id,
  receiptHandle: id,
  body,
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: String(sentAt),
    SenderId: 'local',
    ApproximateFirstReceiveTimestamp: String(sentAt),
  },
  messageAttributes: {},
  md5OfBody: md5Of(body),
  eventSource: 'aws:sqs',
  eventSourceARN,
  awsRegion: REGION,
});
