import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createSequencer } from '../../functions/sequencer/sequencer.ts';
import type { TestBus } from './bus.ts';
import { ORIGIN } from './commits.ts';
import { type Tap, tapped } from './faults.ts';

export interface RaisedAlarm {
  readonly alarm: string;
  readonly message: string;
  readonly [detail: string]: unknown;
}

export interface TestSequencerOptions {
  documents: DynamoDBDocumentClient;
  tables: { events: string; log: string };
  bus: TestBus;
  /** In the way of everything that this sequencer sends, to the tables and to the bus. */
  taps?: Tap[];
  clock?: () => number;
  random?: () => number;
  sleep?: (milliseconds: number) => Promise<unknown>;
}

/** A sequencer as its handler wires it, with what it has raised. It does not sleep. */
export function testSequencer({ documents, bus, tables, taps = [], ...rest }: TestSequencerOptions) {
  const alarms: RaisedAlarm[] = [];
  const figures: Record<string, number> = {};
  const run = createSequencer({
    documents: tapped(documents, ...taps),
    bus: tapped(bus.client, ...taps),
    tables: { events: tables.events, log: tables.log },
    busName: 'registry',
    source: ORIGIN,
    logger: { error: (message, ...[details]) => void alarms.push({ message, ...(details as object) } as RaisedAlarm) },
    metrics: {
      addMetric: (name, _, value) => {
        figures[name] = (figures[name] ?? 0) + value;
        return undefined as never;
      },
      hasStoredMetrics: () => false,
      publishStoredMetrics: () => undefined as never,
    },
    sleep: async () => {},
    ...rest,
  });
  return { run, alarms, figures, named: (alarm: string) => alarms.filter((raised) => raised.alarm === alarm) };
}
