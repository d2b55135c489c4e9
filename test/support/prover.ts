import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { projections as all } from '../../domain/projections/projections.ts';
import { createProver, type ProverHandlerDeps } from '../../functions/prover/prover.ts';
import { alarmWith } from '../../functions/runtime/alarms.ts';
import { fullJitter } from '../../functions/runtime/backoff.ts';
import { commitReader } from '../../functions/stores/commits.ts';
import { createEventStore } from '../../functions/stores/event-store.ts';
import { createLogStore } from '../../functions/stores/log-store.ts';
import { createPacks } from '../../functions/stores/packs.ts';
import { createPublishedLog } from '../../functions/stores/published-log.ts';
import { createViews } from '../../functions/stores/views.ts';
import type { TestBucket } from './bucket.ts';
import { ORIGIN } from './commits.ts';
import { type Tap, tapped } from './faults.ts';
import type { RaisedAlarm } from './sequencer.ts';

export interface TestProverOptions extends Partial<Pick<ProverHandlerDeps, 'projections' | 'interval' | 'clock'>> {
  documents: DynamoDBDocumentClient;
  tables: { events: string; log: string; views: string };
  packs: TestBucket;
  /** Of the published log. */
  bucket: TestBucket;
  /** In the way of everything that this prover sends, to the tables and the bucket. */
  taps?: Tap[];
  random?: () => number;
  sleep?: (milliseconds: number) => Promise<unknown>;
  wrap?: (deps: ProverHandlerDeps) => ProverHandlerDeps;
}

/** A prover as its handler wires it, with what it has raised. It does not sleep, and waits for no interval unless told so. */
export function testProver({
  documents,
  tables,
  packs,
  bucket,
  taps = [],
  wrap = (deps) => deps,
  ...options
}: TestProverOptions) {
  const { clock = Date.now, random = Math.random, sleep = async () => {}, interval = 0, projections = all } = options;
  const alarms: RaisedAlarm[] = [];
  const told: { message: unknown; details: unknown }[] = [];
  const tell = (message: unknown, ...[details]: unknown[]) => void told.push({ message, details });
  const counted: { name: string; value: number }[] = [];
  const wakeUps: string[] = [];
  const waits: number[] = [];
  const backoff = fullJitter({ random, sleep });
  const client = tapped(documents, ...taps);
  const addMetric = (name: string, _: unknown, value: number) => void counted.push({ name, value }) as never;
  const run = createProver(
    wrap({
      projections,
      log: createLogStore({ documents: client, table: tables.log, backoff }),
      commits: commitReader({ documents: client, table: tables.events, backoff }),
      store: createEventStore({ documents: client, table: tables.events }),
      packs: createPacks({ objects: tapped(packs.client, ...taps), bucket: 'packs', backoff }),
      published: createPublishedLog({ objects: tapped(bucket.client, ...taps), bucket: 'published', backoff }),
      views: createViews({ documents: client, table: tables.views, backoff }),
      tables: { events: tables.events, log: tables.log },
      origin: ORIGIN,
      interval,
      backoff,
      clock,
      sleep,
      wakeAgain: async (body) => wakeUps.push(body),
      wakeIn: async (milliseconds) => waits.push(milliseconds),
      logger: { info: tell, warn: tell },
      alarm: alarmWith(
        { error: (message, ...[details]) => void alarms.push({ message, ...(details as object) } as RaisedAlarm) },
        { addMetric },
      ),
      metrics: { addMetric, publishStoredMetrics: () => undefined as never },
    }),
  );

  /** Delivers one wake-up message; returns whether it succeeded. */
  async function wake(milliseconds = 60_000): Promise<boolean> {
    const Records = [{ body: JSON.stringify({ 'detail-type': 'log.sealed' }), messageId: '1' }] as never;
    const { batchItemFailures } = await run({ Records }, { getRemainingTimeInMillis: () => milliseconds });
    return batchItemFailures.length === 0;
  }

  return {
    wake,
    wakeUps,
    /** For how long it has asked to wait, in milliseconds. */
    waits,
    told,
    counted,
    alarms,
    named: (alarm: string) => alarms.filter((raised) => raised.alarm === alarm),
  };
}
