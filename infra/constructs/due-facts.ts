import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';

import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { BackgroundProps } from './background-props.ts';
import { RegistryFunction } from './registry-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

/** Records, day by day, the facts that follow from a date alone, such as an expiry. */
export class DueFacts extends Construct {
  readonly function: RegistryFunction;

  constructor(scope: Construct, id: string, { origin, tables, reservedConcurrency, alarmTopic }: BackgroundProps) {
    super(scope, id);
    const { events, log, views } = tables;
    this.function = new RegistryFunction(this, 'Daily', {
      name: 'daily',
      description: 'Records what passed deadlines bring about',
      timeout: Duration.minutes(10),
      reservedConcurrency,
      environment: {
        EVENTS_TABLE: events.tableName,
        LOG_TABLE: log.tableName,
        VIEWS_TABLE: views.tableName,
        ORIGIN: origin,
      },
    });
    this.function.allowOn(events, 'PutItem', 'Query');
    this.function.allowOn(log, 'GetItem');
    this.function.allowOn(views, 'GetItem', 'Query');
    // Every hour rather than every day, so that backfilled records and failures are dealt with within the hour.
    const target = new LambdaFunction(this.function.lambda, { retryAttempts: 0, maxEventAge: Duration.minutes(5) });
    new Rule(this, 'EveryHour', { schedule: Schedule.rate(Duration.hours(1)), targets: [target] });
    new RunbookAlarm(this, 'ErrorsAlarm', {
      section: 'daily-errors',
      metric: this.function.lambda.metricErrors({ statistic: 'Sum', period: Duration.hours(1) }),
      threshold: 1,
      // After a single failure the next hour's run tries again.
      periods: 2,
      topic: alarmTopic,
    });
  }
}
