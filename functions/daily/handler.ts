import { Logger } from '@aws-lambda-powertools/logger';
import { fullJitter } from '../runtime/backoff.ts';
import { documentClient } from '../runtime/clients.ts';
import { readEnv, string } from '../runtime/env.ts';
import { createEventStore } from '../stores/event-store.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createViews } from '../stores/views.ts';
import { createDaily } from './daily.ts';

const env = readEnv({ EVENTS_TABLE: string, LOG_TABLE: string, VIEWS_TABLE: string, ORIGIN: string });
const documents = documentClient();

/** Triggered by the schedule. */
export const handler = createDaily({
  store: createEventStore({ documents, table: env.EVENTS_TABLE }),
  log: createLogStore({ documents, table: env.LOG_TABLE }),
  views: createViews({ documents, table: env.VIEWS_TABLE }),
  tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE },
  origin: env.ORIGIN,
  clock: () => new Date(),
  backoff: fullJitter(),
  logger: new Logger({ serviceName: 'daily' }),
});
