import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import { alarmWith } from '../runtime/alarms.ts';
import { fullJitter } from '../runtime/backoff.ts';
import { type Commit, commitReader } from '../stores/commits.ts';
import type { TableNames } from '../stores/log-items.ts';
import { createLogStore } from '../stores/log-store.ts';
import { createAnnouncer } from './announce.ts';
import { createNote } from './note.ts';
import { commitsOf } from './records.ts';
import { createSealer } from './seal.ts';
import { createSweep } from './sweep.ts';

export type SequencerDeps = {
  documents: DynamoDBDocumentClient;
  bus: Pick<EventBridgeClient, 'send'>;
  tables: TableNames;
  busName: string;
  /** The registry's origin. */
  source: string;
  logger: Pick<Logger, 'error'>;
  metrics: Pick<Metrics, 'addMetric' | 'hasStoredMetrics' | 'publishStoredMetrics'>;
  clock?: () => number;
  random?: () => number;
  sleep?: (milliseconds: number) => Promise<unknown>;
};

/**
 * Seals and announces what the events table's stream delivers. Every minute, the schedule lets it also seal what the
 * stream did not deliver, and announce what an earlier invocation did not. Any number may run concurrently.
 */
export function createSequencer(options: SequencerDeps) {
  const { documents, tables, metrics, clock = Date.now, random = Math.random } = options;
  const backoff = fullJitter({ random, ...(options.sleep && { sleep: options.sleep }) });
  const alarm = alarmWith(options.logger, metrics);
  const log = createLogStore({ documents, table: tables.log, backoff });
  const commits = commitReader({ documents, table: tables.events, backoff });
  const deps = { ...options, log, commits, clock, backoff, alarm };
  const seal = createSealer(deps);
  const announce = createAnnouncer(deps);
  const sweep = createSweep({ ...deps, seal });
  const note = createNote(deps);

  async function onStream({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    const { batch, sequenceNumbersOf } = commitsOf(Records, alarm);
    const { events, failed, unsealed } = await seal(batch);
    metrics.addMetric('SealedEvents', MetricUnit.Count, events);
    await announce();
    await note.ofStream(unsealed);
    return { batchItemFailures: sequenceNumbersOf(failed).map((itemIdentifier) => ({ itemIdentifier })) };
  }

  async function onSchedule(): Promise<DynamoDBBatchResponse> {
    const unsealed: Partial<Commit>[] = [];
    try {
      await announce();
      await sweep(unsealed);
      await announce();
    } finally {
      await note.ofSchedule(unsealed);
    }
    return { batchItemFailures: [] };
  }

  return async (event: DynamoDBStreamEvent | ScheduledEvent): Promise<DynamoDBBatchResponse> => {
    try {
      return await ('Records' in event ? onStream(event) : onSchedule());
    } finally {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    }
  };
}
