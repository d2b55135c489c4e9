import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { handle } from 'hono/aws-lambda';
import { documentClient } from '../shared/clients.ts';
import { commitReader } from '../shared/commits.ts';
import { list, readEnv, text } from '../shared/env.ts';
import { createAuthenticate } from '../shared/http/auth.ts';
import { createLogStore } from '../shared/log-store.ts';
import { createViews } from '../shared/views.ts';
import { createQueries } from './queries.ts';

const env = readEnv({
  EVENTS_TABLE: text,
  LOG_TABLE: text,
  VIEWS_TABLE: text,
  ORIGIN: text,
  ISSUER: text,
  REGISTRARS: list,
});
const documents = documentClient();
export const handler = handle(
  createQueries({
    views: createViews({ documents, table: env.VIEWS_TABLE }),
    log: createLogStore({ documents, table: env.LOG_TABLE }),
    commits: commitReader({ documents, table: env.EVENTS_TABLE }),
    origin: env.ORIGIN,
    registrars: env.REGISTRARS,
    authenticate: createAuthenticate(env.ISSUER),
    logger: new Logger({ serviceName: 'queries' }),
    clock: Date.now,
    sleep,
  }),
);
