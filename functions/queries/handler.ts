import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { createAuthenticate } from '../http/auth.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { readTokenRules } from '../http/token-rules.ts';
import { documentClient, objectClient } from '../runtime/clients.ts';
import { list, readEnv, string } from '../runtime/env.ts';
import { commitReader } from '../stores/commits.ts';
import { createKeptPacks } from '../stores/kept-packs.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createPacks } from '../stores/packs.ts';
import { createPublishedLog } from '../stores/published-log.ts';
import { createVault } from '../stores/vault.ts';
import { createViews } from '../stores/views.ts';
import { createQueries } from './queries.ts';

const env = readEnv({
  EVENTS_TABLE: string,
  LOG_TABLE: string,
  VIEWS_TABLE: string,
  PEOPLE_TABLE: string,
  PUBLISHED_BUCKET: string,
  PACKS_BUCKET: string,
  ORIGIN: string,
  TOKEN_RULES: readTokenRules,
  REGISTRARS: list,
});
const documents = documentClient();
const objects = objectClient();
const packsPlace = { objects, bucket: env.PACKS_BUCKET };
export const handler = lambdaHandler(
  createQueries({
    views: createViews({ documents, table: env.VIEWS_TABLE }),
    log: createLogStore({ documents, table: env.LOG_TABLE }),
    commits: commitReader({ documents, table: env.EVENTS_TABLE }),
    vault: createVault({ documents, table: env.PEOPLE_TABLE }),
    published: createPublishedLog({ objects, bucket: env.PUBLISHED_BUCKET }),
    packs: createPacks(packsPlace),
    lastKept: createKeptPacks(packsPlace),
    authenticate: createAuthenticate(env.TOKEN_RULES),
    registrars: env.REGISTRARS,
    origin: env.ORIGIN,
    logger: new Logger({ serviceName: 'queries' }),
    clock: Date.now,
    sleep,
  }),
);
