import { type IEventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { RegistryFunction } from './registry-function.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface WakeUpQueueProps {
  readonly origin: string;
  readonly bus: IEventBus;
  readonly alarmTopic: ITopic | undefined;
  /** The sections of the runbook for messages that were given up, and for messages that wait too long. */
  readonly sections: { readonly deadLetters: string; readonly late: string };
}

/** How long a function that answers may work at a time. */
export const answerWithin = Duration.minutes(1);

/** AWS asks for six times the function's timeout, so that a message is not seen again while it is worked on. */
const visibilityTimeout = Duration.seconds(6 * answerWithin.toSeconds());

/**
 * A queue that the bus rings when something was sealed. A message says only that there is something to do, so that none
 * is ever missed: the schedule rings too.
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
    this.ring(props);
    this.addAlarms(props);
  }

  private ring({ bus, origin }: WakeUpQueueProps): void {
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

  /** Whoever answers may ring too, when it is out of time. */
  answerWith(target: RegistryFunction): void {
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
      // Two at once change nothing (what they write has conditions), so the least that AWS allows.
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
