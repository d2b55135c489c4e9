import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export const fiveMinutes = { statistic: 'Sum', period: Duration.minutes(5) };

export interface RunbookAlarmProps {
  /** The anchor of a section of `docs/runbook.md`: what the alarm means and what to do. */
  readonly section: string;
  readonly metric: IMetric;
  /** The lowest value that raises the alarm. */
  readonly threshold: number;
  /** How many periods in a row have to reach it; 1 by default. */
  readonly periods?: number;
  readonly topic: ITopic | undefined;
}

/** An alarm whose description names the section of the runbook that explains it. */
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

/** A metric that a function emits with Powertools: by default one that counts what went wrong. */
export const ownMetric = (service: string, metricName: string, { statistic } = { statistic: 'Sum' }): Metric =>
  new Metric({
    namespace: 'Registry',
    metricName,
    dimensionsMap: { service },
    ...fiveMinutes,
    statistic,
  });

/** Three invocations within five minutes failed as a whole. */
export function addErrorsAlarm(scope: Construct, lambda: IFunction, section: string, topic: ITopic | undefined): void {
  const metric = lambda.metricErrors(fiveMinutes);
  new RunbookAlarm(scope, 'ErrorsAlarm', { section, metric, threshold: 3, topic });
}
