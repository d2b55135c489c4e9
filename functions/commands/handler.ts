import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { createAuthenticate } from '../http/auth.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { readTokenRules } from '../http/token-rules.ts';
import { fullJitter } from '../runtime/backoff.ts';
import { documentClient } from '../runtime/clients.ts';
import { list, readEnv, string } from '../runtime/env.ts';
import { createEventStore } from '../stores/event-store.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createVault } from '../stores/vault.ts';
import { createViews } from '../stores/views.ts';
import { createCommands } from './commands.ts';
import { appliedIn } from './visible.ts';

const env = readEnv({
  EVENTS_TABLE: string,
  LOG_TABLE: string,
  VIEWS_TABLE: string,
  PEOPLE_TABLE: string,
  ORIGIN: string,
  TOKEN_RULES: readTokenRules,
  REGISTRARS: list,
});
const documents = documentClient();
const views = createViews({ documents, table: env.VIEWS_TABLE });
export const handler = lambdaHandler(
  createCommands({
    views,
    store: createEventStore({ documents, table: env.EVENTS_TABLE }),
    vault: createVault({ documents, table: env.PEOPLE_TABLE }),
    log: createLogStore({ documents, table: env.LOG_TABLE }),
    applied: () => appliedIn(views),
    tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE },
    origin: env.ORIGIN,
    registrars: env.REGISTRARS,
    authenticate: createAuthenticate(env.TOKEN_RULES),
    logger: new Logger({ serviceName: 'commands' }),
    clock: () => new Date(),
    salt: () => randomBytes(32),
    pause: fullJitter(),
    sleep,
  }),
);
