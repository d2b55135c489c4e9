import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { projectionByName } from '../../domain/projections/projections.ts';
import { fullJitter } from '../runtime/backoff.ts';
import { documentClient, queueClient } from '../runtime/clients.ts';
import { readEnv, string } from '../runtime/env.ts';
import { commitReader } from '../stores/commits.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createViews } from '../stores/views.ts';
import { createProjector } from './projector.ts';

const env = readEnv({
  PROJECTION: string,
  EVENTS_TABLE: string,
  LOG_TABLE: string,
  VIEWS_TABLE: string,
  QUEUE_URL: string,
});
const projection = projectionByName(env.PROJECTION);
if (!projection) throw new Error(`PROJECTION: there is no projection ${env.PROJECTION}`);
const documents = documentClient();
const queue = queueClient();
export const handler = createProjector({
  projection,
  log: createLogStore({ documents, table: env.LOG_TABLE }),
  commits: commitReader({ documents, table: env.EVENTS_TABLE }),
  views: createViews({ documents, table: env.VIEWS_TABLE }),
  tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE },
  backoff: fullJitter(),
  clock: Date.now,
  wakeAgain: (MessageBody) => queue.send(new SendMessageCommand({ QueueUrl: env.QUEUE_URL, MessageBody })),
  logger: new Logger({ serviceName: `projector-${projection.name}` }),
  metrics: new Metrics({ namespace: 'Registry', serviceName: `projector-${projection.name}` }),
});
