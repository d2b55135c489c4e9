import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

import { Construct } from 'constructs';
import type { BackgroundProps } from './background-props.ts';
import { RegistryFunction } from './registry-function.ts';
import { addErrorsAlarm, ownMetric, RunbookAlarm } from './runbook-alarm.ts';
import { consumerTimeout, WakeUpQueue } from './wake-up-queue.ts';

export interface PublishingProps extends BackgroundProps {
  /** Of the published log. */
  readonly published: IBucket;
  /** Of its checkpoints. */
  readonly signingKey: IKey;
}

/** The publisher, which publishes and signs what is sealed, and the queue that wakes it up. */
export class Publishing extends Construct {
  constructor(scope: Construct, id: string, props: PublishingProps) {
    super(scope, id);
    const { origin, tables, published, signingKey, reservedConcurrency } = props;
    const { events, log } = tables;
    const sections = { deadLetters: 'publishing-dead-letters', late: 'publishing-late' };
    const wakeUps = new WakeUpQueue(this, 'Doorbell', { ...props, sections });
    const publisher = new RegistryFunction(this, 'Publisher', {
      name: 'publisher',
      description: 'Publishes what is sealed as a static log, and signs its checkpoint',
      timeout: consumerTimeout,
      reservedConcurrency,
      // A publisher that runs out of time sends itself a wake-up. Each round makes progress, so the loop ends.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: {
        EVENTS_TABLE: events.tableName,
        LOG_TABLE: log.tableName,
        PUBLISHED_BUCKET: published.bucketName,
        SIGNING_KEY: signingKey.keyArn,
        QUEUE_URL: wakeUps.queue.queueUrl,
        ORIGIN: origin,
      },
    });
    publisher.allowOn(events, 'Query', 'BatchGetItem');
    publisher.allowOn(log, 'GetItem', 'Query', 'UpdateItem');
    publisher.allowOnObjects(published, 's3:GetObject', 's3:PutObject');
    publisher.allow(signingKey.keyArn, 'kms:Sign', 'kms:GetPublicKey');
    wakeUps.deliverTo(publisher);
    this.addAlarms(publisher, props);
  }

  private addAlarms(publisher: RegistryFunction, { alarmTopic: topic }: PublishingProps): void {
    const own = { HaltAlarm: 'log-halted', TamperAlarm: 'tampering', PublishingAlarm: 'publishing' };
    for (const [name, section] of Object.entries(own)) {
      // After a single failure the next minute's run publishes what is left.
      const periods = name === 'PublishingAlarm' ? 2 : 1;
      new RunbookAlarm(this, name, { section, metric: ownMetric('publisher', name), threshold: 1, periods, topic });
    }
    addErrorsAlarm(this, publisher.lambda, 'publisher-errors', topic);
  }
}
