import { type IEventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Tables } from '../registry-data.ts';
import { RegistryFunction } from './registry-function.ts';
import { fiveMinutes, ownMetric, RunbookAlarm } from './runbook-alarm.ts';

export interface ProjectionProps {
  /** As the projection calls itself. */
  readonly name: string;
  readonly origin: string;
  readonly tables: Tables;
  readonly bus: IEventBus;
  readonly reservedConcurrency: number;
  readonly alarmTopic: ITopic | undefined;
}

const timeout = Duration.minutes(1);

/** AWS asks for six times the function's timeout, so that a message is not seen again while it is worked on. */
const visibilityTimeout = Duration.seconds(6 * timeout.toSeconds());

/**
 * Keeps one read model: doorbells from the bus come through a queue to a projector of its own. A message says only that
 * there is something to do, so that none is ever missed: the schedule rings too.
 */
export class Projection extends Construct {
  readonly function: RegistryFunction;
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ProjectionProps) {
    super(scope, id);
    const { name, tables, reservedConcurrency } = props;
    const { events, log, views } = tables;
    this.deadLetters = new Queue(this, 'DeadLetters', { retentionPeriod: Duration.days(14), enforceSSL: true });
    this.queue = new Queue(this, 'Queue', {
      visibilityTimeout,
      enforceSSL: true,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    this.function = new RegistryFunction(this, 'Projector', {
      name: 'projector',
      description: `Keeps the read model of the projection ${name}`,
      timeout,
      reservedConcurrency,
      // A projector out of time rings its own queue; each round has made progress, so the loop ends.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: {
        PROJECTION: name,
        EVENTS_TABLE: events.tableName,
        LOG_TABLE: log.tableName,
        VIEWS_TABLE: views.tableName,
        QUEUE_URL: this.queue.queueUrl,
      },
    });
    this.function.allowOn(events, 'Query', 'BatchGetItem');
    this.function.allowOn(log, 'GetItem', 'Query');
    this.function.allowOn(views, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
    this.ring(props);
    this.answer();
    this.addAlarms(props);
  }

  private ring({ bus, origin }: ProjectionProps): void {
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

  private answer(): void {
    this.function.allow(
      this.queue.queueArn,
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ChangeMessageVisibility',
      'sqs:SendMessage',
    );
    new EventSourceMapping(this, 'Messages', {
      target: this.function.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      // Two at once change nothing (the checkpoint is a condition), so the least that AWS allows.
      maxConcurrency: 2,
      reportBatchItemFailures: true,
    });
  }

  private addAlarms({ name, alarmTopic: topic }: ProjectionProps): void {
    new RunbookAlarm(this, 'StoppedAlarm', {
      section: 'projection-stopped',
      metric: ownMetric(`projector-${name}`, 'ProjectionStopped'),
      threshold: 1,
      topic,
    });
    new RunbookAlarm(this, 'DeadLettersAlarm', {
      section: 'projection-dead-letters',
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      threshold: 1,
      topic,
    });
    new RunbookAlarm(this, 'LateAlarm', {
      section: 'projection-late',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: Duration.minutes(15).toSeconds(),
      topic,
    });
    new RunbookAlarm(this, 'ErrorsAlarm', {
      section: 'projector-errors',
      metric: this.function.lambda.metricErrors(fiveMinutes),
      threshold: 3,
      topic,
    });
  }
}
