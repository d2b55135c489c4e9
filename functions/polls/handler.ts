import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { createAuthenticate } from '../http/auth.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { readTokenRules } from '../http/token-rules.ts';
import { documentClient } from '../runtime/clients.ts';
import { readEnv, string } from '../runtime/env.ts';
import { commitReader } from '../stores/commits.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createPolls } from './polls.ts';

const env = readEnv({ EVENTS_TABLE: string, LOG_TABLE: string, TOKEN_RULES: readTokenRules });
const documents = documentClient();
export const handler = lambdaHandler(
  createPolls({
    log: createLogStore({ documents, table: env.LOG_TABLE }),
    commits: commitReader({ documents, table: env.EVENTS_TABLE }),
    authenticate: createAuthenticate(env.TOKEN_RULES),
    clock: Date.now,
    sleep,
    logger: new Logger({ serviceName: 'polls' }),
  }),
);
