import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { handle } from 'hono/aws-lambda';
import { documentClient, objectClient } from '../shared/clients.ts';
import { commitReader } from '../shared/commits.ts';
import { readEnv, text } from '../shared/env.ts';
import { createAuthenticate } from '../shared/http/auth.ts';
import { createLogStore } from '../shared/log-store.ts';
import { createPublishedLog } from '../shared/published-log.ts';
import { createViews } from '../shared/views.ts';
import { createAudit } from './audit.ts';

const env = readEnv({
  EVENTS_TABLE: text,
  LOG_TABLE: text,
  VIEWS_TABLE: text,
  PUBLISHED_BUCKET: text,
  ORIGIN: text,
  ISSUER: text,
});
const documents = documentClient();
export const handler = handle(
  createAudit({
    log: createLogStore({ documents, table: env.LOG_TABLE }),
    commits: commitReader({ documents, table: env.EVENTS_TABLE }),
    views: createViews({ documents, table: env.VIEWS_TABLE }),
    published: createPublishedLog({ objects: objectClient(), bucket: env.PUBLISHED_BUCKET }),
    origin: env.ORIGIN,
    authenticate: createAuthenticate(env.ISSUER),
    clock: Date.now,
    sleep,
    logger: new Logger({ serviceName: 'audit' }),
  }),
);
