import type { Counterpart } from './counterpart.ts';
import { arnOf } from './counterpart.ts';

/** Others may name it; nothing happens. */
const known: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { Arn: arnOf('local', name) } }),
};

/** Types without a counterpart on one machine, because they say who may, or who watches, and not what happens. */
export const inert: Readonly<Record<string, Counterpart>> = {
  // Who may do what: everything here runs as one process. The infra tests hold the grants to the design's table.
  'AWS::IAM::Policy': known,
  'AWS::IAM::Role': known,
  'AWS::Lambda::Permission': known,
  'AWS::S3::BucketPolicy': known,
  'AWS::SQS::QueuePolicy': known,
  // Who watches: logs go to a file in the data directory, alarms are what the functions log as errors.
  'AWS::CloudWatch::Alarm': known,
  'AWS::Logs::LogGroup': known,
  // For subscribers who missed something; a registry on one machine has none.
  'AWS::Events::Archive': known,
};
