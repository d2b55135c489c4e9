import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';

import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { BackgroundProps } from './background-props.ts';
import { RegistryFunction } from './registry-function.ts';
import { addErrorsAlarm, fiveMinutes, ownMetric, RunbookAlarm } from './runbook-alarm.ts';

/** The sequencer, which seals what the events table's stream delivers and announces it on the bus. */
export class Sequencing extends Construct {
  readonly function: RegistryFunction;

  constructor(scope: Construct, id: string, props: BackgroundProps) {
    super(scope, id);
    const { origin, tables, bus, reservedConcurrency } = props;
    const { events, log } = tables;
    this.function = new RegistryFunction(this, 'Sequencer', {
      name: 'sequencer',
      description: 'Gives events their one order, seals it, announces it',
      timeout: Duration.minutes(1),
      reservedConcurrency,
      environment: {
        EVENTS_TABLE: events.tableName,
        LOG_TABLE: log.tableName,
        BUS_NAME: bus.eventBusName,
        ORIGIN: origin,
      },
    });
    this.function.allowOn(events, 'Query', 'BatchGetItem', 'Scan');
    this.function.allowOn(log, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem');
    this.function.allow(bus.eventBusArn, 'events:PutEvents');
    this.follow(events.tableStreamArn);
    this.runEveryMinute();
    this.addAlarms(props);
  }

  /**
   * No stream record is ever skipped: retries are unlimited for the 24 h that a stream keeps records, and there is no
   * destination for failed ones. A commit that cannot be sealed is not reported as failed: only its own stream waits.
   */
  private follow(streamArn = ''): void {
    this.function.allow(
      streamArn,
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    );
    new EventSourceMapping(this, 'Stream', {
      target: this.function.lambda,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      // Five transactions of 97 commits. No window: a commit that comes alone is sealed at once.
      batchSize: 500,
      // One batch of a shard at a time: more would only compete for HEAD.
      parallelizationFactor: 1,
      retryAttempts: -1,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
    });
  }

  /** Announces what earlier runs left over, and looks for commits that the stream did not deliver. */
  private runEveryMinute(): void {
    const target = new LambdaFunction(this.function.lambda, { retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    new Rule(this, 'EveryMinute', { schedule: Schedule.rate(Duration.minutes(1)), targets: [target] });
  }

  private addAlarms({ alarmTopic: topic }: BackgroundProps): void {
    const { lambda } = this.function;
    new RunbookAlarm(this, 'TamperAlarm', {
      section: 'tampering',
      metric: ownMetric('sequencer', 'TamperAlarm'),
      threshold: 1,
      topic,
    });
    new RunbookAlarm(this, 'SealingAlarm', {
      section: 'sealing',
      metric: ownMetric('sequencer', 'SealingAlarm'),
      threshold: 1,
      topic,
    });
    new RunbookAlarm(this, 'AnnouncingAlarm', {
      section: 'announcing',
      metric: ownMetric('sequencer', 'AnnouncingAlarm'),
      threshold: 1,
      // After a single failure the next minute's run announces what is left.
      periods: 2,
      topic,
    });
    new RunbookAlarm(this, 'IteratorAgeAlarm', {
      section: 'iterator-age',
      metric: lambda.metric('IteratorAge', { ...fiveMinutes, statistic: 'Maximum' }),
      threshold: Duration.hours(1).toMilliseconds(),
      topic,
    });
    addErrorsAlarm(this, lambda, 'sequencer-errors', topic);
  }
}
