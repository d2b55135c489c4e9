import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { alarmWith } from '../runtime/alarms.ts';
import { fullJitter } from '../runtime/backoff.ts';
import { documentClient, keyClient, objectClient, queueClient } from '../runtime/clients.ts';
import { readEnv, string } from '../runtime/env.ts';
import { commitReader } from '../stores/commits.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createPublishedLog } from '../stores/published-log.ts';
import { createPublisher } from './publisher.ts';
import { kmsSigner } from './signer.ts';

const env = readEnv({
  EVENTS_TABLE: string,
  LOG_TABLE: string,
  PUBLISHED_BUCKET: string,
  SIGNING_KEY: string,
  QUEUE_URL: string,
  ORIGIN: string,
});
const documents = documentClient();
const queue = queueClient();
const metrics = new Metrics({ namespace: 'Registry', serviceName: 'publisher' });
export const handler = createPublisher({
  log: createLogStore({ documents, table: env.LOG_TABLE }),
  commits: commitReader({ documents, table: env.EVENTS_TABLE }),
  published: createPublishedLog({ objects: objectClient(), bucket: env.PUBLISHED_BUCKET }),
  signers: [kmsSigner(keyClient(), env.SIGNING_KEY)],
  tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE },
  origin: env.ORIGIN,
  clock: Date.now,
  sleep,
  backoff: fullJitter(),
  wakeAgain: (MessageBody) => queue.send(new SendMessageCommand({ QueueUrl: env.QUEUE_URL, MessageBody })),
  alarm: alarmWith(new Logger({ serviceName: 'publisher' }), metrics),
  flush: () => metrics.publishStoredMetrics(),
});
