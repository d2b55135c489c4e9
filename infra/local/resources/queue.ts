import { ACCOUNT, arnOf } from '../environment.ts';
import type { Counterpart } from './counterpart.ts';
import { knowOnly } from './counterpart.ts';

interface QueueProperties {
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod?: number;
  readonly DelaySeconds?: number;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

const known = [
  'DelaySeconds',
  'MessageRetentionPeriod',
  'RedrivePolicy',
  'VisibilityTimeout',
  // Encryption, and how long a receiver waits, have no counterpart.
  'KmsMasterKeyId',
  'ReceiveMessageWaitTimeSeconds',
  'SqsManagedSseEnabled',
];

/** A queue in the data directory. Defaults are those of SQS. */
export const queue: Counterpart = {
  refer: (name, _, { endpoint }) => ({
    ref: `${endpoint}/${ACCOUNT}/${name}`,
    attributes: { Arn: arnOf('sqs', name), QueueName: name },
  }),
  wire(resource, { queues }) {
    knowOnly(resource, resource.properties, known);
    const properties: QueueProperties = resource.properties as never;
    const redrive = properties.RedrivePolicy;
    queues.push({
      name: resource.self.attributes.QueueName as string,
      arn: resource.self.attributes.Arn as string,
      visibilitySeconds: properties.VisibilityTimeout ?? 30,
      retentionSeconds: properties.MessageRetentionPeriod ?? 345_600,
      delaySeconds: properties.DelaySeconds ?? 0,
      ...(redrive && {
        deadLetters: { arn: redrive.deadLetterTargetArn, maxReceiveCount: redrive.maxReceiveCount },
      }),
    });
  },
};
