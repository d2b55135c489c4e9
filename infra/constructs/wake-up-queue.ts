import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';

import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { BackgroundProps } from './background-props.ts';
import type { RegistryFunction } from './registry-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface WakeUpQueueProps extends Pick<BackgroundProps, 'origin' | 'bus' | 'alarmTopic'> {
  /** The sections of the runbook about dead letters and about messages that wait too long. */
  readonly sections: { readonly deadLetters: string; readonly late: string };
}

/** The timeout of a function that a queue wakes up. */
export const consumerTimeout = Duration.minutes(1);

/** AWS asks for six times the function's timeout, so that a message stays hidden while the function works on it. */
const visibilityTimeout = Duration.seconds(6 * consumerTimeout.toSeconds());

/**
 * A queue of wake-ups for one function. The bus sends one when something was sealed, a schedule sends one every minute. A
 * wake-up says only that there is something to do, so a lost one costs a minute and nothing else.
 */
export class WakeUpQueue extends Construct {
  readonly queue: Queue;
  readonly #deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WakeUpQueueProps) {
    super(scope, id);
    this.#deadLetters = new Queue(this, 'DeadLetters', { retentionPeriod: Duration.days(14), enforceSSL: true });
    this.queue = new Queue(this, 'Queue', {
      visibilityTimeout,
      enforceSSL: true,
      deadLetterQueue: { queue: this.#deadLetters, maxReceiveCount: 5 },
    });
    this.sendWakeUps(props);
    this.addAlarms(props);
  }

  private sendWakeUps({ bus, origin }: WakeUpQueueProps): void {
    const target = { bind: () => ({ arn: this.queue.queueArn }) };
    const sealed = new Rule(this, 'LogSealed', {
      eventBus: bus,
      eventPattern: { source: [origin], detailType: ['log.sealed'] },
      targets: [target],
    });
    const minute = new Rule(this, 'EveryMinute', { schedule: Schedule.rate(Duration.minutes(1)), targets: [target] });
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': [sealed.ruleArn, minute.ruleArn] } },
      }),
    );
  }

  /** The function that takes the wake-ups. It may send itself one when it runs out of time. */
  deliverTo(target: RegistryFunction): void {
    target.allow(
      this.queue.queueArn,
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ChangeMessageVisibility',
      'sqs:SendMessage',
    );
    new EventSourceMapping(this, 'Messages', {
      target: target.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      // AWS allows no less than two. Two at once change nothing: all that they write is conditional.
      maxConcurrency: 2,
      reportBatchItemFailures: true,
    });
  }

  private addAlarms({ alarmTopic: topic, sections }: WakeUpQueueProps): void {
    new RunbookAlarm(this, 'DeadLettersAlarm', {
      section: sections.deadLetters,
      metric: this.#deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      threshold: 1,
      topic,
    });
    new RunbookAlarm(this, 'LateAlarm', {
      section: sections.late,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: Duration.minutes(15).toSeconds(),
      topic,
    });
  }
}
