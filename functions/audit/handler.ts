import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { lambdaHandler } from '../http/lambda.ts';
import { documentClient, objectClient } from '../runtime/clients.ts';
import { readEnv, string } from '../runtime/env.ts';
import { commitReader } from '../stores/commits.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createPacks } from '../stores/packs.ts';
import { createPublishedLog } from '../stores/published-log.ts';
import { createViews } from '../stores/views.ts';
import { createAudit } from './audit.ts';

const env = readEnv({
  EVENTS_TABLE: string,
  LOG_TABLE: string,
  VIEWS_TABLE: string,
  PUBLISHED_BUCKET: string,
  PACKS_BUCKET: string,
  ORIGIN: string,
});
const documents = documentClient();
const objects = objectClient();
export const handler = lambdaHandler(
  createAudit({
    log: createLogStore({ documents, table: env.LOG_TABLE }),
    commits: commitReader({ documents, table: env.EVENTS_TABLE }),
    views: createViews({ documents, table: env.VIEWS_TABLE }),
    published: createPublishedLog({ objects, bucket: env.PUBLISHED_BUCKET }),
    packs: createPacks({ objects, bucket: env.PACKS_BUCKET }),
    tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE },
    origin: env.ORIGIN,
    clock: Date.now,
    sleep,
    logger: new Logger({ serviceName: 'audit' }),
  }),
);
