import { Logger } from '@aws-lambda-powertools/logger';
import { documentClient } from '../shared/clients.ts';
import { readEnv, text } from '../shared/env.ts';
import { createEventStore } from '../shared/event-store.ts';
import { createLogStore } from '../shared/log-store.ts';
import { jitter } from '../shared/pause.ts';
import { createViews } from '../shared/views.ts';
import { createDaily } from './daily.ts';

const env = readEnv({ EVENTS_TABLE: text, LOG_TABLE: text, VIEWS_TABLE: text, ORIGIN: text });
const documents = documentClient();

/** Triggered by the schedule. */
export const handler = createDaily({
  store: createEventStore({ documents, table: env.EVENTS_TABLE }),
  log: createLogStore({ documents, table: env.LOG_TABLE }),
  views: createViews({ documents, table: env.VIEWS_TABLE }),
  tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE },
  origin: env.ORIGIN,
  clock: () => new Date(),
  pause: jitter(),
  logger: new Logger({ serviceName: 'daily' }),
});
