import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

import { Construct } from 'constructs';
import { READ_MODELS } from '../../domain/bookkeeping.ts';
import type { BackgroundProps } from './background-props.ts';
import { RegistryFunction } from './registry-function.ts';
import { addErrorsAlarm, ownMetric, RunbookAlarm } from './runbook-alarm.ts';
import { consumerTimeout, WakeUpQueue } from './wake-up-queue.ts';

export interface ProvingProps extends BackgroundProps {
  /** Of the trees over the rows of read models. */
  readonly packs: IBucket;
  /** Of the published log. */
  readonly published: IBucket;
  /** Seconds between two statements, at least. */
  readonly statementInterval: number;
}

/** Intervals without a statement, while there was something to state, after which somebody should look. */
const INTERVALS_MISSED = 3;

/** Rows of a group, of which nearly all have fewer than a hundred: keys that avoid cuts were searched for. */
const LARGE_GROUP = 1_000;

/** The prover, which states in the log what the read models hold, and the queue that wakes it up. */
export class Proving extends Construct {
  constructor(scope: Construct, id: string, props: ProvingProps) {
    super(scope, id);
    const { origin, tables, packs, published, statementInterval, reservedConcurrency } = props;
    const { events, log, views } = tables;
    const sections = { deadLetters: 'proving-dead-letters', late: 'proving-late' };
    const wakeUps = new WakeUpQueue(this, 'Doorbell', { ...props, sections });
    const prover = new RegistryFunction(this, 'Prover', {
      name: 'prover',
      description: 'States in the log what the read models hold',
      timeout: consumerTimeout,
      reservedConcurrency,
      // A prover that runs out of time, or comes too early, sends itself a wake-up. It states nothing without a new record's event.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: {
        EVENTS_TABLE: events.tableName,
        LOG_TABLE: log.tableName,
        VIEWS_TABLE: views.tableName,
        PACKS_BUCKET: packs.bucketName,
        PUBLISHED_BUCKET: published.bucketName,
        QUEUE_URL: wakeUps.queue.queueUrl,
        ORIGIN: origin,
        STATEMENT_INTERVAL: String(statementInterval),
      },
    });
    prover.allowOn(events, 'Query', 'BatchGetItem');
    prover.allowOnPartitions(events, [READ_MODELS], 'PutItem');
    prover.allowOn(log, 'GetItem', 'Query');
    // Nothing is stated of the views: they are compared with what is.
    prover.allowOn(views, 'GetItem', 'BatchGetItem', 'Query', 'Scan');
    prover.allowOnObjects(packs, 's3:GetObject', 's3:PutObject', 's3:PutObjectTagging');
    prover.allowOnObjects(published, 's3:GetObject');
    wakeUps.deliverTo(prover);
    this.addAlarms(prover, props);
  }

  private addAlarms(prover: RegistryFunction, { alarmTopic: topic, statementInterval }: ProvingProps): void {
    const own = { TwoRootsAlarm: 'two-roots', DigestsDifferAlarm: 'digests-differ', ProvingAlarm: 'proving' };
    for (const [name, section] of Object.entries(own)) {
      // After a single failure the next minute's run states what is left.
      const periods = name === 'ProvingAlarm' ? 2 : 1;
      new RunbookAlarm(this, name, { section, metric: ownMetric('prover', name), threshold: 1, periods, topic });
    }
    new RunbookAlarm(this, 'LagAlarm', {
      section: 'statements-late',
      metric: ownMetric('prover', 'StatementLag', { statistic: 'Maximum' }),
      threshold: INTERVALS_MISSED * statementInterval,
      topic,
    });
    new RunbookAlarm(this, 'LargeGroupAlarm', {
      section: 'large-groups',
      metric: ownMetric('prover', 'LargestGroup', { statistic: 'Maximum' }),
      threshold: LARGE_GROUP,
      topic,
    });
    addErrorsAlarm(this, prover.lambda, 'prover-errors', topic);
  }
}
