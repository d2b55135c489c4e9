import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';

import { Construct } from 'constructs';
import type { BackgroundProps } from './background-props.ts';
import { RegistryFunction } from './registry-function.ts';
import { addErrorsAlarm, ownMetric, RunbookAlarm } from './runbook-alarm.ts';
import { consumerTimeout, WakeUpQueue } from './wake-up-queue.ts';

export interface ProjectionProps extends BackgroundProps {
  /** Of the projection. */
  readonly name: string;
}

/** The projector of one read model, and the queue that wakes it up. */
export class ProjectionFunction extends Construct {
  constructor(scope: Construct, id: string, props: ProjectionProps) {
    super(scope, id);
    const { name, tables, reservedConcurrency, alarmTopic } = props;
    const { events, log, views } = tables;
    const sections = { deadLetters: 'projection-dead-letters', late: 'projection-late' };
    const wakeUps = new WakeUpQueue(this, 'Doorbell', { ...props, sections });
    const projector = new RegistryFunction(this, 'Projector', {
      name: 'projector',
      description: `Keeps the read model of the projection ${name}`,
      timeout: consumerTimeout,
      reservedConcurrency,
      // A projector that runs out of time sends itself a wake-up. Each round makes progress, so the loop ends.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: {
        PROJECTION: name,
        EVENTS_TABLE: events.tableName,
        LOG_TABLE: log.tableName,
        VIEWS_TABLE: views.tableName,
        QUEUE_URL: wakeUps.queue.queueUrl,
      },
    });
    projector.allowOn(events, 'Query', 'BatchGetItem');
    projector.allowOn(log, 'GetItem', 'Query');
    projector.allowOn(
      views,
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    );
    wakeUps.deliverTo(projector);
    new RunbookAlarm(this, 'StoppedAlarm', {
      section: 'projection-stopped',
      metric: ownMetric(`projector-${name}`, 'ProjectionStopped'),
      threshold: 1,
      topic: alarmTopic,
    });
    new RunbookAlarm(this, 'SetAsideAlarm', {
      section: 'record-set-aside',
      // How many there are, at each run: the sum would count runs.
      metric: ownMetric(`projector-${name}`, 'RecordsSetAside', { statistic: 'Maximum' }),
      threshold: 1,
      topic: alarmTopic,
    });
    addErrorsAlarm(this, projector.lambda, 'projector-errors', alarmTopic);
  }
}
