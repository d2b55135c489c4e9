import { arnOf } from '../environment.ts';
import type { Counterpart } from './counterpart.ts';

/** Other resources can refer to it; it has no effect. */
const known: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { Arn: arnOf('local', name) } }),
};

/** Types without an effect on one machine: they grant rights or observe. */
export const inert: Readonly<Record<string, Counterpart>> = {
  // Rights: everything runs in one process. test/infra/grants.test.ts checks the grants.
  'AWS::IAM::Policy': known,
  'AWS::IAM::Role': known,
  'AWS::Lambda::Permission': known,
  'AWS::S3::BucketPolicy': known,
  'AWS::SQS::QueuePolicy': known,
  // Observation: logs go to a file in the data directory, and what raises alarms is logged as an error.
  'AWS::CloudWatch::Alarm': known,
  'AWS::Logs::LogGroup': known,
  // For subscribers, of which a registry on one machine has none.
  'AWS::Events::Archive': known,
};
