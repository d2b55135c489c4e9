import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { busClient, documentClient } from '../runtime/clients.ts';
import { readEnv, string } from '../runtime/env.ts';
import { createSequencer } from './sequencer.ts';

const env = readEnv({ EVENTS_TABLE: string, LOG_TABLE: string, BUS_NAME: string, ORIGIN: string });

/** Triggered by the events table's stream and by the minute's schedule. */
export const handler = createSequencer({
  documents: documentClient(),
  bus: busClient(),
  tables: { events: env.EVENTS_TABLE, log: env.LOG_TABLE },
  busName: env.BUS_NAME,
  source: env.ORIGIN,
  logger: new Logger({ serviceName: 'sequencer' }),
  metrics: new Metrics({ namespace: 'Registry', serviceName: 'sequencer' }),
});
