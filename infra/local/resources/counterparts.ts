import { api, integration, route, stage } from './api.ts';
import type { Counterpart } from './counterpart.ts';
import { eventBus, rule } from './events.ts';
import { inert } from './inert.ts';
import { eventSourceMapping, lambda } from './lambda.ts';
import { queue } from './queue.ts';
import { bucket, key } from './storage.ts';
import { table } from './table.ts';

/** Every resource type that the stacks use. */
export const counterparts: Readonly<Record<string, Counterpart>> = {
  'AWS::ApiGatewayV2::Api': api,
  'AWS::ApiGatewayV2::Integration': integration,
  'AWS::ApiGatewayV2::Route': route,
  'AWS::ApiGatewayV2::Stage': stage,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::EventBus': eventBus,
  'AWS::Events::Rule': rule,
  'AWS::KMS::Key': key,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambda,
  'AWS::S3::Bucket': bucket,
  'AWS::SQS::Queue': queue,
  ...inert,
};
