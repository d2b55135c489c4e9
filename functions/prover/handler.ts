import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { projections } from '../../domain/projections/projections.ts';
import { alarmWith } from '../runtime/alarms.ts';
import { fullJitter } from '../runtime/backoff.ts';
import { documentClient, objectClient, queueClient } from '../runtime/clients.ts';
import { number, readEnv, string } from '../runtime/env.ts';
import { ownWakeUp } from '../runtime/wake-up.ts';
import { commitReader } from '../stores/commits.ts';
import { createEventStore } from '../stores/event-store.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createPacks } from '../stores/packs.ts';
import { createPublishedLog } from '../stores/published-log.ts';
import { createViews } from '../stores/views.ts';
import { createProver } from './prover.ts';

const env = readEnv({
  EVENTS_TABLE: string,
  LOG_TABLE: string,
  VIEWS_TABLE: string,
  PACKS_BUCKET: string,
  PUBLISHED_BUCKET: string,
  QUEUE_URL: string,
  ORIGIN: string,
  STATEMENT_INTERVAL: number,
});
const documents = documentClient();
const objects = objectClient();
const queue = queueClient();
const logger = new Logger({ serviceName: 'prover' });
const metrics = new Metrics({ namespace: 'Registry', serviceName: 'prover' });

/** AWS limit of SQS. */
const MOST_DELAY = 900;

const send = (MessageBody: string, DelaySeconds = 0) =>
  queue.send(new SendMessageCommand({ QueueUrl: env.QUEUE_URL, MessageBody, DelaySeconds }));

export const handler = createProver({
  projections,
  log: createLogStore({ documents, table: env.LOG_TABLE }),
  commits: commitReader({ documents, table: env.EVENTS_TABLE }),
  store: createEventStore({ documents, table: env.EVENTS_TABLE }),
  packs: createPacks({ objects, bucket: env.PACKS_BUCKET }),
  published: createPublishedLog({ objects, bucket: env.PUBLISHED_BUCKET }),
  views: createViews({ documents, table: env.VIEWS_TABLE }),
  tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE },
  origin: env.ORIGIN,
  interval: env.STATEMENT_INTERVAL * 1000,
  backoff: fullJitter(),
  clock: Date.now,
  sleep,
  wakeAgain: send,
  wakeIn: (milliseconds) => send(ownWakeUp, Math.min(MOST_DELAY, Math.ceil(milliseconds / 1000))),
  logger,
  alarm: alarmWith(logger, metrics),
  metrics,
});
