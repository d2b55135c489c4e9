import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface RunbookAlarmProps {
  /** The section of `docs/runbook.md` that says what it means and what to do. */
  readonly section: string;
  readonly metric: IMetric;
  /** From this value on. */
  readonly threshold: number;
  /** So many periods in a row. */
  readonly periods?: number;
  readonly topic: ITopic | undefined;
}

/** An alarm that leads whoever it wakes to its section of the runbook. */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, { section, metric, threshold, periods = 1, topic }: RunbookAlarmProps) {
    super(scope, id, {
      alarmDescription: `docs/runbook.md#${section}`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (topic) this.addAlarmAction(new SnsAction(topic));
  }
}

/** What a function itself counts with Powertools when something is wrong. */
export const ownMetric = (service: string, metricName: string): Metric =>
  new Metric({
    namespace: 'Registry',
    metricName,
    dimensionsMap: { service },
    statistic: 'Sum',
    period: Duration.minutes(5),
  });

export const fiveMinutes = { statistic: 'Sum', period: Duration.minutes(5) };
