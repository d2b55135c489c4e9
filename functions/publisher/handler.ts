import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { alarmWith } from '../shared/alarms.ts';
import { documentClient, keyClient, objectClient, queueClient } from '../shared/clients.ts';
import { commitReader } from '../shared/commits.ts';
import { readEnv, text } from '../shared/env.ts';
import { createLogStore } from '../shared/log-store.ts';
import { jitter } from '../shared/pause.ts';
import { createPublishedLog } from '../shared/published-log.ts';
import { createPublisher } from './publisher.ts';
import { kmsSigner } from './signer.ts';

const env = readEnv({
  EVENTS_TABLE: text,
  LOG_TABLE: text,
  PUBLISHED_BUCKET: text,
  SIGNING_KEY: text,
  QUEUE_URL: text,
  ORIGIN: text,
});
const documents = documentClient();
const queue = queueClient();
const metrics = new Metrics({ namespace: 'Registry', serviceName: 'publisher' });
export const handler = createPublisher({
  log: createLogStore({ documents, table: env.LOG_TABLE }),
  commits: commitReader({ documents, table: env.EVENTS_TABLE }),
  published: createPublishedLog({ objects: objectClient(), bucket: env.PUBLISHED_BUCKET }),
  signer: kmsSigner(keyClient(), env.SIGNING_KEY),
  tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE },
  origin: env.ORIGIN,
  clock: Date.now,
  sleep,
  pause: jitter(),
  ring: (MessageBody) => queue.send(new SendMessageCommand({ QueueUrl: env.QUEUE_URL, MessageBody })),
  alarm: alarmWith(new Logger({ serviceName: 'publisher' }), metrics),
  flush: () => metrics.publishStoredMetrics(),
});
